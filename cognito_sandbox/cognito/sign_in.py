"""InitiateAuth and AdminInitiateAuth: each flow, up to the tokens or a challenge.

(contract 2.2, 8; sign-in contract 1.1)
"""

from collections.abc import Callable

from cognito_sandbox.cognito import attempt as attempts
from cognito_sandbox.cognito import (
    challenges,
    clients,
    custom_challenge,
    migration,
    password_verifier,
    refreshing,
    user_auth,
)
from cognito_sandbox.cognito.attempt import Attempt
from cognito_sandbox.cognito.errors import CognitoError, invalid
from cognito_sandbox.cognito.operations import Answer, Request, operation


def _with_password(attempt: Attempt) -> Answer:
    attempt.parameter("USERNAME")
    password = attempt.parameter("PASSWORD")
    attempt.name_user()
    if not attempt.user:
        migrated = migration.migrate(
            attempt.pool, attempt.client, attempt.username, password, attempt.request
        )
        attempt.user = migrated
    attempts.pre_authentication(attempt)
    attempts.check_password(attempt, password)
    return challenges.after_password(attempt, attempt.request["AuthFlow"], {})


def _with_refresh_token(attempt: Attempt) -> Answer:
    client, token = attempt.client, attempt.parameter("REFRESH_TOKEN")
    name = refreshing.sign_in_of(client, token).user.username
    clients.check_secret(client, name, attempt.request["AuthParameters"].get("SECRET_HASH"))
    device_key = attempt.request["AuthParameters"].get("DEVICE_KEY")
    result = refreshing.refresh(client, token, {}, device_key)
    return {"ChallengeParameters": {}, "AuthenticationResult": result}


def _with_srp(attempt: Attempt) -> Answer:
    attempt.parameter("USERNAME")
    srp_a = password_verifier.public_value(attempt.parameter("SRP_A"))
    attempt.name_user()
    attempts.pre_authentication(attempt)
    return password_verifier.ask(attempt, srp_a)


FLOWS: dict[str, Callable[[Attempt], Answer]] = {
    "ADMIN_NO_SRP_AUTH": _with_password,
    "ADMIN_USER_PASSWORD_AUTH": _with_password,
    "CUSTOM_AUTH": custom_challenge.start,
    "REFRESH_TOKEN": _with_refresh_token,
    "REFRESH_TOKEN_AUTH": _with_refresh_token,
    "USER_AUTH": user_auth.start,
    "USER_PASSWORD_AUTH": _with_password,
    "USER_SRP_AUTH": _with_srp,
}
REFRESHING = ("REFRESH_TOKEN", "REFRESH_TOKEN_AUTH")
NEWER_NAMES = {
    "ADMIN_NO_SRP_AUTH": "ADMIN_USER_PASSWORD_AUTH",
    "REFRESH_TOKEN": "REFRESH_TOKEN_AUTH",
}


def _initiate(attempt: Attempt) -> Answer:
    flow = attempt.request["AuthFlow"]
    is_admins = flow.startswith("ADMIN_")
    if flow not in FLOWS or (is_admins and not attempt.admin):
        raise invalid("Initiate Auth method not supported.")
    if flow in REFRESHING and clients.rotates(attempt.client):
        text = "This API does not support refresh token rotation"
        raise CognitoError("UnsupportedOperationException", text)
    if f"ALLOW_{NEWER_NAMES.get(flow, flow)}" not in clients.allowed_flows(attempt.client):
        name = "Auth" if is_admins else flow
        raise invalid(f"{name} flow not enabled for this client")
    return FLOWS[flow](attempt)


@operation
def initiate_auth(request: Request) -> Answer:
    pool, client = clients.find(request["ClientId"])
    return _initiate(Attempt(pool, client, request, admin=False))


@operation
def admin_initiate_auth(request: Request) -> Answer:
    pool, client = clients.find(request["ClientId"], request["UserPoolId"])
    return _initiate(Attempt(pool, client, request, admin=True))
