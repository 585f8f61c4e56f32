"""Signing up and confirming: SignUp, ConfirmSignUp, ResendConfirmationCode, AdminCreateUser.

(contract 3, 5b, 7)
"""

import secrets

from cognito_sandbox.cognito import (
    clients,
    codes,
    owners,
    password_policy,
    pools,
    sessions,
    temporary_passwords,
    triggers,
    user_auth,
    users,
)
from cognito_sandbox.cognito.attempt import Attempt
from cognito_sandbox.cognito.errors import CognitoError, invalid
from cognito_sandbox.cognito.operations import Answer, Parameters, Request, operation
from cognito_sandbox.cognito.trigger_response import Response
from cognito_sandbox.store import user_pools as store
from cognito_sandbox.store.model import Client, Pool, User

UNDECIDED: Response = {"autoConfirmUser": False, "autoVerifyEmail": False, "autoVerifyPhone": False}


def pre_sign_up(
    pool: Pool,
    source: str,
    username: str,
    client_id: str,
    attributes: dict[str, str],
    request: Parameters,
) -> Response:
    """What the pre sign-up trigger decided."""
    validation = users.from_list(request.get("ValidationData")) or None
    event: triggers.Event = {
        "userAttributes": attributes,
        "validationData": validation,
        **triggers.metadata(request),
    }
    source = f"PreSignUp_{source}"
    response = triggers.run(pool, source, username, client_id, event, {**UNDECIDED})
    return response or UNDECIDED


def post_confirmation(
    pool: Pool, user: User, source: str, client_id: str | None, request: Parameters
) -> None:
    attributes = users.event_attributes(user) | users.alias_attributes(pool, user)
    event: triggers.Event = {"userAttributes": attributes, **triggers.metadata(request)}
    source = f"PostConfirmation_{source}"
    triggers.run(pool, source, user.username, client_id, event, {})


def _verified(decision: Response, attributes: dict[str, str]) -> dict[str, str]:
    by_kind = [("email", decision.get("autoVerifyEmail"))]
    by_kind += [("phone_number", decision.get("autoVerifyPhone"))]
    wanted = [kind for kind, asked_for in by_kind if asked_for]
    if wanted and not decision.get("autoConfirmUser"):
        raise triggers.bad_response(
            "Phone or email cannot be auto verified, when user is not being auto confirmed."
        )
    for kind in wanted:
        if not attributes.get(kind):
            raise triggers.bad_response(f"{kind} cannot be auto verified, as the user has none.")
    return {f"{kind}_verified": "true" for kind in wanted}


def _candidate(request: Request) -> tuple[Pool, Client, User]:
    """The pool, the app client, and the user whom nothing speaks against so far."""
    pool, client = clients.find(request["ClientId"])
    typed = request["Username"]
    password = request.get("Password") if _needs_none(pool) else request["Password"]
    clients.check_secret(client, typed, request.get("SecretHash"))
    if pool.settings.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly"):
        text = "SignUp is not permitted for this user pool"
        raise CognitoError("NotAuthorizedException", text)
    given = users.from_list(request.get("UserAttributes"))
    users.check_writable(client, given)
    users.check_signing_up(pool, given)
    name, attributes = users.name_and_attributes(pool, typed, given)
    owners.check_new(pool, name, attributes)
    if password:
        password_policy.check(pool, password)
    users.check_attributes(pool, attributes)
    return pool, client, store.new_user(pool, name, password, "UNCONFIRMED", attributes)


def _needs_none(pool: Pool) -> bool:
    """May users do without a password, as a code lets them in?"""
    return len(pools.first_factors(pool)) > 1


def _session(pool: Pool, client: Client, user: User, confirmed: bool) -> dict[str, str]:
    """What a sign-in goes on with, where the app may use it."""
    if "ALLOW_USER_AUTH" not in clients.allowed_flows(client):
        return {}
    attempt = Attempt(pool, client, Request(), False, user, user.username)
    return {"Session": user_auth.after_sign_up(attempt, confirmed)}


def _let_trigger_decide(pool: Pool, client: Client, user: User, request: Request) -> None:
    given = {name: value for name, value in user.attribute.items() if name != "sub"}
    decision = pre_sign_up(pool, "SignUp", user.username, client.id, given, request)
    automatic = pool.settings.get("AutoVerifiedAttributes") or []
    pending = {f"{kind}_verified": "false" for kind in automatic if kind in given}
    user.change(pending | _verified(decision, given))
    if decision.get("autoConfirmUser"):
        user.status = "CONFIRMED"


@operation
def sign_up(request: Request) -> Answer:
    pool, client, user = _candidate(request)
    _let_trigger_decide(pool, client, user, request)
    owners.add(pool, user, take_aliases=True)
    result: dict[str, object] = {"UserConfirmed": user.status == "CONFIRMED", "UserSub": user.id}
    if result["UserConfirmed"]:
        post_confirmation(pool, user, "ConfirmSignUp", client.id, request)
        return result
    kind = confirmable(pool, user)
    if kind:
        message = codes.Message(pool, user, "SignUp", kind, client.id, request)
        result["CodeDeliveryDetails"] = message.send_code()
    return result | _session(pool, client, user, confirmed=False)


def confirmable(pool: Pool, user: User) -> str | None:
    """Where a confirmation code would go: to the phone, if it could go to both."""
    automatic = pool.settings.get("AutoVerifiedAttributes") or []
    kinds = (k for k in ("phone_number", "email") if k in automatic)
    return next((kind for kind in kinds if user.attribute.get(kind)), None)


def _confirm(pool: Pool, user: User, client_id: str | None, request: Request) -> None:
    user.status = "CONFIRMED"
    post_confirmation(pool, user, "ConfirmSignUp", client_id, request)


def _check_unconfirmed(user: User) -> None:
    if user.status != "UNCONFIRMED":
        text = f"User cannot be confirmed. Current status is {user.status}"
        raise CognitoError("NotAuthorizedException", text)


@operation
def confirm_sign_up(request: Request) -> Answer:
    pool, client = clients.find(request["ClientId"])
    clients.check_secret(client, request["Username"], request.get("SecretHash"))
    user = pool.users.find(request["Username"])
    if not user:
        raise codes.expired() if clients.hides_users(client) else users.not_found()
    _check_unconfirmed(user)
    if "Session" in request:
        user_auth.check_sign_up(request["Session"], client, user)
    code, kind = request["ConfirmationCode"], confirmable(pool, user)
    codes.compare(pool, user, "SignUp", code)
    if kind:  # who is asked whether to take it over answers with the same code
        forced = bool(request.get("ForceAliasCreation"))
        owners.settle(pool, user, {f"{kind}_verified": "true"}, forced)
    codes.check(pool, user, "SignUp", code)
    _confirm(pool, user, client.id, request)
    if "Session" in request:
        sessions.take(request["Session"])
    return _session(pool, client, user, confirmed=True)


@operation
def admin_confirm_sign_up(request: Request) -> None:
    pool = pools.find(request["UserPoolId"])
    user = users.get(pool, request["Username"])
    _check_unconfirmed(user)
    _confirm(pool, user, None, request)


@operation
def resend_confirmation_code(request: Request) -> Answer:
    pool, client = clients.find(request["ClientId"])
    clients.check_secret(client, request["Username"], request.get("SecretHash"))
    user = pool.users.find(request["Username"])
    if not user:
        if clients.hides_users(client):
            return {"CodeDeliveryDetails": codes.simulated_delivery(request["Username"])}
        raise CognitoError("UserNotFoundException", "Username/client id combination not found.")
    if user.status != "UNCONFIRMED":
        raise invalid("User is already confirmed.")
    kind = confirmable(pool, user)
    if not kind:
        raise invalid("Auto verification not turned on.")
    delivery = codes.Message(pool, user, "ResendCode", kind, client.id, request).send_code()
    return {"CodeDeliveryDetails": delivery}


@operation
def admin_create_user(request: Request) -> Answer:
    pool, typed = pools.find(request["UserPoolId"]), request["Username"]
    password = request.get("TemporaryPassword")
    if not password and _needs_none(pool) and request.get("MessageAction") != "RESEND":
        return {"User": _created_by_admin(pool, typed, None, request).described()}
    password = password or _temporary_password()
    if request.get("MessageAction") == "RESEND":
        user = users.get(pool, typed)
        if user.status != "FORCE_CHANGE_PASSWORD":
            text = "Resend not possible. User status is not FORCE_CHANGE_PASSWORD"
            raise CognitoError("UnsupportedUserStateException", text)
        password_policy.check(pool, password, password_policy.INVITING)
        temporary_passwords.give(user, password)
    else:
        user = _created_by_admin(pool, typed, password, request)
    if request.get("MessageAction") != "SUPPRESS":
        codes.invite(pool, user, password, request.get("DesiredDeliveryMediums"), request)
    return {"User": user.described()}


def _created_by_admin(pool: Pool, typed: str, password: str | None, request: Request) -> User:
    if pool.users.find(typed):
        raise CognitoError("UsernameExistsException", "User account already exists")
    given = users.from_list(request.get("UserAttributes"))
    name, attributes = users.name_and_attributes(pool, typed, given)
    users.check_attributes(pool, attributes, complete=False)
    user = store.new_user(pool, name, None, "CONFIRMED", attributes)
    if password:
        password_policy.check(pool, password, password_policy.INVITING)
        temporary_passwords.give(user, password)
        user.status = "FORCE_CHANGE_PASSWORD"
    source, nobody = "AdminCreateUser", triggers.NO_CLIENT
    pre_sign_up(pool, source, user.username, nobody, attributes, request)
    owners.add(pool, user, bool(request.get("ForceAliasCreation")))
    return user


def _temporary_password() -> str:
    return f"Aa1-{secrets.token_urlsafe(12)}"
