"""HTTP APIs' JWT authorizer: who may come in, and what the function learns of them.

(events contract 8.2)
"""

from dataclasses import dataclass
from typing import Any

from cognito_sandbox import clock
from cognito_sandbox.events.http import issuers
from cognito_sandbox.events.http.apis import Settings
from cognito_sandbox.events.http.request import Request
from cognito_sandbox.store import signing

Claims = dict[str, Any]


@dataclass
class NotAuthorizedError(Exception):
    """Why somebody is not let in, as `www-authenticate` says it; 403 if only a scope is missing."""

    status: int
    challenge: str


def authorize(authorizer: Settings, scopes: list[str], request: Request) -> Claims:
    """What the event says of who came in."""
    token = _token(authorizer["IdentitySource"][0], request)
    if not token:
        raise NotAuthorizedError(401, "Bearer")
    claims = _checked(authorizer["JwtConfiguration"], token)
    held = _scopes(claims)
    if scopes and not set(scopes) & set(held):
        raise _refusal("insufficient_scope", "the token lacks a scope of the route", scopes, 403)
    return {"claims": astext(claims), "scopes": held if scopes else None}


def _token(source: str, request: Request) -> str:
    _, place, name = source.removeprefix("$").split(".", 2)
    if place == "header":
        said = request.header(name.lower())
    else:
        said = dict(request.parameters).get(name, "")
    return bare(said)


def bare(said: str) -> str:
    """A token, without the word that may stand before it."""
    return said[7:].strip() if said[:7].lower() == "bearer " else said.strip()


def _checked(wanted: Settings, token: str) -> Claims:
    pool = issuers.pool_of(wanted["Issuer"])
    claims = signing.read(token, pool) if pool else None
    if claims is None:
        raise _refusal("invalid_token", "the token is not signed by the issuer")
    now = clock.now()
    if claims.get("iss") != wanted["Issuer"].rstrip("/"):
        raise _refusal("invalid_token", "the token does not have a valid issuer")
    meant = claims.get("aud", claims.get("client_id"))
    if not set(meant if isinstance(meant, list) else [meant]) & set(wanted["Audience"]):
        raise _refusal("invalid_token", "the token does not have a valid audience")
    if claims.get("exp", 0) <= now:
        raise _refusal("invalid_token", "the token has expired")
    if max(claims.get("nbf", 0), claims.get("iat", 0)) > now + 1:
        raise _refusal("invalid_token", "the token is not valid yet")
    return claims


def _refusal(
    error: str, description: str, scopes: list[str] | None = None, status: int = 401
) -> NotAuthorizedError:
    scope = " ".join(scopes or [])
    told = f'Bearer scope="{scope}" error="{error}" error_description="{description}"'
    return NotAuthorizedError(status, told)


def _scopes(claims: Claims) -> list[str]:
    said: Any = claims.get("scope", claims.get("scp", ""))
    return said.split() if isinstance(said, str) else list(said)


def astext(claims: Claims) -> dict[str, str]:
    """All claims are text; a list is written as [one two]."""
    return {name: text(value) for name, value in claims.items() if value is not None}


def text(value: object) -> str:
    if isinstance(value, list):
        return f"[{' '.join(map(text, value))}]"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{k}:{text(v)}' for k, v in sorted(value.items()))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)
