"""What of an app client's settings does not fit together, or is not there. (contract 9)"""

from typing import Any, Literal
from urllib.parse import urlsplit

from cognito_sandbox.cognito import pool_checks
from cognito_sandbox.cognito.errors import CognitoError, invalid
from cognito_sandbox.store.model import Pool

Doing = Literal["creating", "updating"]
NEVER_WRITTEN = {"sub", "email_verified", "phone_number_verified"}
OLDER_FLOWS = {"ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"}
OWN_PROVIDER = "COGNITO"
SCOPES = {"phone", "email", "openid", "profile", "aws.cognito.signin.user.admin"}
LOCAL = {"localhost", "127.0.0.1", "::1"}


def check(pool: Pool, settings: dict[str, Any], doing: Doing) -> None:
    _check_attributes(pool, settings, doing)
    _check_flows(pool, settings.get("ExplicitAuthFlows") or [])
    for provider in settings.get("SupportedIdentityProviders") or []:
        if provider != OWN_PROVIDER:
            raise invalid(f"The provider {provider} does not exist for User Pool {pool.id}")
    _check_scopes(pool, settings.get("AllowedOAuthScopes") or [])
    _check_oauth(settings)
    _check_addresses(settings)


def _check_attributes(pool: Pool, settings: dict[str, Any], doing: Doing) -> None:
    """All that users must have they must be able to write."""
    known, must = pool.schema_attributes.keys(), set(pool.required_attributes)
    read, written = (set(settings.get(f"{way}Attributes") or ()) for way in ("Read", "Write"))
    if not read <= known:
        raise invalid(f"Invalid read attributes specified while {doing} a client")
    if written and not must <= written <= known - NEVER_WRITTEN:
        raise invalid(f"Invalid write attributes specified while {doing} a client")


def _check_flows(pool: Pool, flows: list[str]) -> None:
    exchanges = [flow for flow in flows if flow.startswith("ALLOW_TOKEN_EXCHANGE_")]
    if exchanges:
        raise invalid(
            f"The sandbox does not have {exchanges[0]} among ExplicitAuthFlows: leave it out, or "
            "try it in an AWS account."
        )
    older = OLDER_FLOWS.intersection(flows)
    if older and not OLDER_FLOWS.issuperset(flows):
        raise invalid(
            f"ExplicitAuthFlows has {min(older)}, an older value, beside values that begin with "
            "ALLOW_: use those alone."
        )
    if "ALLOW_USER_AUTH" in flows:
        pool_checks.check_tier(pool.settings, "ALLOW_USER_AUTH")


def _check_scopes(pool: Pool, scopes: list[str]) -> None:
    """Those of its own a pool has from its resource servers."""
    missing = set(scopes) - SCOPES - pool.custom_scopes
    if missing:
        text = f"No resource server of the user pool has the scope {min(missing)}."
        raise CognitoError("ScopeDoesNotExistException", text)


def _check_oauth(settings: dict[str, Any]) -> None:
    if not settings.get("AllowedOAuthFlowsUserPoolClient"):
        return
    if not settings.get("AllowedOAuthFlows") or not settings.get("AllowedOAuthScopes"):
        raise invalid(
            "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed "
            "to use OAuth flows."
        )
    if not settings.get("CallbackURLs"):
        text = "CallbackUrls can not be empty when code flow or implicit flow is selected"
        raise CognitoError("InvalidOAuthFlowException", text)


def _check_addresses(settings: dict[str, Any]) -> None:
    callbacks = settings.get("CallbackURLs") or []
    default = settings.get("DefaultRedirectURI")
    for address in (*callbacks, *(settings.get("LogoutURLs") or [])):
        _check_address(address)
    if default and default not in callbacks:
        raise invalid(f"DefaultRedirectURI {default} must be one of CallbackURLs.")


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        scheme, host = parts.scheme, parts.hostname
    except ValueError:
        scheme, host = "", None
    if not scheme or (scheme in ("http", "https") and not host):
        raise invalid(f"{address} is no absolute URI: it has no scheme, as https:// or myapp://.")
    if "#" in address:
        raise invalid(f"{address} has a fragment, which a redirect cannot have: leave out the #.")
    if scheme == "http" and host not in LOCAL:
        raise invalid(f"{address} cannot use the HTTP protocol.")
