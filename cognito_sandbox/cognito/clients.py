"""App clients: made, changed, found; what they allow and hide, and who knows their secret.

(contract 8, 9)
"""

import base64
import hashlib
import hmac
from typing import Any

from cognito_sandbox.cognito import client_checks, lifetimes, pool_checks, pools
from cognito_sandbox.cognito.errors import CognitoError, invalid
from cognito_sandbox.cognito.operations import Answer, Parameters, Request, operation
from cognito_sandbox.store import user_pools as store
from cognito_sandbox.store.model import Client, Pool

DEFAULT_FLOWS = ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]


def find(client_id: str, pool_id: str | None = None) -> tuple[Pool, Client]:
    """The app client and its pool."""
    found = store.find_client(client_id)
    if not found or pool_id not in (None, found[0].id):
        where = f" in user pool {pool_id}" if found else ""
        text = f"User pool client {client_id} does not exist{where}."
        raise CognitoError("ResourceNotFoundException", text)
    return found


def hides_users(client: Client) -> bool:
    """Does the client keep it from strangers which users exist?"""
    return client.settings.get("PreventUserExistenceErrors") == "ENABLED"


def allowed_flows(client: Client) -> tuple[str, ...]:
    """The client's flows by their newer names; ADMIN_NO_SRP_AUTH is one of the older."""
    flows = client.settings.get("ExplicitAuthFlows") or DEFAULT_FLOWS
    renamed = {"ADMIN_NO_SRP_AUTH": "ALLOW_ADMIN_USER_PASSWORD_AUTH"}
    named = [renamed.get(flow, flow) for flow in flows]
    if not any(flow.startswith("ALLOW_") for flow in flows):
        named += ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    return tuple(
        f"ALLOW_{flow.removeprefix('ALLOW_')}".replace("CUSTOM_AUTH_FLOW_ONLY", "CUSTOM_AUTH")
        for flow in named
    )


def check_secret(client: Client, username: str, secret_hash: str | None) -> None:
    """A client with a secret must prove that it knows it."""
    if not client.generate_secret:
        return
    if not secret_hash:
        reason = f"Client {client.id} is configured with secret but SECRET_HASH was not received"
        raise CognitoError("NotAuthorizedException", reason)
    digest = hmac.digest(client.secret.encode(), f"{username}{client.id}".encode(), hashlib.sha256)
    if not hmac.compare_digest(base64.b64encode(digest), secret_hash.encode()):
        reason = f"Unable to verify secret hash for client {client.id}"
        raise CognitoError("NotAuthorizedException", reason)


def rotates(client: Client) -> bool:
    """Does each refresh token count once?"""
    return client.settings.get("RefreshTokenRotation", {}).get("Feature") == "ENABLED"


def grace(client: Client) -> int:
    """How many seconds a refresh token may be used again for."""
    return client.settings.get("RefreshTokenRotation", {}).get("RetryGracePeriodSeconds", 0)


def create(settings: Parameters) -> Client:
    rest = dict(settings)
    pool = pools.find(rest.pop("UserPoolId"))
    return store.new_client(pool, _checked(pool, rest, "creating"))


def update(client: Client, settings: Parameters) -> None:
    """Replace the settings: what is not given goes back to its default, but for the name."""
    checked = _checked(pools.find(client.user_pool_id), dict(settings), "updating")
    store.change_client(client, {"ClientName": client.settings["ClientName"], **checked})


def _checked(pool: Pool, settings: dict[str, Any], doing: client_checks.Doing) -> dict[str, Any]:
    _settle_lifetimes(settings)
    lifetimes.check(settings)
    client_checks.check(pool, settings, doing)
    rotation = settings.get("RefreshTokenRotation")
    if rotation and rotation["Feature"] == "DISABLED":
        settings["RefreshTokenRotation"] = {"Feature": "DISABLED", "RetryGracePeriodSeconds": 0}
    elif rotation:
        _check_rotation(pool, settings, rotation.get("RetryGracePeriodSeconds", 0))
    return settings


def _settle_lifetimes(settings: dict[str, Any]) -> None:
    """AWS shows units whether they were set or not, and takes 30 days for no validity, or 0."""
    units = dict(settings.get("TokenValidityUnits", {}))
    if not settings.get("RefreshTokenValidity"):
        settings.pop("RefreshTokenValidity", None)
        units.pop("RefreshToken", None)
    settings["TokenValidityUnits"] = units


def _check_rotation(pool: Pool, settings: dict[str, Any], grace: int) -> None:
    pool_checks.check_tier(pool.settings, "RefreshTokenRotation")
    if "ALLOW_REFRESH_TOKEN_AUTH" in settings.get("ExplicitAuthFlows", []):
        raise invalid(
            "ALLOW_REFRESH_TOKEN_AUTH is not a permitted ExplicitAuthFlow when refresh token "
            "rotation is enabled."
        )
    if not 0 <= grace <= 60:
        raise invalid("RetryGracePeriodSeconds is from 0 to 60.")


@operation
def create_user_pool_client(request: Request) -> Answer:
    return {"UserPoolClient": create(request).described()}


@operation
def describe_user_pool_client(request: Request) -> Answer:
    client = pools.find(request["UserPoolId"]).clients.get(request["ClientId"])
    if not client:
        raise CognitoError("ResourceNotFoundException", "User pool client does not exist.")
    return {"UserPoolClient": client.described()}


@operation
def update_user_pool_client(request: Request) -> Answer:
    settings = dict(request)
    _, client = find(settings.pop("ClientId"), settings.pop("UserPoolId"))
    update(client, settings)
    return {"UserPoolClient": client.described()}


@operation
def delete_user_pool_client(request: Request) -> None:
    pool, client = find(request["ClientId"], request["UserPoolId"])
    del pool.clients[client.id]
