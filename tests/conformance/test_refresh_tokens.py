"""Sign-in contract 6.2 and 6.3: refresh tokens, their rotation and their end."""

import base64
import hashlib
import hmac
from typing import Any

import jwt
import pytest
from harness import Aws, Pool, refused
from in_process import App, call

FLOWS = ["ALLOW_USER_PASSWORD_AUTH"]
ROTATES = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
ROTATING = {"ExplicitAuthFlows": FLOWS, "RefreshTokenRotation": ROTATES}
REVOKED = "Refresh Token has been revoked"


def claims(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def renew(pool: Pool, token: str, **more: Any) -> Any:
    answer = pool.aws.cognito.get_tokens_from_refresh_token(
        RefreshToken=token, ClientId=pool.client_id, **more
    )
    return answer["AuthenticationResult"]


def signed_in(pool: Pool) -> Any:
    pool.add()
    return pool.sign_in()["AuthenticationResult"]


def test_a_refresh_keeps_what_it_began_with(aws: Aws) -> None:
    pool = aws.pool()
    first = signed_in(pool)
    again = pool.refresh(first["RefreshToken"])["AuthenticationResult"]
    assert set(again) == {"AccessToken", "ExpiresIn", "IdToken", "TokenType"}
    for kind in ("AccessToken", "IdToken"):
        before, after = claims(first[kind]), claims(again[kind])
        kept = [name for name in before if before[name] == after.get(name)]
        assert {"origin_jti", "event_id", "auth_time"} <= set(kept)
        assert "jti" not in kept


def test_the_newer_call_works_without_rotation(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PreTokenGeneration": trigger})
    token = signed_in(pool)["RefreshToken"]
    result = renew(pool, token, ClientMetadata={"passed": "on"})
    assert set(result) == {"AccessToken", "ExpiresIn", "IdToken", "TokenType"}
    assert aws.cognito.get_user(AccessToken=result["AccessToken"])["Username"] == "ann"
    event = trigger.events()[-1]
    assert event["triggerSource"] == "TokenGeneration_RefreshTokens"
    assert event["request"]["clientMetadata"] == {"passed": "on"}


def test_a_client_with_a_secret_says_it_in_clear(aws: Aws) -> None:
    pool = aws.pool(app={"GenerateSecret": True})
    pool.add()
    described = aws.cognito.describe_user_pool_client(UserPoolId=pool.id, ClientId=pool.client_id)
    secret = described["UserPoolClient"]["ClientSecret"]
    digest = hmac.digest(secret.encode(), f"ann{pool.client_id}".encode(), hashlib.sha256)
    proof = {"SECRET_HASH": base64.b64encode(digest).decode()}
    known = {"USERNAME": "ann", "PASSWORD": "Correct-horse-1", **proof}
    token = aws.cognito.initiate_auth(
        ClientId=pool.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=known
    )["AuthenticationResult"]["RefreshToken"]
    assert renew(pool, token, ClientSecret=secret)["AccessToken"]
    text = f"Client {pool.client_id} is configured for secret but secret was not received"
    with refused("NotAuthorizedException", text):
        renew(pool, token)
    text = f"Unable to verify secret hash for client {pool.client_id}"
    with refused("NotAuthorizedException", text):
        renew(pool, token, ClientSecret="x" * 30)
    text = f"Client {pool.client_id} is configured with secret but SECRET_HASH was not received"
    with refused("NotAuthorizedException", text):
        pool.refresh(token)
    aws.cognito.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": token, **proof},
    )
    with refused("UnauthorizedException", "Invalid client or secret"):
        aws.cognito.revoke_token(Token=token, ClientId=pool.client_id)


def test_why_a_refresh_token_is_refused(aws: Aws) -> None:
    pool, other = aws.pool(), aws.pool()
    token = signed_in(pool)["RefreshToken"]
    with refused("NotAuthorizedException", "Invalid Refresh Token"):
        other.refresh(token)
    sibling = aws.cognito.create_user_pool_client(
        UserPoolId=pool.id, ClientName="b", ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"]
    )["UserPoolClient"]["ClientId"]
    with refused("NotAuthorizedException", "Refresh Token has different Client"):
        Pool(aws, pool.id, "", sibling).refresh(token)
    named: Any = {"UserPoolId": pool.id, "Username": "ann"}
    aws.cognito.admin_disable_user(**named)
    with refused("NotAuthorizedException", "User is disabled."):
        pool.refresh(token)
    aws.cognito.admin_enable_user(**named)
    with refused("NotAuthorizedException", REVOKED):
        pool.refresh(token)
    token = pool.sign_in()["AuthenticationResult"]["RefreshToken"]
    aws.cognito.admin_delete_user(**named)
    text = "The user has been deleted for the associated refresh token"
    with refused("NotAuthorizedException", text):
        pool.refresh(token)


def test_revoking_ends_one_sign_in_and_no_other(aws: Aws) -> None:
    pool = aws.pool()
    first = signed_in(pool)
    second = pool.sign_in()["AuthenticationResult"]
    for _ in range(2):
        aws.cognito.revoke_token(Token=first["RefreshToken"], ClientId=pool.client_id)
    with refused("NotAuthorizedException", REVOKED):
        pool.refresh(first["RefreshToken"])
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        aws.cognito.get_user(AccessToken=first["AccessToken"])
    assert pool.refresh(second["RefreshToken"])
    with refused("UnsupportedTokenTypeException"):
        aws.cognito.revoke_token(Token=second["AccessToken"], ClientId=pool.client_id)


def test_why_an_access_token_is_refused(aws: Aws) -> None:
    pool = aws.pool()
    result = signed_in(pool)
    with refused("NotAuthorizedException", "Invalid Access Token"):
        aws.cognito.get_user(AccessToken=result["IdToken"])
    forged = result["AccessToken"].rpartition(".")[0] + ".AAAA"
    with refused("NotAuthorizedException", "Could not verify signature for Access Token"):
        aws.cognito.get_user(AccessToken=forged)


def test_each_use_gives_a_new_token(aws: Aws) -> None:
    pool = aws.pool(app=ROTATING)
    first = signed_in(pool)
    second = renew(pool, first["RefreshToken"])
    assert second["RefreshToken"] != first["RefreshToken"]
    assert aws.cognito.get_user(AccessToken=first["AccessToken"])
    with refused("RefreshTokenReuseException", "Refresh token reuse detected"):
        renew(pool, first["RefreshToken"])
    assert renew(pool, second["RefreshToken"])["RefreshToken"]
    with refused(
        "UnsupportedOperationException", "This API does not support refresh token rotation"
    ):
        pool.refresh(second["RefreshToken"])


def test_revoking_any_generation_ends_all(aws: Aws) -> None:
    pool = aws.pool(app=ROTATING)
    first = signed_in(pool)
    second = renew(pool, first["RefreshToken"])
    aws.cognito.revoke_token(Token=first["RefreshToken"], ClientId=pool.client_id)
    with refused("NotAuthorizedException", ""):
        renew(pool, second["RefreshToken"])


def test_a_disabled_user_is_named_where_tokens_rotate(aws: Aws) -> None:
    pool = aws.pool(app=ROTATING)
    token = signed_in(pool)["RefreshToken"]
    aws.cognito.admin_disable_user(UserPoolId=pool.id, Username="ann")
    with refused("NotAuthorizedException", "User is disabled."):
        renew(pool, token)


def test_rotation_turned_off_again(aws: Aws) -> None:
    pool = aws.pool(app=ROTATING)
    first = signed_in(pool)
    second = renew(pool, first["RefreshToken"])
    changed = aws.cognito.update_user_pool_client(
        UserPoolId=pool.id, ClientId=pool.client_id, RefreshTokenRotation={"Feature": "DISABLED"}
    )["UserPoolClient"]
    off = {"Feature": "DISABLED", "RetryGracePeriodSeconds": 0}
    assert changed["RefreshTokenRotation"] == off
    assert "RefreshToken" not in renew(pool, second["RefreshToken"])
    with refused("NotAuthorizedException", REVOKED):
        renew(pool, first["RefreshToken"])


def test_rotation_and_the_older_flow_do_not_go_together(aws: Aws) -> None:
    text = (
        "ALLOW_REFRESH_TOKEN_AUTH is not a permitted ExplicitAuthFlow when refresh token rotation "
        "is enabled."
    )
    with refused("InvalidParameterException", text):
        aws.pool(app={"RefreshTokenRotation": ROTATES})
    with refused("FeatureUnavailableInTierException"):
        aws.pool(app=ROTATING, UserPoolTier="LITE")


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> App:
    """Its client lets a refresh token be tried again for half a minute."""
    made = App(monkeypatch)
    made.after(0)  # the time stands still between the steps
    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 30}
    call(
        "UpdateUserPoolClient",
        UserPoolId=made.pool_id,
        ClientId=made.client.id,
        ExplicitAuthFlows=FLOWS,
        RefreshTokenRotation=rotation,
    )
    made.confirmed()
    return made


def use(app: App, token: str) -> str:
    """The next token, or the name of the error."""
    answer = app.call("GetTokensFromRefreshToken", RefreshToken=token)
    return str(answer.get("__type") or answer["AuthenticationResult"]["RefreshToken"])


def test_the_retry_displaces_what_it_repeats(app: App) -> None:
    reuse = "RefreshTokenReuseException"
    parent = app.sign_in()["AuthenticationResult"]["RefreshToken"]
    child = use(app, parent)
    app.after(20)
    again = use(app, parent)
    assert use(app, child) == reuse
    app.after(29)
    assert use(app, parent) != reuse  # a third time, and the deadline has not moved
    app.after(31)
    assert use(app, parent) == reuse
    assert use(app, again) == reuse


def test_only_the_direct_parent_may_be_retried(app: App) -> None:
    first = app.sign_in()["AuthenticationResult"]["RefreshToken"]
    second = use(app, first)
    use(app, second)
    assert use(app, first) == "RefreshTokenReuseException"
    assert use(app, second) != "RefreshTokenReuseException"


def test_a_rotated_token_ends_when_the_first_would(app: App) -> None:
    token = app.sign_in()["AuthenticationResult"]["RefreshToken"]
    day = 24 * 3600
    app.after(20 * day)
    token = use(app, token)
    app.after(30 * day + 5)
    late = app.call("GetTokensFromRefreshToken", RefreshToken=token)
    assert late["message"] == "Refresh Token has expired"
