"""JWT authorizers of HTTP APIs, with the sandbox's own pools (events contract 8.2)."""

from typing import Any

import pytest
from harness import Aws, Pool, refused
from http_apis import Answer, HttpApi, returning

from cognito_sandbox import Sandbox

UNAUTHORIZED = b'{"message":"Unauthorized"}'
SCOPE = "aws.cognito.signin.user.admin"


def issuer(pool: Pool) -> str:
    return f"https://cognito-idp.us-east-1.amazonaws.com/{pool.id}"


class Guarded:
    """An API that lets users of a pool in."""

    def __init__(self, aws: Aws, source: str = "$request.header.Authorization") -> None:
        self.pool, self.api = aws.pool(), HttpApi(aws)
        self.pool.add()
        made = self.api.api.create_authorizer(
            ApiId=self.api.id,
            AuthorizerType="JWT",
            Name="pool",
            IdentitySource=[source],
            JwtConfiguration={"Issuer": issuer(self.pool), "Audience": [self.pool.client_id]},
        )
        self.jwt = {"AuthorizationType": "JWT", "AuthorizerId": made["AuthorizerId"]}
        self.function = returning(aws, "event['requestContext']['authorizer']")
        self.api.route("GET /", self.function, **self.jwt)

    def ask(self, token: str | None, path: str = "/") -> Answer:
        return self.api.ask(path, headers={"Authorization": token} if token else {})

    def tokens(self) -> dict[str, str]:
        return dict(self.pool.sign_in()["AuthenticationResult"])


@pytest.fixture(scope="module")
def guarded(aws: Aws) -> Guarded:
    return Guarded(aws)


def test_without_a_token_nobody_comes_in(guarded: Guarded) -> None:
    answer = guarded.ask(None)
    assert (answer.status, answer.content) == (401, UNAUTHORIZED)


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "Bearer ", "Basic YTpi"])
def test_what_is_no_token_is_refused(guarded: Guarded, token: str) -> None:
    answer = guarded.ask(token)
    assert (answer.status, answer.content) == (401, UNAUTHORIZED)


@pytest.mark.parametrize("kind", ["IdToken", "AccessToken"])
@pytest.mark.parametrize("prefix", ["", "Bearer ", "bearer "])
def test_both_tokens_let_in_bare_or_after_bearer(guarded: Guarded, kind: str, prefix: str) -> None:
    assert guarded.ask(prefix + guarded.tokens()[kind]).status == 200


def test_all_claims_are_text(guarded: Guarded, aws: Aws) -> None:
    for name in ("admin", "poweruser"):
        aws.cognito.create_group(UserPoolId=guarded.pool.id, GroupName=name)
        aws.cognito.admin_add_user_to_group(
            UserPoolId=guarded.pool.id, Username="ann", GroupName=name
        )
    found = guarded.ask(guarded.tokens()["IdToken"]).json
    claims = found["jwt"]["claims"]
    assert found == {"jwt": {"claims": claims, "scopes": None}}
    assert all(isinstance(value, str) for value in claims.values())
    assert claims["cognito:groups"] == "[admin poweruser]"
    assert claims["email_verified"] == "true"
    assert claims["exp"].isdecimal()
    assert (claims["iss"], claims["aud"]) == (issuer(guarded.pool), guarded.pool.client_id)
    assert claims["token_use"] == "id"


def test_the_scope_claim_stays_where_the_route_asks_for_none(guarded: Guarded) -> None:
    found = guarded.ask(guarded.tokens()["AccessToken"]).json["jwt"]
    assert (found["claims"]["scope"], found["scopes"]) == (SCOPE, None)


def test_a_token_for_another_app_is_told_so(guarded: Guarded, aws: Aws) -> None:
    app = aws.cognito.create_user_pool_client(
        UserPoolId=guarded.pool.id,
        ClientName="other",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )
    other = Pool(aws, guarded.pool.id, guarded.pool.arn, app["UserPoolClient"]["ClientId"])
    for kind in ("IdToken", "AccessToken"):
        answer = guarded.ask(other.sign_in()["AuthenticationResult"][kind])
        assert (answer.status, answer.content) == (401, UNAUTHORIZED)
        assert answer.header("www-authenticate") == (
            'Bearer scope="" error="invalid_token" '
            'error_description="the token does not have a valid audience"'
        )


def test_a_token_of_another_pool_is_refused(guarded: Guarded, aws: Aws) -> None:
    other = aws.pool()
    other.add()
    assert guarded.ask(other.sign_in()["AuthenticationResult"]["IdToken"]).status == 401


def test_a_changed_token_is_refused(guarded: Guarded) -> None:
    head, _, signature = guarded.tokens()["IdToken"].split(".")
    _, other, _ = guarded.tokens()["AccessToken"].split(".")
    assert guarded.ask(f"{head}.{other}.{signature}").status == 401


def test_an_expired_token_is_refused() -> None:
    with Sandbox() as sandbox:
        guarded = Guarded(Aws(sandbox.endpoint, sandbox.access_key))
        token = guarded.tokens()["IdToken"]
        assert guarded.ask(token).status == 200
        guarded.api.aws.post("/_sandbox/clock", {"forward": 3601})
        assert guarded.ask(token).status == 401


def test_one_of_the_routes_scopes_must_be_in_the_token(guarded: Guarded) -> None:
    for path, scopes in (("own", [SCOPE, "a/b"]), ("other", ["a/b"])):
        guarded.api.route(
            f"GET /{path}", guarded.function, **guarded.jwt, AuthorizationScopes=scopes
        )
    tokens = guarded.tokens()
    assert guarded.ask(tokens["AccessToken"], "/own").json["jwt"]["scopes"] == [SCOPE]
    assert guarded.ask(tokens["IdToken"], "/own").status >= 400
    assert guarded.ask(tokens["AccessToken"], "/other").status >= 400


def test_the_token_may_be_in_the_query(aws: Aws) -> None:
    guarded = Guarded(aws, "$request.querystring.token")
    assert guarded.api.ask(f"/?token={guarded.tokens()['IdToken']}").status == 200
    assert guarded.ask(guarded.tokens()["IdToken"]).status == 401


def test_payload_1_has_the_claims_too(guarded: Guarded) -> None:
    result = "{'statusCode': 200, 'body': json.dumps(event['requestContext']['authorizer'])}"
    function = returning(guarded.api.aws, result)
    guarded.api.route("GET /old", function, "1.0", **guarded.jwt)
    found = guarded.ask(guarded.tokens()["IdToken"], "/old").json
    assert found["claims"]["email"] == "ann@example.com"
    assert found["scopes"] is None


@pytest.mark.parametrize(
    "changed",
    [
        {"JwtConfiguration": {"Issuer": "https://example.com", "Audience": ["a"]}},
        {"JwtConfiguration": {"Audience": ["a"]}},
        {"IdentitySource": ["Authorization"]},
        {"AuthorizerType": "REQUEST"},
    ],
)
def test_authorizers_that_cannot_work_are_refused(
    guarded: Guarded, changed: dict[str, Any]
) -> None:
    usual = {
        "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": {"Issuer": issuer(guarded.pool), "Audience": ["a"]},
    }
    with refused("BadRequestException"):
        guarded.api.api.create_authorizer(ApiId=guarded.api.id, Name="a", **usual | changed)


def test_an_authorizer_in_use_is_kept(guarded: Guarded) -> None:
    with refused("ConflictException"):
        guarded.api.api.delete_authorizer(
            ApiId=guarded.api.id, AuthorizerId=guarded.jwt["AuthorizerId"]
        )
