"""A user's own attributes: read, changed, and verified again when they change."""

from typing import Any

from cognito_sandbox.cognito import codes, pools, tokens, users
from cognito_sandbox.cognito.operations import Request, operation


@operation
def get_user(request: Request) -> dict[str, Any]:
    _, _, user = tokens.signed_in(request["AccessToken"])
    result: dict[str, Any] = user.to_json(extended=True, attributes_key="UserAttributes")
    return result


@operation
def delete_user(request: Request) -> None:
    pool, _, user = tokens.signed_in(request["AccessToken"])
    tokens.sign_out(pool, user)
    pool.backend.admin_delete_user(pool.id, user.username)


@operation
def update_user_attributes(request: Request) -> dict[str, Any]:
    pool, client, user = tokens.signed_in(request["AccessToken"])
    given = users.from_list(request["UserAttributes"])
    users.check_writable(given)
    return {"CodeDeliveryDetailsList": _change(pool, user, given, client.id, request)}


@operation
def admin_update_user_attributes(request: Request) -> None:
    pool = pools.find(request["UserPoolId"])
    user = users.get(pool, request["Username"])
    _change(pool, user, users.from_list(request["UserAttributes"]), None, request)


def _change(
    pool: Any, user: Any, given: dict[str, str], client_id: str | None, request: Request
) -> list[dict[str, str]]:
    """A new e-mail or phone number is unverified, and gets a code, unless it comes verified."""
    users.check_attributes(pool, given, complete=False)
    automatic = pool.extended_config.get("AutoVerifiedAttributes") or []
    changed = [
        kind
        for kind in ("email", "phone_number")
        if kind in given
        and given[kind] != user.attribute_lookup.get(kind)
        and given.get(f"{kind}_verified") != "true"
    ]
    for kind in ("email", "phone_number"):
        if given.get(f"{kind}_verified") == "true":
            value = given.get(kind, user.attribute_lookup.get(kind))
            users.claim_alias(pool, user, kind, value, force=False)
    users.set_attributes(user, given | {f"{kind}_verified": "false" for kind in changed})
    return [
        codes.Message(pool, user, "UpdateUserAttribute", kind, client_id, request).send_code()
        for kind in changed
        if kind in automatic and given[kind]
    ]


@operation
def delete_user_attributes(request: Request) -> None:
    _, _, user = tokens.signed_in(request["AccessToken"])
    user.delete_attributes(request["UserAttributeNames"])


@operation
def get_user_attribute_verification_code(request: Request) -> dict[str, Any]:
    pool, client, user = tokens.signed_in(request["AccessToken"])
    kind = request["AttributeName"]
    if kind not in ("email", "phone_number") or not user.attribute_lookup.get(kind):
        raise pools.invalid(f"User has no {kind} that could be verified.")
    delivery = codes.Message(
        pool, user, "VerifyUserAttribute", kind, client.id, request
    ).send_code()
    return {"CodeDeliveryDetails": delivery}


@operation
def verify_user_attribute(request: Request) -> None:
    pool, _, user = tokens.signed_in(request["AccessToken"])
    kind = request["AttributeName"]
    codes.check(pool, user, "VerifyUserAttribute", request["Code"], kind)
    users.set_attributes(user, {f"{kind}_verified": "true"})
