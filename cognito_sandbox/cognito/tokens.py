"""Tokens: issued, refreshed, checked and revoked."""

import uuid
from dataclasses import dataclass
from typing import Literal, TypedDict

from joserfc import jwt

from cognito_sandbox import clock
from cognito_sandbox.cognito import claims, clients, pools, users
from cognito_sandbox.cognito.errors import CognitoError, denied
from cognito_sandbox.cognito.operations import Parameters, Request, operation
from cognito_sandbox.newest import Newest
from cognito_sandbox.store.model import Client, Pool, SignIn, User

Kind = Literal["AccessToken", "IdToken", "RefreshToken"]
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


class Tokens(TypedDict):
    IdToken: str
    AccessToken: str
    ExpiresIn: int
    TokenType: str


class NewTokens(Tokens):
    """Those of a new sign-in."""

    RefreshToken: str


@dataclass(frozen=True)
class _Access:
    """What an access token stands for."""

    sign_in: SignIn
    expires: float


_by_refresh_token = Newest[str, SignIn]()
_by_access_token = Newest[str, _Access]()


def issue(
    pool: Pool,
    client: Client,
    user: User,
    source: str,
    request: Parameters,
    device_key: str = "",
) -> NewTokens:
    """All three tokens of a new sign-in."""
    token, now = f"{uuid.uuid4().hex}{uuid.uuid4().hex}", int(clock.now())
    lifetime = _lifetime(client, "RefreshToken", 30, "days")
    sign_in = SignIn(pool, client.id, user, str(uuid.uuid4()), now, now + lifetime)
    sign_in.device_key = device_key
    result = _tokens(sign_in, client, source, request)
    _by_refresh_token[token] = sign_in
    user.sign_ins.add(sign_in)
    return {**result, "RefreshToken": token}


def refresh(client: Client, token: str, request: Parameters) -> Tokens:
    sign_in = _by_refresh_token.get(token)
    if not sign_in or sign_in.client_id != client.id:
        raise denied("Invalid Refresh Token")
    if sign_in.revoked:
        raise denied("Refresh Token has been revoked")
    if clock.now() > sign_in.expires:
        raise denied("Refresh Token has expired")
    check_usable(sign_in.pool, sign_in.user)
    return _tokens(sign_in, client, "RefreshTokens", request)


def check_usable(pool: Pool, user: User) -> None:
    if pool.users.get(user.username) is not user:
        raise users.not_found()
    if not user.enabled:
        raise denied("User is disabled.")


def _lifetime(client: Client, kind: Kind, usual: int, unit: str) -> int:
    settings = client.settings
    validity = {
        "AccessToken": settings.get("AccessTokenValidity"),
        "IdToken": settings.get("IdTokenValidity"),
        "RefreshToken": settings.get("RefreshTokenValidity"),
    }[kind]
    unit = settings.get("TokenValidityUnits", {}).get(kind, unit)
    return (validity or usual) * SECONDS[unit]


def _tokens(sign_in: SignIn, client: Client, source: str, request: Parameters) -> Tokens:
    pool, user, now = sign_in.pool, sign_in.user, int(clock.now())
    seconds = _lifetime(client, "AccessToken", 1, "hours")
    common = {
        "sub": user.id,
        "iss": f"https://cognito-idp.{pool.region}.amazonaws.com/{pool.id}",
        "origin_jti": sign_in.origin_jti,
        "event_id": str(uuid.uuid4()),
        "auth_time": sign_in.auth_time,
        "iat": now,
    }
    groups = claims.groups(user)
    identity = common | claims.identity(client, user) | groups
    identity["exp"] = now + _lifetime(client, "IdToken", 1, "hours")
    access = common | {"client_id": client.id, "token_use": "access", "scope": claims.SCOPE}
    access |= {"username": user.username, "exp": now + seconds}
    access |= {k: v for k, v in groups.items() if k == "cognito:groups"}
    access |= {"device_key": sign_in.device_key} if sign_in.device_key else {}
    claims.customise(sign_in, client, source, request, identity, access)
    token = _signed(pool, access)
    _by_access_token[token] = _Access(sign_in, now + seconds)
    sign_in.access_tokens.append(token)
    pool.access_tokens[token] = client.id, user.username
    return {
        "IdToken": _signed(pool, identity),
        "AccessToken": token,
        "ExpiresIn": seconds,
        "TokenType": "Bearer",
    }


def _signed(pool: Pool, content: claims.Claims) -> str:
    header = {"kid": "dummy", "alg": "RS256"}  # the key that moto publishes
    return jwt.encode(header, content | {"jti": str(uuid.uuid4())}, pool.json_web_key)


def signed_in(access_token: str) -> tuple[Pool, Client, User]:
    """The pool, app client and user of a valid access token."""
    access = _by_access_token.get(access_token)
    if not access:
        raise denied("Invalid Access Token")
    if access.sign_in.revoked:
        raise denied("Access Token has been revoked")
    if access.expires < clock.now():
        raise denied("Access Token has expired")
    pool, client = clients.find(access.sign_in.client_id)
    check_usable(pool, access.sign_in.user)
    return pool, client, access.sign_in.user


def _revoke(sign_in: SignIn) -> None:
    sign_in.revoked = True
    for token in sign_in.access_tokens:
        sign_in.pool.access_tokens.pop(token, None)


def sign_out(user: User) -> None:
    """End all sign-ins of a user."""
    for sign_in in list(user.sign_ins):
        _revoke(sign_in)


@operation
def revoke_token(request: Request) -> None:
    _, client = clients.find(request["ClientId"])
    if client.generate_secret and request.get("ClientSecret") != client.secret:
        raise CognitoError("UnauthorizedException", "Client secret is wrong or missing.")
    if client.settings.get("EnableTokenRevocation") is False:
        text = "This feature is not enabled for this client"
        raise CognitoError("UnsupportedOperationException", text)
    sign_in = _by_refresh_token.get(request["Token"])
    if sign_in and sign_in.client_id == client.id:
        _revoke(sign_in)


@operation
def global_sign_out(request: Request) -> None:
    _, _, user = signed_in(request["AccessToken"])
    sign_out(user)


@operation
def admin_user_global_sign_out(request: Request) -> None:
    pool = pools.find(request["UserPoolId"])
    sign_out(users.get(pool, request["Username"]))
