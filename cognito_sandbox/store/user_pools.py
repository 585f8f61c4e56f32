"""moto's user pools, app clients and users: where the sandbox keeps them."""

from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.twofactor import InvalidToken
from moto.cognitoidp import models
from moto.cognitoidp.utils import cognito_totp, verify_totp
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.utils import get_service_model

from cognito_sandbox.newest import Newest
from cognito_sandbox.store import needs

NEEDS = (
    "moto.cognitoidp.models:COGNITO_TOTP_MFA_SECRET",
    "moto.cognitoidp.models:CognitoIdpBackend.create_user_pool",
    "moto.cognitoidp.models:CognitoIdpBackend.create_user_pool_client",
    "moto.cognitoidp.models:CognitoIdpUser.update_attributes",
    "moto.cognitoidp.models:CognitoIdpUserPool._get_user",
    "moto.cognitoidp.models:CognitoIdpUserPool.update_extended_config",
    "moto.cognitoidp.models:CognitoIdpUserPoolAttribute.STANDARD_SCHEMA",
    "moto.cognitoidp.models:UserStatus.RESET_REQUIRED",
    "moto.cognitoidp.models:cognitoidp_backends",
)
ACCOUNT = DEFAULT_ACCOUNT_ID
STANDARD_ATTRIBUTES: dict[str, Any] = models.CognitoIdpUserPoolAttribute.STANDARD_SCHEMA


def api() -> Any:
    """AWS's own description of Cognito's operations."""
    return get_service_model("cognito-idp")


def new_pool(region: str, name: str, config: dict[str, Any]) -> Any:
    """A pool with AWS's whole schema: moto drops the standard attributes that are not named."""
    pool = models.cognitoidp_backends[ACCOUNT][region].create_user_pool(name, config)
    named, pool.schema_attributes = pool.schema_attributes, {}
    for attribute, schema in STANDARD_ATTRIBUTES.items():
        usual = models.CognitoIdpUserPoolAttribute(attribute, False, schema)
        pool.schema_attributes[attribute] = named.pop(attribute, usual)
    pool.schema_attributes |= named
    pool.access_tokens = Newest()  # moto's
    pool.sign_ins, pool.signed_in, pool.challenges = Newest(), Newest(), Newest()  # the sandbox's
    return pool


def new_client(pool: Any, config: dict[str, Any]) -> Any:
    rest = {key: value for key, value in config.items() if key != "GenerateSecret"}
    return pool.backend.create_user_pool_client(pool.id, config.get("GenerateSecret", False), rest)


def new_user(
    pool: Any, username: str | None, password: str | None, status: str, attributes: dict[str, str]
) -> Any:
    """A user that is not in the pool yet; without a username, it is known by its sub."""
    listed = [{"Name": name, "Value": value} for name, value in attributes.items()]
    return models.CognitoIdpUser(pool.id, username, password, models.UserStatus(status), listed)


def set_status(user: Any, status: str) -> None:
    user.status = models.UserStatus(status)


def is_totp(code: str) -> bool:
    """moto hands out one fixed secret for software tokens."""
    try:
        verify_totp(cognito_totp(models.COGNITO_TOTP_MFA_SECRET), code.encode())
    except InvalidToken:
        return False
    return True


def pools() -> list[Any]:
    return [
        pool
        for account in list(models.cognitoidp_backends.values())
        for backend in list(account.values())
        for pool in list(backend.user_pools.values())
    ]


def find_pool(pool_id: str) -> Any | None:
    return next((pool for pool in pools() if pool.id == pool_id), None)


def find_client(client_id: str) -> tuple[Any, Any] | None:
    found = ((pool, pool.clients.get(client_id)) for pool in pools())
    return next(((pool, client) for pool, client in found if client), None)


def look_up_users_with(find: Callable[[Any, str], Any]) -> None:
    """Have moto's own operations find users by the sandbox's rules."""
    needs.check(NEEDS)
    models.CognitoIdpUserPool._get_user = find
