"""User pools for tests: made anew, or found where a stack has made them."""

from collections.abc import Iterable, Mapping
from typing import Any

from cognito_sandbox.spelling import meant
from cognito_sandbox.testing.access import Access
from cognito_sandbox.testing.calls import call, delete_pool
from cognito_sandbox.testing.errors import TestingError
from cognito_sandbox.testing.user_pool import UserPool

__tracebackhide__ = True
FLOWS = ["USER_PASSWORD", "USER_SRP", "USER", "CUSTOM", "REFRESH_TOKEN", "ADMIN_USER_PASSWORD"]
FACTORS = ("SoftwareTokenMfaConfiguration", "SmsMfaConfiguration", "EmailMfaConfiguration")


def make(sandbox: Access, settings: Mapping[str, Any]) -> UserPool:
    """A new pool and its app client; each setting goes to the one that has it."""
    cognito = sandbox.client("cognito-idp")
    model = cognito.meta.service_model
    of_pool = model.operation_model("CreateUserPool").input_shape.members
    of_client = model.operation_model("CreateUserPoolClient").input_shape.members
    _check(settings, of_pool.keys() | (of_client.keys() - {"UserPoolId"}) | {*FACTORS})
    pool_settings = {"PoolName": "test", "AutoVerifiedAttributes": ["email"]}
    pool_settings |= {key: settings[key] for key in settings if key in of_pool}
    client_settings = {"ClientName": "test", "ExplicitAuthFlows": _flows(settings)}
    client_settings |= {key: settings[key] for key in settings if key in of_client}
    factors = _factors(settings)
    if factors:
        pool_settings.pop("MfaConfiguration", None)
    pool = call(cognito, "create_user_pool", **pool_settings)["UserPool"]
    of = {"UserPoolId": pool["Id"]}
    try:
        if factors:
            call(cognito, "set_user_pool_mfa_config", **of, **factors)
        client = call(cognito, "create_user_pool_client", **of, **client_settings)
    except Exception:
        delete_pool(cognito, pool["Id"])
        raise
    return existing(sandbox, pool["Id"], pool["Arn"], client["UserPoolClient"])


def _check(settings: Iterable[str], known: set[str]) -> None:
    for name in sorted(set(settings) - known):
        instead = meant(name, known) or "."
        raise TestingError(f"Neither CreateUserPool nor CreateUserPoolClient has {name}{instead}")


def _factors(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What SetUserPoolMfaConfig gets: CreateUserPool itself knows no factor but text messages."""
    mode = settings.get("MfaConfiguration", "OFF")
    named = {key: settings[key] for key in settings if key in FACTORS}
    if not named and (mode == "OFF" or "SmsConfiguration" in settings):
        return {}
    return {"MfaConfiguration": mode} | (named or {FACTORS[0]: {"Enabled": True}})


def _flows(settings: Mapping[str, Any]) -> list[str]:
    """Cognito refuses the older way to refresh where refresh tokens rotate, and choices in LITE."""
    rotation, refused = settings.get("RefreshTokenRotation"), set()
    if isinstance(rotation, dict) and rotation.get("Feature") == "ENABLED":
        refused.add("REFRESH_TOKEN")
    if settings.get("UserPoolTier") == "LITE":
        refused.add("USER")
    return [f"ALLOW_{flow}_AUTH" for flow in FLOWS if flow not in refused]


def existing(sandbox: Access, pool_id: str, arn: str, client: Mapping[str, Any]) -> UserPool:
    pool = UserPool(sandbox, pool_id, arn, client["ClientId"])
    if client.get("ClientSecret"):
        pool.use_secret(client["ClientSecret"])
    return pool
