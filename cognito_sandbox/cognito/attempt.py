"""One try to sign in: who it is, whether they may, and the tokens at its end."""

from dataclasses import dataclass
from typing import Any

from cognito_sandbox.cognito import pools, tokens, triggers, users
from cognito_sandbox.cognito.operations import CognitoError


@dataclass
class Attempt:
    """One try to sign in."""

    pool: Any
    client: Any
    request: dict[str, Any]
    admin: bool
    user: Any = None
    username: str = ""

    def parameter(self, name: str) -> str:
        value = (self.request.get("AuthParameters") or {}).get(name)
        if not value:
            raise pools.invalid(f"Missing required parameter {name}")
        return str(value)

    def name_user(self) -> None:
        """Who tries; a client with a secret proves that it knows it."""
        self.username = self.parameter("USERNAME")
        secret_hash = self.request["AuthParameters"].get("SECRET_HASH")
        pools.check_secret(self.client, self.username, secret_hash)
        self.user = users.find(self.pool, self.username)

    @property
    def hides_users(self) -> bool:
        return pools.hides_users(self.client)


def wrong_credentials() -> CognitoError:
    return tokens.denied("Incorrect username or password.")


def pre_authentication(attempt: Attempt) -> None:
    """Run the trigger, for unknown users too where the client hides who exists."""
    if not attempt.user and not attempt.hides_users:
        raise users.not_found()
    request = {
        "userAttributes": users.event_attributes(attempt.user),
        "validationData": attempt.request.get("ClientMetadata") or None,
        **({"userNotFound": not attempt.user} if attempt.hides_users else {}),
    }
    name = attempt.user.username if attempt.user else attempt.username
    source = "PreAuthentication_Authentication"
    triggers.run(attempt.pool, source, name, attempt.client.id, request, {})


def check_status(attempt: Attempt, password_is_right: bool) -> None:
    """Why a user who exists may still not sign in."""
    user = attempt.user
    if not user.enabled and not (attempt.hides_users and not password_is_right):
        raise tokens.denied("User is disabled.")
    if users.status(user) == "UNCONFIRMED":
        raise CognitoError("UserNotConfirmedException", "User is not confirmed.")
    if users.status(user) == "RESET_REQUIRED":
        text = "Password reset required for the user"
        raise CognitoError("PasswordResetRequiredException", text)
    if not password_is_right:
        raise wrong_credentials()


def complete(
    pool: Any, client: Any, user: Any, request: dict[str, Any], source: str = "Authentication"
) -> dict[str, Any]:
    """PostAuthentication, then the tokens; a raising handler leaves the user without them."""
    event = {
        "userAttributes": users.event_attributes(user),
        "newDeviceUsed": False,
        **triggers.metadata(request),
    }
    post = "PostAuthentication_Authentication"
    triggers.run(pool, post, user.username, client.id, event, {})
    result = tokens.issue(pool, client, user, source, request)
    return {"ChallengeParameters": {}, "AuthenticationResult": result}
