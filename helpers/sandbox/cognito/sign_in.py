"""Signing in: InitiateAuth and AdminInitiateAuth, up to the tokens or a challenge."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from helpers.sandbox.cognito import migration, pools, tokens, triggers, users
from helpers.sandbox.cognito.operations import CognitoError, Request, operation


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
        raise CognitoError("UserNotFoundException", "User does not exist.")
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


def _with_password(attempt: Attempt) -> dict[str, Any]:
    attempt.parameter("USERNAME")
    password = attempt.parameter("PASSWORD")
    attempt.name_user()
    if not attempt.user:
        migrated = migration.migrate(
            attempt.pool, attempt.client, attempt.username, password, attempt.request
        )
        attempt.user = migrated
    pre_authentication(attempt)
    if not attempt.user:
        raise wrong_credentials()
    known = (attempt.user.password or "").encode()
    check_status(attempt, bool(known) and hmac.compare_digest(known, password.encode()))
    return proceed(attempt)


def _with_refresh_token(attempt: Attempt) -> dict[str, Any]:
    token = attempt.parameter("REFRESH_TOKEN")
    result = tokens.refresh(attempt.pool, attempt.client, token, {})
    return {"ChallengeParameters": {}, "AuthenticationResult": result}


def proceed(attempt: Attempt) -> dict[str, Any]:
    """The first factor was right: on to a challenge, or to the tokens."""
    from helpers.sandbox.cognito import challenges

    challenge = challenges.needed(attempt)
    return challenge or complete(attempt.pool, attempt.client, attempt.user, {})


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


def _flows() -> dict[str, Callable[[Attempt], dict[str, Any]]]:
    from helpers.sandbox.cognito import challenges, srp

    return {
        "ADMIN_NO_SRP_AUTH": _with_password,
        "ADMIN_USER_PASSWORD_AUTH": _with_password,
        "CUSTOM_AUTH": challenges.start_custom,
        "REFRESH_TOKEN": _with_refresh_token,
        "REFRESH_TOKEN_AUTH": _with_refresh_token,
        "USER_PASSWORD_AUTH": _with_password,
        "USER_SRP_AUTH": srp.start,
    }


def _initiate(attempt: Attempt) -> dict[str, Any]:
    flow, flows = attempt.request["AuthFlow"], _flows()
    is_admins = flow.startswith("ADMIN_")
    if flow not in flows or (is_admins and not attempt.admin):
        raise pools.invalid("Initiate Auth method not supported.")
    newer = {
        "ADMIN_NO_SRP_AUTH": "ADMIN_USER_PASSWORD_AUTH",
        "REFRESH_TOKEN": "REFRESH_TOKEN_AUTH",
    }
    if f"ALLOW_{newer.get(flow, flow)}" not in pools.allowed_flows(attempt.client):
        name = "Auth" if is_admins else flow
        raise pools.invalid(f"{name} flow not enabled for this client")
    return flows[flow](attempt)


@operation
def initiate_auth(request: Request) -> dict[str, Any]:
    pool, client = pools.find_client(request["ClientId"])
    return _initiate(Attempt(pool, client, request, admin=False))


@operation
def admin_initiate_auth(request: Request) -> dict[str, Any]:
    pool, client = pools.find_client(request["ClientId"], request["UserPoolId"])
    return _initiate(Attempt(pool, client, request, admin=True))
