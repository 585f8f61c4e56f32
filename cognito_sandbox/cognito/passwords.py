"""Passwords forgotten, reset, changed or set by an administrator. (contract 7, 8)"""

from cognito_sandbox.cognito import (
    clients,
    codes,
    mfa,
    migration,
    password_policy,
    pools,
    sign_up,
    temporary_passwords,
    tokens,
    users,
)
from cognito_sandbox.cognito.errors import CognitoError, denied, invalid
from cognito_sandbox.cognito.operations import Answer, Request, operation
from cognito_sandbox.store.model import Pool, User

NO_CONTACT = (
    "Cannot reset password for the user as there is no registered/verified email or phone_number"
)
BAD_STATE = "User password cannot be reset in the current state."


def _contact(pool: Pool, user: User) -> str | None:
    """Where a reset code goes: by the pool's priorities, and only to what is verified."""
    if pool.only_recovery == "admin_only":
        raise denied("Contact administrator to reset password.")
    second = {mfa.KIND.get(factor) for factor in user.factors}  # never the same way as these
    usable = (kind for kind in pool.recovery if user.verified(kind) and kind not in second)
    return next(usable, None)


@operation
def forgot_password(request: Request) -> Answer:
    pool, client = clients.find(request["ClientId"])
    name, hides = request["Username"], clients.hides_users(client)
    clients.check_secret(client, name, request.get("SecretHash"))
    simulated = {"CodeDeliveryDetails": codes.simulated_delivery(name)}
    user = pool.users.find(name) or migration.migrate(pool, client, name, None, request)
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
    pool: Pool, user: User, client_id: str | None, request: Request
) -> dict[str, str]:
    if not user.enabled:
        raise denied("User is disabled.")
    if user.status == "FORCE_CHANGE_PASSWORD":
        raise denied(BAD_STATE)
    kind = _contact(pool, user)
    if not kind:
        raise invalid(NO_CONTACT)
    return codes.Message(pool, user, "ForgotPassword", kind, client_id, request).send_code()


@operation
def confirm_forgot_password(request: Request) -> None:
    pool, client = clients.find(request["ClientId"])
    name, password = request["Username"], request["Password"]
    clients.check_secret(client, name, request.get("SecretHash"))
    user = pool.users.find(name)
    if clients.hides_users(client) and not (user and user.enabled):
        text = "Invalid verification code provided, please try again."
        raise CognitoError("CodeMismatchException", text)
    if not user:
        raise users.not_found()
    password_policy.check(pool, password)
    codes.check(pool, user, "ForgotPassword", request["ConfirmationCode"])
    user.set_password(password)
    if user.status != "UNCONFIRMED":
        user.status = "CONFIRMED"
    sign_up.post_confirmation(pool, user, "ConfirmForgotPassword", client.id, request)


@operation
def admin_reset_user_password(request: Request) -> None:
    pool = pools.find(request["UserPoolId"])
    user = users.get(pool, request["Username"])
    if user.status not in ("CONFIRMED", "RESET_REQUIRED"):
        raise denied(BAD_STATE)
    _send_reset_code(pool, user, None, request)
    user.status = "RESET_REQUIRED"


@operation
def admin_set_user_password(request: Request) -> None:
    pool = pools.find(request["UserPoolId"])
    user = users.get(pool, request["Username"])
    password_policy.check(pool, request["Password"], password_policy.SETTING)
    permanent = request.get("Permanent", False)
    temporary_passwords.give(user, request["Password"])
    user.status = "CONFIRMED" if permanent else "FORCE_CHANGE_PASSWORD"


@operation
def change_password(request: Request) -> None:
    pool, _, user = tokens.signed_in(request["AccessToken"])
    if not user.has_password(request["PreviousPassword"]):
        raise denied("Incorrect username or password.")
    password_policy.check(pool, request["ProposedPassword"])
    user.set_password(request["ProposedPassword"])
