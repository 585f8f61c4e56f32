"""Passwords forgotten, reset, changed or set by an administrator."""

import hmac
from typing import Any

from cognito_sandbox.cognito import codes, migration, pools, sign_up, temporary, tokens, users
from cognito_sandbox.cognito.operations import CognitoError, Request, operation
from cognito_sandbox.store import user_pools as store

NO_CONTACT = (
    "Cannot reset password for the user as there is no registered/verified email or phone_number"
)
BAD_STATE = "User password cannot be reset in the current state."
USUAL_RECOVERY = [
    {"Priority": 1, "Name": "verified_phone_number"},
    {"Priority": 2, "Name": "verified_email"},
]


def _contact(pool: Any, user: Any) -> str | None:
    """Where a reset code goes: by the pool's priorities, and only to what is verified."""
    setting = pool.extended_config.get("AccountRecoverySetting") or {}
    mechanisms = setting.get("RecoveryMechanisms") or USUAL_RECOVERY
    if mechanisms[0]["Name"] == "admin_only":
        raise tokens.denied("Contact administrator to reset password.")
    values = user.attribute_lookup
    for mechanism in sorted(mechanisms, key=lambda m: m["Priority"]):
        kind = str(mechanism["Name"]).removeprefix("verified_")
        if values.get(kind) and values.get(f"{kind}_verified") == "true":
            return kind
    return None


@operation
def forgot_password(request: Request) -> dict[str, Any]:
    pool, client = pools.find_client(request["ClientId"])
    name, hides = request["Username"], pools.hides_users(client)
    pools.check_secret(client, name, request.get("SecretHash"))
    simulated = {"CodeDeliveryDetails": codes.simulated_delivery(name)}
    user = users.find(pool, name) or migration.migrate(pool, client, name, None, request)
    if not user:
        if hides:
            return simulated
        raise CognitoError("UserNotFoundException", "Username/client id combination not found.")
    try:
        return {"CodeDeliveryDetails": _send_reset_code(pool, user, client.id, request)}
    except CognitoError as error:
        if hides and error.message in (NO_CONTACT, "User is disabled."):
            return simulated
        raise


def _send_reset_code(
    pool: Any, user: Any, client_id: str | None, request: Request
) -> dict[str, str]:
    if not user.enabled:
        raise tokens.denied("User is disabled.")
    if users.status(user) == "FORCE_CHANGE_PASSWORD":
        raise tokens.denied(BAD_STATE)
    kind = _contact(pool, user)
    if not kind:
        raise pools.invalid(NO_CONTACT)
    return codes.Message(pool, user, "ForgotPassword", kind, client_id, request).send_code()


@operation
def confirm_forgot_password(request: Request) -> None:
    pool, client = pools.find_client(request["ClientId"])
    name, password = request["Username"], request["Password"]
    pools.check_secret(client, name, request.get("SecretHash"))
    user = users.find(pool, name)
    if pools.hides_users(client) and not (user and user.enabled):
        text = "Invalid verification code provided, please try again."
        raise CognitoError("CodeMismatchException", text)
    if not user:
        raise users.not_found()
    users.check_password(pool, password)
    codes.check(pool, user, "ForgotPassword", request["ConfirmationCode"])
    user.password = password
    if users.status(user) != "UNCONFIRMED":
        store.set_status(user, "CONFIRMED")
    sign_up.post_confirmation(pool, user, "ConfirmForgotPassword", client.id, request)


@operation
def admin_reset_user_password(request: Request) -> None:
    pool = pools.find(request["UserPoolId"])
    user = users.get(pool, request["Username"])
    if users.status(user) not in ("CONFIRMED", "RESET_REQUIRED"):
        raise tokens.denied(BAD_STATE)
    _send_reset_code(pool, user, None, request)
    store.set_status(user, "RESET_REQUIRED")


@operation
def admin_set_user_password(request: Request) -> None:
    pool = pools.find(request["UserPoolId"])
    user = users.get(pool, request["Username"])
    users.check_password(pool, request["Password"])
    permanent = request.get("Permanent", False)
    temporary.give(user, request["Password"])
    store.set_status(user, "CONFIRMED" if permanent else "FORCE_CHANGE_PASSWORD")


@operation
def change_password(request: Request) -> None:
    pool, _, user = tokens.signed_in(request["AccessToken"])
    known, given = (user.password or "").encode(), request["PreviousPassword"].encode()
    if not hmac.compare_digest(known, given):
        raise tokens.denied("Incorrect username or password.")
    users.check_password(pool, request["ProposedPassword"])
    user.password = request["ProposedPassword"]
