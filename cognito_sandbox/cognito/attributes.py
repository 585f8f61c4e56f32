"""A user's own attributes: read, changed, and verified again when they change.

(contract 7; sign-in contract 8)
"""

from collections.abc import Mapping
from functools import partial

from cognito_sandbox.cognito import codes, owners, pools, tokens, users
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
    changed = owners.new_addresses(user, given)
    guarded = pool.settings.get("UserAttributeUpdateSettings", {})
    kinds = guarded.get("AttributesRequireVerificationBeforeUpdate", [])
    held_back = {kind: given[kind] for kind in changed if kind in kinds and given[kind]}
    owners.check_unused(pool, user, held_back)
    owners.settle(pool, user, {name: given[name] for name in given if name not in held_back})
    _hold_back(pool, user, {kind: held_back.get(kind, "") for kind in changed})
    automatic = pool.settings.get("AutoVerifiedAttributes") or []
    message = partial(codes.Message, pool, user, "UpdateUserAttribute")
    return [
        message(kind, client_id, request, given[kind]).send_code()
        for kind in changed
        if kind in automatic and given[kind]
    ]


def _hold_back(pool: Pool, user: User, changed: Mapping[str, str]) -> None:
    """In some pools the old address stays until the new one is verified."""
    for kind, value in changed.items():
        _held_back.pop((pool.id, user.id, kind), None)
        if value:
            _held_back[pool.id, user.id, kind] = value


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
    owners.settle(pool, user, dict.fromkeys(names, ""))


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
    code, held_back = request["Code"], (pool.id, user.id, kind)
    codes.compare(pool, user, "VerifyUserAttribute", code, kind)
    new = _held_back.get(held_back)
    owners.settle(pool, user, {f"{kind}_verified": "true"} | ({kind: new} if new else {}))
    codes.check(pool, user, "VerifyUserAttribute", code, kind)
    _held_back.pop(held_back, None)
