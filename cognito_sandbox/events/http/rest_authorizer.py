"""COGNITO_USER_POOLS authorizers of REST APIs. (events contract 8.3)"""

import time
from typing import Any

from cognito_sandbox import clock
from cognito_sandbox.events.http import jwt
from cognito_sandbox.events.http.request import Request
from cognito_sandbox.events.http.rest_settings import POOL
from cognito_sandbox.store import signing, user_pools
from cognito_sandbox.store.rest_apis import Authorizer

TIMES = ("exp", "iat")
Claims = dict[str, Any]


class NotAuthorizedError(Exception):
    """Nobody is let in; the message is what API Gateway tells."""


def authorize(authorizer: Authorizer, scopes: tuple[str, ...], request: Request) -> Claims:
    """What the event says of who came in."""
    claims = _read(authorizer, jwt.bare(_said(authorizer, request)))
    if claims is None:
        raise NotAuthorizedError("Unauthorized")
    if claims["exp"] <= clock.now():
        raise NotAuthorizedError("The incoming token has expired")
    held = str(claims.get("scope", "")).split()
    wanted = bool(set(scopes) & set(held)) if scopes else claims.get("token_use") == "id"
    if not wanted:
        raise NotAuthorizedError("Unauthorized")
    return {"claims": {name: _text(name, v) for name, v in claims.items() if v is not None}}


def _said(authorizer: Authorizer, request: Request) -> str:
    return request.header(authorizer.identity_source.rpartition(".")[2].lower())


def _read(authorizer: Authorizer, token: str) -> Claims | None:
    for arn in authorizer.pool_arns:
        named = POOL.fullmatch(arn)
        pool = user_pools.find_pool(named[1]) if named else None
        claims = signing.read(token, pool) if pool and token else None
        if claims is not None:
            return claims
    return None


def _text(name: str, value: Any) -> str:
    """REST APIs write times as dates, and lists with commas."""
    if name in TIMES:
        return time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(value))
    return ",".join(map(str, value)) if isinstance(value, list) else jwt.text(value)
