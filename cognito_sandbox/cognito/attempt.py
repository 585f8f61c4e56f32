"""One try to sign in: who it is, whether they may, and the tokens at its end.

(contract 5, 8; sign-in contract 3.1)
"""

from dataclasses import dataclass

from cognito_sandbox.cognito import clients, devices, tokens, triggers, users
from cognito_sandbox.cognito.errors import CognitoError, denied, invalid
from cognito_sandbox.cognito.operations import Answer, Parameters, Request
from cognito_sandbox.store.model import Client, Device, Pool, User


@dataclass
class Attempt:
    """One try to sign in."""

    pool: Pool
    client: Client
    request: Request
    admin: bool
    user: User | None = None  # nobody, where the name is unknown
    username: str = ""  # as it was typed
    history: list[triggers.Event] | None = None  # the steps of a custom flow so far
    device: Device | None = None  # which the app named

    def parameter(self, name: str) -> str:
        value = (self.request.get("AuthParameters") or {}).get(name)
        if not value:
            raise invalid(f"Missing required parameter {name}")
        return str(value)

    def name_user(self) -> None:
        """Who tries; a client with a secret proves that it knows it."""
        self.username = self.parameter("USERNAME")
        secret_hash = self.request["AuthParameters"].get("SECRET_HASH")
        clients.check_secret(self.client, self.username, secret_hash)
        self.user = self.pool.users.find(self.username)

    def forget_password(self) -> None:
        """A sign-in that goes on has shown it, and does not keep it."""
        (self.request.get("AuthParameters") or {}).pop("PASSWORD", None)

    @property
    def hides_users(self) -> bool:
        return clients.hides_users(self.client)

    @property
    def known_user(self) -> User:
        """The user, where only somebody who exists may go on."""
        if not self.user:
            raise wrong_credentials()
        return self.user


def wrong_credentials() -> CognitoError:
    return denied("Incorrect username or password.")


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
    """Why this is no sign-in: of nobody, of a user who may not, or by a wrong password."""
    user = attempt.known_user
    if not user.enabled and not (attempt.hides_users and not password_is_right):
        raise denied("User is disabled.")
    if user.status == "UNCONFIRMED":
        raise CognitoError("UserNotConfirmedException", "User is not confirmed.")
    if user.status == "RESET_REQUIRED":
        text = "Password reset required for the user"
        raise CognitoError("PasswordResetRequiredException", text)
    if not password_is_right:
        raise wrong_credentials()


def check_password(attempt: Attempt, password: str) -> None:
    check_status(attempt, attempt.known_user.has_password(password))


def complete(attempt: Attempt, request: Parameters, source: str = "Authentication") -> Answer:
    """PostAuthentication, then the tokens; a raising handler leaves the user without them."""
    pool, client, user = attempt.pool, attempt.client, attempt.known_user
    event = {
        "userAttributes": users.event_attributes(user),
        "newDeviceUsed": devices.tracks(pool) and not attempt.device,
        **triggers.metadata(request),
    }
    post = "PostAuthentication_Authentication"
    triggers.run(pool, post, user.username, client.id, event, {})
    new = devices.issue(pool, user) if event["newDeviceUsed"] else {}
    key = attempt.device.key if attempt.device else new.get("DeviceKey", "")
    result = tokens.issue(pool, client, user, source, request, key)
    shown = {**result, **({"NewDeviceMetadata": new} if new else {})}
    return {"ChallengeParameters": {}, "AuthenticationResult": shown}
