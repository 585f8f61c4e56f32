"""A user's own attributes: read, changed, and verified again when they change.

(contract 7; sign-in contract 8)
"""

from collections.abc import Mapping
from functools import partial

from cognito_sandbox.cognito import codes, pools, tokens, users
from cognito_sandbox.cognito.both_forms import in_both_forms
from cognito_sandbox.cognito.errors import invalid
from cognito_sandbox.cognito.operations import Answer, Request, operation
from cognito_sandbox.lasting import lasting
from cognito_sandbox.newest import Newest
from cognito_sandbox.store import user_pools as store
from cognito_sandbox.store.model import Pool, User

# by pool, user and attribute
_held_back = lasting("attributes to verify", Newest[tuple[str, str, str], str]())
OF_ONESELF = (
    "MFAOptions",
    "PreferredMfaSetting",
    "UserAttributes",
    "UserMFASettingList",
    "Username",
)


@operation
def get_user(request: Request) -> Answer:
    _, client, user = tokens.signed_in(request["AccessToken"])
    readable = client.settings.get("ReadAttributes")
    shown = user.described("UserAttributes", ["sub", *readable] if readable else None)
    return {name: shown[name] for name in OF_ONESELF if name in shown}


@in_both_forms
def delete_user(_: Request, pool: Pool, user: User) -> None:
    store.delete_user(pool, user)


@operation
def update_user_attributes(request: Request) -> Answer:
    pool, client, user = tokens.signed_in(request["AccessToken"])
    given = users.from_list(request["UserAttributes"])
    fixed = given.keys() & {"email_verified", "phone_number_verified"}
    if fixed:
        raise invalid(f"Cannot modify the non-mutable attribute {min(fixed)}")
    users.check_writable(client, given)
    return {"CodeDeliveryDetailsList": _change(pool, user, given, client.id, request)}


@operation
def admin_update_user_attributes(request: Request) -> None:
    pool = pools.find(request["UserPoolId"])
    user = users.get(pool, request["Username"])
    _change(pool, user, users.from_list(request["UserAttributes"]), None, request)


def _change(
    pool: Pool, user: User, given: dict[str, str], client_id: str | None, request: Request
) -> list[dict[str, str]]:
    """A new e-mail or phone number is unverified, and gets a code, unless it comes verified."""
    users.check_changeable(pool, given)
    users.check_attributes(pool, given, complete=False)
    automatic = pool.settings.get("AutoVerifiedAttributes") or []
    changed = [
        kind
        for kind in ("email", "phone_number")
        if kind in given
        and given[kind] != user.attribute.get(kind)
        and given.get(f"{kind}_verified") != "true"
    ]
    for kind in ("email", "phone_number"):
        users.check_unused(pool, user, kind, given.get(kind))
        if given.get(f"{kind}_verified") == "true":
            value = given.get(kind, user.attribute.get(kind))
            users.claim_alias(pool, user, kind, value, force=False)
    preferred = "preferred_username"
    users.claim_alias(pool, user, preferred, given.get(preferred), force=False)
    held_back = _hold_back(pool, user, {kind: given[kind] for kind in changed})
    at_once = {name: value for name, value in given.items() if name not in held_back}
    unverified = {f"{kind}_verified": "false" for kind in changed if kind not in held_back}
    user.change(at_once | unverified)
    message = partial(codes.Message, pool, user, "UpdateUserAttribute")
    return [
        message(kind, client_id, request, given[kind]).send_code()
        for kind in changed
        if kind in automatic and given[kind]
    ]


def _hold_back(pool: Pool, user: User, changed: Mapping[str, str]) -> set[str]:
    """In some pools the old address stays until the new one is verified; which these are."""
    update = pool.settings.get("UserAttributeUpdateSettings", {})
    guarded = update.get("AttributesRequireVerificationBeforeUpdate", [])
    held = {kind for kind, value in changed.items() if kind in guarded and value}
    for kind in changed:
        _held_back.pop((pool.id, user.id, kind), None)
    for kind in held:
        _held_back[pool.id, user.id, kind] = changed[kind]
    return held


@operation
def delete_user_attributes(request: Request) -> None:
    pool, client, user = tokens.signed_in(request["AccessToken"])
    users.check_writable(client, request["UserAttributeNames"])
    _delete(pool, user, request["UserAttributeNames"])


@operation
def admin_delete_user_attributes(request: Request) -> None:
    pool = pools.find(request["UserPoolId"])
    _delete(pool, users.get(pool, request["Username"]), request["UserAttributeNames"])


def _delete(pool: Pool, user: User, names: list[str]) -> None:
    users.check_changeable(pool, names)
    user.change(dict.fromkeys(names, ""))


@operation
def get_user_attribute_verification_code(request: Request) -> Answer:
    pool, client, user = tokens.signed_in(request["AccessToken"])
    kind = request["AttributeName"]
    if kind not in ("email", "phone_number") or not user.attribute.get(kind):
        raise invalid(f"User has no {kind} that could be verified.")
    delivery = codes.Message(
        pool, user, "VerifyUserAttribute", kind, client.id, request
    ).send_code()
    return {"CodeDeliveryDetails": delivery}


@operation
def verify_user_attribute(request: Request) -> None:
    pool, _, user = tokens.signed_in(request["AccessToken"])
    kind = request["AttributeName"]
    codes.check(pool, user, "VerifyUserAttribute", request["Code"], kind)
    new = _held_back.pop((pool.id, user.id, kind), None)
    value = new or user.attribute.get(kind)
    users.check_unused(pool, user, kind, value)
    users.claim_alias(pool, user, kind, value, force=False)
    user.change({f"{kind}_verified": "true"} | ({kind: new} if new else {}))
