"""Contract 2.3, sign-in contract 6: the token trigger, refreshing, and revocation."""

import base64
import json
import urllib.request
from typing import Any

import jwt
import pytest
from harness import PASSWORD, Aws, Pool, refused
from jwt.types import Options

UNCHECKED: Options = {"verify_aud": False}
ADD = "event['response'] = {'claimsOverrideDetails': {%s}}"
ADD_V2 = "event['response'] = {'claimsAndScopeOverrideDetails': {%s}}"


def claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def tokens(pool: Pool) -> tuple[dict[str, Any], dict[str, Any]]:
    """The claims of the ID token and of the access token."""
    result = pool.sign_in()["AuthenticationResult"]
    return claims(result["IdToken"]), claims(result["AccessToken"])


def test_the_usual_claims(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    identity, access = tokens(pool)
    sub = pool.user()["sub"]
    assert identity["sub"] == access["sub"] == sub
    assert identity["iss"] == f"https://cognito-idp.us-east-1.amazonaws.com/{pool.id}"
    assert (identity["aud"], access["client_id"]) == (pool.client_id, pool.client_id)
    assert (identity["token_use"], access["token_use"]) == ("id", "access")
    assert (identity["cognito:username"], access["username"]) == ("ann", "ann")
    assert identity["email"] == "ann@example.com"
    assert identity["email_verified"] is True
    assert identity["exp"] - identity["iat"] == 3600


def keys(pool: Pool) -> dict[str, Any]:
    with urllib.request.urlopen(f"{pool.aws.endpoint}/{pool.id}/.well-known/jwks.json") as response:
        return {key["kid"]: key for key in json.load(response)["keys"]}


def test_each_pool_publishes_a_key_for_each_kind_of_token(aws: Aws) -> None:
    pool, other = aws.pool(), aws.pool()
    pool.add()
    published, result = keys(pool), pool.sign_in()["AuthenticationResult"]
    used = {}
    for kind in ("IdToken", "AccessToken"):
        header = jwt.get_unverified_header(result[kind])
        assert header.keys() == {"kid", "alg"}
        assert len(base64.b64decode(header["kid"])) == 32
        used[kind] = published[header["kid"]]
        assert set(used[kind]) == {"alg", "e", "kid", "kty", "n", "use"}
        key = jwt.PyJWK(used[kind])
        assert jwt.decode(result[kind], key, ["RS256"], UNCHECKED)["sub"]
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(result["IdToken"], jwt.PyJWK(used["AccessToken"]), options=UNCHECKED)
    assert not published.keys() & keys(other).keys()
    assert len(published) == 2


@pytest.mark.parametrize("version", ["V1_0", "V2_0", "V3_0"])
def test_the_source_says_what_the_tokens_came_from(aws: Aws, version: str) -> None:
    trigger = aws.echo()
    config = {"LambdaVersion": version, "LambdaArn": trigger.arn}
    pool = aws.pool({"PreTokenGenerationConfig": config})
    aws.cognito.admin_create_user(
        UserPoolId=pool.id, Username="ann", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    pool.respond(pool.sign_in(), USERNAME="ann", NEW_PASSWORD=PASSWORD)
    pool.refresh(pool.sign_in()["AuthenticationResult"]["RefreshToken"])
    kinds = ["NewPasswordChallenge", "Authentication", "RefreshTokens"]
    assert trigger.sources() == [f"TokenGeneration_{kind}" for kind in kinds]
    assert {event["version"] for event in trigger.events()} == {version[1]}


def test_v1_event(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PreTokenGeneration": trigger})
    pool.add()
    pool.sign_in(ClientMetadata={"not": "passed on"})
    (event,) = trigger.events()
    assert event["version"] == "1"
    assert list(event)[:3] == ["version", "triggerSource", "region"]
    assert event["triggerSource"] == "TokenGeneration_Authentication"
    assert event["response"] == {"claimsOverrideDetails": None}
    assert set(event["request"]) == {"userAttributes", "groupConfiguration"}
    assert event["request"]["groupConfiguration"] == {
        "groupsToOverride": [],
        "iamRolesToOverride": [],
        "preferredRole": None,
    }


def test_v1_changes_the_id_token(aws: Aws) -> None:
    body = ADD % "'claimsToAddOrOverride': {'tier': 'gold'}, 'claimsToSuppress': ['email']"
    pool = aws.pool({"PreTokenGeneration": aws.echo(body)})
    pool.add()
    identity, access = tokens(pool)
    assert identity["tier"] == "gold"
    assert "email" not in identity
    assert "tier" not in access


def test_v1_takes_no_list_for_a_claim(aws: Aws) -> None:
    body = ADD % "'claimsToAddOrOverride': {'tier': ['gold']}"
    pool = aws.pool({"PreTokenGeneration": aws.echo(body)})
    pool.add()
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        pool.sign_in()


def test_groups_are_shown_and_can_be_overridden(aws: Aws) -> None:
    body = ADD % "'groupOverrideDetails': {'groupsToOverride': ['other']}"
    trigger = aws.echo(body)
    pool = aws.pool({"PreTokenGeneration": trigger})
    pool.add()
    aws.cognito.create_group(UserPoolId=pool.id, GroupName="staff")
    aws.cognito.admin_add_user_to_group(UserPoolId=pool.id, GroupName="staff", Username="ann")
    identity, access = tokens(pool)
    shown = trigger.events()[0]["request"]["groupConfiguration"]
    assert shown["groupsToOverride"] == ["staff"]
    assert identity["cognito:groups"] == access["cognito:groups"] == ["other"]


def test_v2_changes_both_tokens_and_the_scopes(aws: Aws) -> None:
    body = ADD_V2 % (
        "'idTokenGeneration': {'claimsToAddOrOverride': {'tier': ['gold']}},"
        "'accessTokenGeneration': {'claimsToAddOrOverride': {'plan': 'b'}, 'scopesToAdd': ['x']}"
    )
    trigger = aws.echo(body)
    config = {"LambdaVersion": "V2_0", "LambdaArn": trigger.arn}
    pool = aws.pool({"PreTokenGenerationConfig": config})
    pool.add()
    identity, access = tokens(pool)
    (event,) = trigger.events()
    assert event["version"] == "2"
    assert event["request"]["scopes"] == ["aws.cognito.signin.user.admin"]
    assert identity["tier"] == ["gold"]
    assert access["plan"] == "b"
    assert access["scope"].split() == ["aws.cognito.signin.user.admin", "x"]


def test_what_says_who_the_user_is_cannot_be_overridden(aws: Aws) -> None:
    body = ADD % "'claimsToAddOrOverride': {'sub': 'me', 'cognito:username': 'root'}"
    pool = aws.pool({"PreTokenGeneration": aws.echo(body)})
    pool.add()
    identity, _ = tokens(pool)
    assert identity["sub"] == pool.user()["sub"]
    assert identity["cognito:username"] == "ann"


def test_a_raising_handler_leaves_no_tokens(aws: Aws) -> None:
    pool = aws.pool({"PreTokenGeneration": aws.echo("raise Exception('no')")})
    pool.add()
    text = "PreTokenGeneration failed with error no."
    with refused("UserLambdaValidationException", text):
        pool.sign_in()


def test_refreshing_runs_the_token_trigger_only(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool(
        dict.fromkeys(["PreAuthentication", "PostAuthentication", "PreTokenGeneration"], trigger)
    )
    pool.add()
    first = pool.sign_in()["AuthenticationResult"]
    before = len(trigger.events())
    again = pool.refresh(first["RefreshToken"])["AuthenticationResult"]
    assert trigger.sources()[before:] == ["TokenGeneration_RefreshTokens"]
    assert "RefreshToken" not in again
    assert claims(again["AccessToken"])["origin_jti"] == claims(first["AccessToken"])["origin_jti"]


def test_a_made_up_refresh_token_is_refused(aws: Aws) -> None:
    with refused("NotAuthorizedException", "Invalid Refresh Token"):
        aws.pool().refresh("made-up")


@pytest.mark.parametrize("way", ["revoke_token", "global_sign_out", "admin_user_global_sign_out"])
def test_revoked_tokens_are_refused(aws: Aws, way: str) -> None:
    pool = aws.pool()
    pool.add()
    result = pool.sign_in()["AuthenticationResult"]
    arguments = {
        "revoke_token": {"Token": result["RefreshToken"], "ClientId": pool.client_id},
        "global_sign_out": {"AccessToken": result["AccessToken"]},
        "admin_user_global_sign_out": {"UserPoolId": pool.id, "Username": "ann"},
    }
    assert aws.cognito.get_user(AccessToken=result["AccessToken"])["Username"] == "ann"
    getattr(aws.cognito, way)(**arguments[way])
    with refused("NotAuthorizedException"):
        aws.cognito.get_user(AccessToken=result["AccessToken"])
    with refused("NotAuthorizedException"):
        pool.refresh(result["RefreshToken"])


def test_a_made_up_access_token_is_refused(aws: Aws) -> None:
    with refused("NotAuthorizedException", "Invalid Access Token"):
        aws.cognito.get_user(AccessToken="made-up")


def test_a_new_client_shows_what_nobody_set(aws: Aws) -> None:
    pool = aws.cognito.create_user_pool(PoolName="pool")["UserPool"]["Id"]
    made = aws.cognito.create_user_pool_client(UserPoolId=pool, ClientName="app")["UserPoolClient"]
    usual = {
        "RefreshTokenValidity": 30,
        "TokenValidityUnits": {},
        "AuthSessionValidity": 3,
        "EnableTokenRevocation": True,
        "AllowedOAuthFlowsUserPoolClient": False,
        "EnablePropagateAdditionalUserContextData": False,
    }
    assert made.items() >= usual.items()
    assert "PreventUserExistenceErrors" not in made


def test_refresh_tokens_that_would_not_live_live_as_long_as_usual(aws: Aws) -> None:
    pool = aws.pool(app={"RefreshTokenValidity": 0})
    known: Any = {"UserPoolId": pool.id, "ClientId": pool.client_id}
    shown = aws.cognito.describe_user_pool_client(**known)["UserPoolClient"]
    assert shown["RefreshTokenValidity"] == 30
    shown = aws.cognito.update_user_pool_client(**known, RefreshTokenValidity=0)["UserPoolClient"]
    assert shown["RefreshTokenValidity"] == 30


def test_the_client_says_how_long_tokens_live(aws: Aws) -> None:
    app = {
        "AccessTokenValidity": 10,
        "IdTokenValidity": 20,
        "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes"},
    }
    pool = aws.pool(app=app)
    pool.add()
    identity, access = tokens(pool)
    assert access["exp"] - access["iat"] == 600
    assert identity["exp"] - identity["iat"] == 1200


@pytest.mark.parametrize(
    "app",
    [
        {"AccessTokenValidity": 25},
        {"IdTokenValidity": 4, "TokenValidityUnits": {"IdToken": "minutes"}},
        {"RefreshTokenValidity": 3651},
        {"RefreshTokenValidity": 59, "TokenValidityUnits": {"RefreshToken": "minutes"}},
    ],
)
def test_they_live_neither_too_long_nor_too_short(aws: Aws, app: dict[str, Any]) -> None:
    pool = aws.pool()
    told = refused("InvalidParameterException", "Invalid range for token validity.")
    with told:
        aws.cognito.create_user_pool_client(UserPoolId=pool.id, ClientName="app", **app)
    with told:
        aws.cognito.update_user_pool_client(UserPoolId=pool.id, ClientId=pool.client_id, **app)
