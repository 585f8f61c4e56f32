"""The UserMigration trigger: take over a user whom the pool does not know yet. (contract 4)"""

from cognito_sandbox.cognito import clients, codes, owners, sign_up, triggers, users
from cognito_sandbox.cognito.errors import CognitoError, invalid
from cognito_sandbox.cognito.operations import Parameters
from cognito_sandbox.cognito.trigger_response import Response
from cognito_sandbox.store import user_pools as store
from cognito_sandbox.store.model import Client, Pool, Status, User

UNTOUCHED: triggers.Event = {
    "userAttributes": None,
    "forceAliasCreation": None,
    "enableSMSMFA": None,
    "finalUserStatus": None,
    "messageAction": None,
    "desiredDeliveryMediums": None,
}


def migrate(
    pool: Pool, client: Client, username: str, password: str | None, request: Parameters
) -> User | None:
    """The user that the handler vouched for, now in the pool; None if it did not."""
    response = _ask(pool, client, username, password, request)
    attributes = response.get("userAttributes") if response else None
    if not response or not attributes:
        return None
    name = _username(pool, username, attributes)
    # PreSignUp may veto; what it says of confirming does not count here.
    sent = request.get("ClientMetadata")
    signing_in = password is not None
    passed_on = {"ValidationData": _as_list(sent)} if signing_in else {"ClientMetadata": sent}
    try:
        user = _new_user(pool, name, password, attributes, response)
        sign_up.pre_sign_up(pool, "SignUp", user.username, client.id, attributes, passed_on)
        owners.add(pool, user, bool(response.get("forceAliasCreation")))
    except CognitoError as error:
        if error.kind in ("UserLambdaValidationException", "UnexpectedLambdaException"):
            raise
        raise CognitoError("NotAuthorizedException", "Incorrect username or password.") from error
    if response.get("messageAction") != "SUPPRESS":
        mediums, extra = response.get("desiredDeliveryMediums"), {} if signing_in else request
        codes.invite(pool, user, "", mediums, extra, client.id)
    return user


def _ask(
    pool: Pool, client: Client, username: str, password: str | None, request: Parameters
) -> Response | None:
    event: triggers.Event = {"userAttributes": None, "validationData": None}
    if password is None:
        event |= triggers.metadata(request)
        source = "UserMigration_ForgotPassword"
    else:
        event["validationData"] = request.get("ClientMetadata") or None
        event = {"password": password, **event}
        source = "UserMigration_Authentication"
    try:
        return triggers.run(pool, source, username, client.id, event, dict(UNTOUCHED))
    except CognitoError as error:
        if error.kind == "InvalidLambdaResponseException" and clients.hides_users(client):
            text = f"Exception migrating user in app client {client.id}"
            raise CognitoError("UserNotFoundException", text) from None
        raise


def _username(pool: Pool, typed: str, attributes: dict[str, str]) -> str:
    """An alias pool takes no alias for a username: the handler then has to give one."""
    named = attributes.pop("username", None)
    try:
        users.check_name(pool, typed)
    except CognitoError:
        if not named:
            raise
        return named
    return typed


def _new_user(
    pool: Pool,
    name: str,
    password: str | None,
    attributes: dict[str, str],
    response: Response,
) -> User:
    if "sub" in attributes:
        raise invalid("sub is not mutable")
    if response.get("enableSMSMFA") and (
        pool.mfa_config == "OFF" or "phone_number" not in attributes
    ):
        raise invalid("SMS MFA needs a pool with MFA and a user with a phone number")
    stored, attributes = users.name_and_attributes(pool, name, attributes)
    users.check_attributes(pool, attributes)
    confirmed = response.get("finalUserStatus") == "CONFIRMED"
    kept = password if confirmed else None
    status: Status = "CONFIRMED" if confirmed else "RESET_REQUIRED"
    user = store.new_user(pool, stored, kept, status, attributes)
    if response.get("enableSMSMFA"):
        user.factors.add("SMS_MFA")
    return user


def _as_list(values: dict[str, str] | None) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in (values or {}).items()]
