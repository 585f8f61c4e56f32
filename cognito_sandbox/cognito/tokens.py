"""Tokens: issued with the PreTokenGeneration trigger's say, refreshed, checked and revoked."""

import time
import uuid
from dataclasses import dataclass
from typing import Any

from joserfc import jwt

from cognito_sandbox.cognito import pools, triggers, users
from cognito_sandbox.cognito.operations import CognitoError, Request, operation
from cognito_sandbox.store import user_pools as store

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
SCOPE = "aws.cognito.signin.user.admin"
RESERVED = frozenset(
    """acr amr at_hash aud auth_time azp client_id cognito:username event_id exp iat identities iss
    jti nbf nonce origin_jti scope sub token_use username version""".split()  # noqa: SIM905
)


@dataclass
class SignIn:
    """What a refresh token stands for."""

    pool: Any
    client_id: str
    user: Any
    origin_jti: str
    auth_time: int
    expires: float
    revoked: bool = False


def denied(message: str) -> CognitoError:
    return CognitoError("NotAuthorizedException", message)


def issue(
    pool: Any, client: Any, user: Any, source: str, request: dict[str, Any]
) -> dict[str, Any]:
    """All three tokens of a new sign-in."""
    token, now = f"{uuid.uuid4().hex}{uuid.uuid4().hex}", int(time.time())
    lifetime = _lifetime(client, "RefreshToken", 30, "days")
    jti = str(uuid.uuid4())
    sign_in = SignIn(pool, client.id, user, jti, now, now + lifetime)
    result = _tokens(sign_in, client, source, request)
    pool.sign_ins[token] = sign_in
    return result | {"RefreshToken": token}


def refresh(pool: Any, client: Any, token: str, request: dict[str, Any]) -> dict[str, Any]:
    sign_in: SignIn | None = pool.sign_ins.get(token)
    if not sign_in or sign_in.client_id != client.id:
        raise denied("Invalid Refresh Token")
    if sign_in.revoked:
        raise denied("Refresh Token has been revoked")
    if time.time() > sign_in.expires:
        raise denied("Refresh Token has expired")
    check_usable(pool, sign_in.user)
    return _tokens(sign_in, client, "RefreshTokens", request)


def check_usable(pool: Any, user: Any) -> None:
    if pool.users.get(user.username) is not user:
        raise users.not_found()
    if not user.enabled:
        raise denied("User is disabled.")


def _lifetime(client: Any, kind: str, usual: int, unit: str) -> int:
    config = client.extended_config
    unit = config.get("TokenValidityUnits", {}).get(kind, unit)
    return int(config.get(f"{kind}Validity") or usual) * SECONDS[unit]


def _tokens(sign_in: SignIn, client: Any, source: str, request: dict[str, Any]) -> dict[str, Any]:
    pool, user, now = sign_in.pool, sign_in.user, int(time.time())
    seconds = _lifetime(client, "AccessToken", 1, "hours")
    common = {
        "sub": user.id,
        "iss": f"https://cognito-idp.{pool.region}.amazonaws.com/{pool.id}",
        "origin_jti": sign_in.origin_jti,
        "event_id": str(uuid.uuid4()),
        "auth_time": sign_in.auth_time,
        "iat": now,
    }
    groups = _groups(user)
    identity = common | _identity_claims(client, user) | groups
    identity["exp"] = now + _lifetime(client, "IdToken", 1, "hours")
    access = common | {"client_id": client.id, "token_use": "access", "scope": SCOPE}
    access |= {"username": user.username, "exp": now + seconds}
    access |= {k: v for k, v in groups.items() if k == "cognito:groups"}
    _customise(pool, client, user, source, request, identity, access)
    tokens = [_signed(pool, claims) for claims in (identity, access)]
    pool.access_tokens[tokens[1]] = client.id, user.username  # where moto looks
    pool.signed_in[tokens[1]] = sign_in, access["exp"]
    return dict(zip(("IdToken", "AccessToken"), tokens, strict=True)) | {
        "ExpiresIn": seconds,
        "TokenType": "Bearer",
    }


def _signed(pool: Any, claims: dict[str, Any]) -> str:
    header = {"kid": "dummy", "alg": "RS256"}  # the key that moto publishes
    return jwt.encode(header, claims | {"jti": str(uuid.uuid4())}, pool.json_web_key)


def _identity_claims(client: Any, user: Any) -> dict[str, Any]:
    readable = client.extended_config.get("ReadAttributes")
    claims: dict[str, Any] = {
        name: value == "true" if name.endswith("_verified") else value
        for name, value in user.attribute_lookup.items()
        if name != "sub" and (not readable or name in readable)
    }
    return claims | {"aud": client.id, "token_use": "id", "cognito:username": user.username}


def _groups(user: Any) -> dict[str, Any]:
    """The user's groups, and the roles that come with them: the lowest precedence wins."""
    ordered = sorted(user.groups, key=lambda g: (g.precedence is None, g.precedence, g.group_name))
    if not ordered:
        return {}
    roles = [group.role_arn for group in ordered if group.role_arn]
    claims: dict[str, Any] = {"cognito:groups": [group.group_name for group in ordered]}
    if roles:
        claims |= {"cognito:roles": roles, "cognito:preferred_role": roles[0]}
    return claims


def _customise(
    pool: Any,
    client: Any,
    user: Any,
    source: str,
    request: dict[str, Any],
    identity: dict[str, Any],
    access: dict[str, Any],
) -> None:
    """Let the trigger change the claims: V1 those of the ID token, V2 those of both."""
    config = pool.extended_config.get("LambdaConfig") or {}
    version = config.get("PreTokenGenerationConfig", {}).get("LambdaVersion", "V1_0")[1]
    newer = version != "1"
    event = {
        "userAttributes": users.event_attributes(user),
        "groupConfiguration": {
            "groupsToOverride": identity.get("cognito:groups", []),
            "iamRolesToOverride": identity.get("cognito:roles", []),
            "preferredRole": identity.get("cognito:preferred_role"),
        },
        **({"scopes": [SCOPE]} if newer else {}),
        **triggers.metadata(request),
    }
    key = "claimsAndScopeOverrideDetails" if newer else "claimsOverrideDetails"
    source, name = f"TokenGeneration_{source}", user.username
    response = triggers.run(pool, source, name, client.id, event, {key: None}, version)
    details = (response or {}).get(key) or {}
    _override_groups(details.get("groupOverrideDetails") or {}, identity, access)
    if newer:
        _override(details.get("idTokenGeneration") or {}, identity)
        scoped = details.get("accessTokenGeneration") or {}
        _override(scoped, access)
        _override_scopes(scoped, access)
    else:
        _override(details, identity)


def _override(details: dict[str, Any], claims: dict[str, Any]) -> None:
    added = details.get("claimsToAddOrOverride") or {}
    claims |= {name: value for name, value in added.items() if name not in RESERVED}
    for name in details.get("claimsToSuppress") or []:
        if name not in RESERVED:
            claims.pop(name, None)


def _override_groups(
    details: dict[str, Any], identity: dict[str, Any], access: dict[str, Any]
) -> None:
    groups, roles = details.get("groupsToOverride"), details.get("iamRolesToOverride")
    if groups is not None:
        identity["cognito:groups"] = access["cognito:groups"] = groups
    if roles is not None:
        identity["cognito:roles"] = roles
    if details.get("preferredRole"):
        identity["cognito:preferred_role"] = details["preferredRole"]


def _override_scopes(details: dict[str, Any], access: dict[str, Any]) -> None:
    scopes = access["scope"].split() + list(details.get("scopesToAdd") or [])
    suppressed = details.get("scopesToSuppress") or []
    access["scope"] = " ".join(scope for scope in scopes if scope not in suppressed)


def signed_in(access_token: str) -> tuple[Any, Any, Any]:
    """The pool, app client and user of a valid access token."""
    found = (pool.signed_in.get(access_token) for pool in store.pools())
    sign_in, expires = next(filter(None, found), (None, 0))
    if not sign_in:
        raise denied("Invalid Access Token")
    if sign_in.revoked:
        raise denied("Access Token has been revoked")
    if expires < time.time():
        raise denied("Access Token has expired")
    pool, client = pools.find_client(sign_in.client_id)
    check_usable(pool, sign_in.user)
    return pool, client, sign_in.user


def _revoke(pool: Any, sign_ins: list[SignIn]) -> None:
    for sign_in in sign_ins:
        sign_in.revoked = True
    for token, (sign_in, _) in list(pool.signed_in.items()):
        if sign_in.revoked:
            pool.access_tokens.pop(token, None)


def sign_out(pool: Any, user: Any) -> None:
    """End all sign-ins of a user."""
    known = [*pool.sign_ins.values(), *(sign_in for sign_in, _ in list(pool.signed_in.values()))]
    _revoke(pool, [each for each in known if each.user is user])


@operation
def revoke_token(request: Request) -> None:
    pool, client = pools.find_client(request["ClientId"])
    if client.generate_secret and request.get("ClientSecret") != client.secret:
        raise CognitoError("UnauthorizedException", "Client secret is wrong or missing.")
    if client.extended_config.get("EnableTokenRevocation") is False:
        text = "This feature is not enabled for this client"
        raise CognitoError("UnsupportedOperationException", text)
    sign_in = pool.sign_ins.get(request["Token"])
    if sign_in and sign_in.client_id == client.id:
        _revoke(pool, [sign_in])


@operation
def global_sign_out(request: Request) -> None:
    pool, _, user = signed_in(request["AccessToken"])
    sign_out(pool, user)


@operation
def admin_user_global_sign_out(request: Request) -> None:
    pool = pools.find(request["UserPoolId"])
    sign_out(pool, users.get(pool, request["Username"]))
