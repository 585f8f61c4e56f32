"""Tokens: made at a sign-in, and checked when they are used. (sign-in contract 6.1, 6.2)"""

import base64
import json
import uuid
from dataclasses import dataclass
from typing import TypedDict

from cognito_sandbox import clock
from cognito_sandbox.cognito import claims, clients, lifetimes, users
from cognito_sandbox.cognito.errors import denied
from cognito_sandbox.cognito.operations import Parameters
from cognito_sandbox.lasting import lasting
from cognito_sandbox.newest import Newest
from cognito_sandbox.store import signing
from cognito_sandbox.store.model import Client, Pool, SignIn, User


class Tokens(TypedDict):
    IdToken: str
    AccessToken: str
    ExpiresIn: int
    TokenType: str


class NewTokens(Tokens):
    """With a refresh token of their own."""

    RefreshToken: str


@dataclass(frozen=True)
class _Access:
    """What an access token stands for."""

    sign_in: SignIn
    expires: float


by_refresh_token = lasting("refresh tokens", Newest[str, SignIn]())
_by_access_token = lasting("access tokens", Newest[str, _Access]())


def issue(
    pool: Pool,
    client: Client,
    user: User,
    source: str,
    request: Parameters,
    device_key: str = "",
) -> NewTokens:
    """All three tokens of a new sign-in."""
    now = int(clock.now())
    lifetime = lifetimes.seconds(client.settings, "RefreshToken")
    identifiers = str(uuid.uuid4()), str(uuid.uuid4())
    sign_in = SignIn(pool, client.id, user, *identifiers, now, now + lifetime)
    sign_in.device_key = device_key
    result = make(sign_in, client, source, request)
    user.sign_ins.add(sign_in)
    return {**result, "RefreshToken": new_refresh_token(sign_in)}


def new_refresh_token(sign_in: SignIn) -> str:
    """The sign-in's next refresh token, which is the one that counts from now on."""
    token = f"{uuid.uuid4().hex}{uuid.uuid4().hex}"
    by_refresh_token[token] = sign_in
    sign_in.refresh_token = token
    return token


def check_usable(pool: Pool, user: User) -> None:
    if pool.users.get(user.username) is not user:
        raise users.not_found()
    if not user.enabled:
        raise denied("User is disabled.")


def make(sign_in: SignIn, client: Client, source: str, request: Parameters) -> Tokens:
    """An ID token and an access token of the sign-in, as the trigger wants them."""
    pool, user, now = sign_in.pool, sign_in.user, int(clock.now())
    seconds = lifetimes.seconds(client.settings, "AccessToken")
    common = {
        "sub": user.id,
        "iss": f"https://cognito-idp.{pool.region}.amazonaws.com/{pool.id}",
        **claims.origin(client, sign_in),
        "event_id": sign_in.event_id,
        "auth_time": sign_in.auth_time,
        "iat": now,
    }
    groups = claims.groups(user)
    identity = common | claims.identity(client, user) | groups
    identity["exp"] = now + lifetimes.seconds(client.settings, "IdToken")
    access = common | {"client_id": client.id, "token_use": "access", "scope": claims.SCOPE}
    access |= {"username": user.username, "exp": now + seconds}
    access |= {k: v for k, v in groups.items() if k == "cognito:groups"}
    access |= {"device_key": sign_in.device_key} if sign_in.device_key else {}
    claims.customise(sign_in, client, source, request, identity, access)
    token = signing.sign(pool, "access", access)
    _by_access_token[token] = _Access(sign_in, now + seconds)
    sign_in.access_tokens.append(token)
    pool.access_tokens[token] = client.id, user.username
    return {
        "IdToken": signing.sign(pool, "id", identity),
        "AccessToken": token,
        "ExpiresIn": seconds,
        "TokenType": "Bearer",
    }


def signed_in(access_token: str) -> tuple[Pool, Client, User]:
    """The pool, app client and user of a valid access token."""
    access = _by_access_token.get(access_token)
    if not access:
        if _says_it_is_one(access_token) and not signing.is_signed(access_token, "access"):
            raise denied("Could not verify signature for Access Token")
        raise denied("Invalid Access Token")
    if access.sign_in.revoked:
        raise denied("Access Token has been revoked")
    if access.expires < clock.now():
        raise denied("Access Token has expired")
    pool, client = clients.find(access.sign_in.client_id)
    check_usable(pool, access.sign_in.user)
    return pool, client, access.sign_in.user


def _says_it_is_one(token: str) -> bool:
    """Does it look like an access token, whoever made it?"""
    try:
        _, claims, _ = token.split(".")
        told = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        return bool(told["token_use"] == "access")
    except (ValueError, KeyError, TypeError):
        return False
