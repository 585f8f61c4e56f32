"""What tokens say of a user, and the PreTokenGeneration trigger's say in it.

(sign-in contract 6.1, 6.4)
"""

from cognito_sandbox.cognito import triggers, users
from cognito_sandbox.cognito.operations import Parameters
from cognito_sandbox.cognito.trigger_response import AccessClaims, ClaimsOverride, GroupOverride
from cognito_sandbox.cognito.trigger_response import Claims as GivenClaims
from cognito_sandbox.store.model import Client, SignIn, User

SCOPE = "aws.cognito.signin.user.admin"
RESERVED = frozenset(
    """acr amr at_hash aud auth_time azp client_id cognito:username event_id exp iat identities iss
    jti nbf nonce origin_jti scope sub token_use username version""".split()  # noqa: SIM905
)
Claims = dict[str, object]


def origin(client: Client, sign_in: SignIn) -> Claims:
    """What tells clients that the tokens can be revoked, where they can."""
    revocable = client.settings.get("EnableTokenRevocation", True)
    return {"origin_jti": sign_in.origin_jti} if revocable else {}


def identity(client: Client, user: User) -> Claims:
    readable = client.settings.get("ReadAttributes")
    claims: Claims = {
        name: value == "true" if name.endswith("_verified") else value
        for name, value in user.attribute.items()
        if name != "sub" and (not readable or name in readable)
    }
    return claims | {"aud": client.id, "token_use": "id", "cognito:username": user.username}


def groups(user: User) -> Claims:
    """The user's groups, and the roles that come with them: the lowest precedence wins."""
    ordered = sorted(
        user.groups, key=lambda g: (g.precedence is None, g.precedence or 0, g.group_name)
    )
    if not ordered:
        return {}
    roles = [group.role_arn for group in ordered if group.role_arn]
    claims: Claims = {"cognito:groups": [group.group_name for group in ordered]}
    if roles:
        claims |= {"cognito:roles": roles, "cognito:preferred_role": roles[0]}
    return claims


def customise(
    sign_in: SignIn,
    client: Client,
    source: str,
    request: Parameters,
    identity: Claims,
    access: Claims,
) -> None:
    """Let the trigger change the claims: V1 those of the ID token, V2 those of both."""
    config = sign_in.pool.settings.get("LambdaConfig") or {}
    versioned = config.get("PreTokenGenerationConfig")
    version = versioned["LambdaVersion"][1] if versioned else "1"
    newer = version != "1"
    event = {
        "userAttributes": users.event_attributes(sign_in.user),
        "groupConfiguration": {
            "groupsToOverride": identity.get("cognito:groups", []),
            "iamRolesToOverride": identity.get("cognito:roles", []),
            "preferredRole": identity.get("cognito:preferred_role"),
        },
        **({"scopes": [SCOPE]} if newer else {}),
        **triggers.metadata(request),
    }
    key = "claimsAndScopeOverrideDetails" if newer else "claimsOverrideDetails"
    source, name = f"TokenGeneration_{source}", sign_in.user.username
    response = triggers.run(sign_in.pool, source, name, client.id, event, {key: None}, version)
    if newer:
        both = (response or {}).get("claimsAndScopeOverrideDetails") or {}
        _override_groups(both.get("groupOverrideDetails") or {}, identity, access)
        _override(both.get("idTokenGeneration") or {}, identity)
        scoped = both.get("accessTokenGeneration") or {}
        _override(scoped, access)
        _override_scopes(scoped, access)
    else:
        details = (response or {}).get("claimsOverrideDetails") or {}
        _override_groups(details.get("groupOverrideDetails") or {}, identity, access)
        _override(details, identity)


def _override(details: GivenClaims | ClaimsOverride, claims: Claims) -> None:
    added = details.get("claimsToAddOrOverride") or {}
    claims |= {name: value for name, value in added.items() if name not in RESERVED}
    for name in details.get("claimsToSuppress") or []:
        if name not in RESERVED:
            claims.pop(name, None)


def _override_groups(details: GroupOverride, identity: Claims, access: Claims) -> None:
    groups, roles = details.get("groupsToOverride"), details.get("iamRolesToOverride")
    if groups is not None:
        identity["cognito:groups"] = access["cognito:groups"] = groups
    if roles is not None:
        identity["cognito:roles"] = roles
    if details.get("preferredRole"):
        identity["cognito:preferred_role"] = details["preferredRole"]


def _override_scopes(details: AccessClaims, access: Claims) -> None:
    suppressed = details.get("scopesToSuppress") or []
    scopes = [SCOPE, *(details.get("scopesToAdd") or [])]
    access["scope"] = " ".join(scope for scope in scopes if scope not in suppressed)
