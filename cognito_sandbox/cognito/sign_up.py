"""Signing up and confirming: SignUp, ConfirmSignUp, ResendConfirmationCode, AdminCreateUser."""

import secrets
from typing import Any

from cognito_sandbox.cognito import codes, pools, temporary, triggers, users
from cognito_sandbox.cognito.operations import CognitoError, Request, operation
from cognito_sandbox.store import user_pools as store

UNDECIDED = {"autoConfirmUser": False, "autoVerifyEmail": False, "autoVerifyPhone": False}
VERIFY = {"autoVerifyEmail": "email", "autoVerifyPhone": "phone_number"}


def pre_sign_up(
    pool: Any,
    source: str,
    username: str,
    client_id: str,
    attributes: dict[str, str],
    request: dict[str, Any],
) -> dict[str, Any]:
    """What the pre sign-up trigger decided."""
    validation = users.from_list(request.get("ValidationData")) or None
    event = {
        "userAttributes": attributes,
        "validationData": validation,
        **triggers.metadata(request),
    }
    source = f"PreSignUp_{source}"
    response = triggers.run(pool, source, username, client_id, event, dict(UNDECIDED))
    return response or dict(UNDECIDED)


def post_confirmation(
    pool: Any, user: Any, source: str, client_id: str | None, request: dict[str, Any]
) -> None:
    attributes = users.event_attributes(user) | users.alias_attributes(pool, user)
    event = {"userAttributes": attributes, **triggers.metadata(request)}
    source = f"PostConfirmation_{source}"
    triggers.run(pool, source, user.username, client_id, event, {})


def _verified(decision: dict[str, Any], attributes: dict[str, str]) -> dict[str, str]:
    wanted = [kind for flag, kind in VERIFY.items() if decision.get(flag)]
    if wanted and not decision.get("autoConfirmUser"):
        raise triggers.bad_response(
            "Phone or email cannot be auto verified, when user is not being auto confirmed."
        )
    for kind in wanted:
        if not attributes.get(kind):
            raise triggers.bad_response(f"{kind} cannot be auto verified, as the user has none.")
    return {f"{kind}_verified": "true" for kind in wanted}


def _candidate(request: Request) -> tuple[Any, Any, Any]:
    """The pool, the app client, and the user whom nothing speaks against so far."""
    pool, client = pools.find_client(request["ClientId"])
    typed, password = request["Username"], request["Password"]
    pools.check_secret(client, typed, request.get("SecretHash"))
    if pool.extended_config.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly"):
        text = "SignUp is not permitted for this user pool"
        raise CognitoError("NotAuthorizedException", text)
    if users.find(pool, typed):
        raise users.already_exists(pool)
    given = users.from_list(request.get("UserAttributes"))
    users.check_writable(client, given)
    name, attributes = users.name_and_attributes(pool, typed, given)
    users.check_password(pool, password)
    users.check_attributes(pool, attributes)
    return pool, client, store.new_user(pool, name, password, "UNCONFIRMED", attributes)


def _let_trigger_decide(pool: Any, client: Any, user: Any, request: Request) -> None:
    given = {name: value for name, value in user.attribute_lookup.items() if name != "sub"}
    decision = pre_sign_up(pool, "SignUp", user.username, client.id, given, request)
    automatic = pool.extended_config.get("AutoVerifiedAttributes") or []
    pending = {f"{kind}_verified": "false" for kind in automatic if kind in given}
    users.set_attributes(user, pending | _verified(decision, given))
    if decision.get("autoConfirmUser"):
        store.set_status(user, "CONFIRMED")


@operation
def sign_up(request: Request) -> dict[str, Any]:
    pool, client, user = _candidate(request)
    _let_trigger_decide(pool, client, user, request)
    users.add(pool, user, request["Username"], take_aliases=True)
    result = {"UserConfirmed": users.status(user) == "CONFIRMED", "UserSub": user.id}
    if result["UserConfirmed"]:
        post_confirmation(pool, user, "ConfirmSignUp", client.id, request)
        return result
    kind = confirmable(pool, user)
    if kind:
        message = codes.Message(pool, user, "SignUp", kind, client.id, request)
        result["CodeDeliveryDetails"] = message.send_code()
    return result


def confirmable(pool: Any, user: Any) -> str | None:
    """Where a confirmation code would go: to the phone, if it could go to both."""
    automatic = pool.extended_config.get("AutoVerifiedAttributes") or []
    kinds = (k for k in ("phone_number", "email") if k in automatic)
    return next((kind for kind in kinds if user.attribute_lookup.get(kind)), None)


def _confirm(pool: Any, user: Any, client_id: str | None, request: Request) -> None:
    store.set_status(user, "CONFIRMED")
    post_confirmation(pool, user, "ConfirmSignUp", client_id, request)


def _check_unconfirmed(user: Any) -> None:
    if users.status(user) != "UNCONFIRMED":
        text = f"User cannot be confirmed. Current status is {users.status(user)}"
        raise CognitoError("NotAuthorizedException", text)


@operation
def confirm_sign_up(request: Request) -> None:
    pool, client = pools.find_client(request["ClientId"])
    pools.check_secret(client, request["Username"], request.get("SecretHash"))
    user = users.find(pool, request["Username"])
    if not user:
        raise codes.expired() if pools.hides_users(client) else users.not_found()
    _check_unconfirmed(user)
    codes.check(pool, user, "SignUp", request["ConfirmationCode"])
    kind = confirmable(pool, user)
    if kind:
        forced = bool(request.get("ForceAliasCreation"))
        users.claim_alias(pool, user, kind, user.attribute_lookup[kind], forced)
        users.set_attributes(user, {f"{kind}_verified": "true"})
    _confirm(pool, user, client.id, request)


@operation
def admin_confirm_sign_up(request: Request) -> None:
    pool = pools.find(request["UserPoolId"])
    user = users.get(pool, request["Username"])
    _check_unconfirmed(user)
    _confirm(pool, user, None, request)


@operation
def resend_confirmation_code(request: Request) -> dict[str, Any]:
    pool, client = pools.find_client(request["ClientId"])
    pools.check_secret(client, request["Username"], request.get("SecretHash"))
    user = users.find(pool, request["Username"])
    if not user:
        if pools.hides_users(client):
            return {"CodeDeliveryDetails": codes.simulated_delivery(request["Username"])}
        raise CognitoError("UserNotFoundException", "Username/client id combination not found.")
    if users.status(user) != "UNCONFIRMED":
        raise pools.invalid("User is already confirmed.")
    kind = confirmable(pool, user)
    if not kind:
        raise pools.invalid("Auto verification not turned on.")
    delivery = codes.Message(pool, user, "ResendCode", kind, client.id, request).send_code()
    return {"CodeDeliveryDetails": delivery}


@operation
def admin_create_user(request: Request) -> dict[str, Any]:
    pool, typed = pools.find(request["UserPoolId"]), request["Username"]
    password = request.get("TemporaryPassword") or _temporary_password()
    if request.get("MessageAction") == "RESEND":
        user = users.get(pool, typed)
        if users.status(user) != "FORCE_CHANGE_PASSWORD":
            text = "Resend not possible. User status is not FORCE_CHANGE_PASSWORD"
            raise CognitoError("UnsupportedUserStateException", text)
        users.check_password(pool, password)
        temporary.give(user, password)
    else:
        user = _created_by_admin(pool, typed, password, request)
    if request.get("MessageAction") != "SUPPRESS":
        codes.invite(pool, user, password, request.get("DesiredDeliveryMediums"), request)
    return {"User": user.to_json(extended=True)}


def _created_by_admin(pool: Any, typed: str, password: str, request: Request) -> Any:
    if users.find(pool, typed):
        raise CognitoError("UsernameExistsException", "User account already exists")
    given = users.from_list(request.get("UserAttributes"))
    name, attributes = users.name_and_attributes(pool, typed, given)
    users.check_password(pool, password)
    users.check_attributes(pool, attributes, complete=False)
    user = store.new_user(pool, name, password, "FORCE_CHANGE_PASSWORD", attributes)
    temporary.give(user, password)
    source, nobody = "AdminCreateUser", triggers.NO_CLIENT
    pre_sign_up(pool, source, user.username, nobody, attributes, request)
    users.add(pool, user, typed, bool(request.get("ForceAliasCreation")))
    return user


def _temporary_password() -> str:
    return f"Aa1-{secrets.token_urlsafe(12)}"
