"""Contract 9: what of an app client's settings does not go together, or names what is not there."""

from typing import Any

import jwt
import pytest
from harness import Aws, Pool, refused

INVALID = "InvalidParameterException"
OAUTH: dict[str, Any] = {
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthScopes": ["openid"],
    "CallbackURLs": ["https://example.com/in"],
}
REQUIRED = [{"Name": "email", "AttributeDataType": "String", "Required": True}]


def made(pool: Pool, **settings: Any) -> Any:
    return pool.aws.cognito.create_user_pool_client(
        UserPoolId=pool.id, ClientName="app", **settings
    )["UserPoolClient"]


def changed(pool: Pool, **settings: Any) -> Any:
    return pool.aws.cognito.update_user_pool_client(
        UserPoolId=pool.id, ClientId=pool.client_id, **settings
    )["UserPoolClient"]


@pytest.mark.parametrize(
    ("way", "names"),
    [
        ("read", ["custom:nope"]),
        ("write", ["custom:nope"]),
        ("write", ["sub"]),
        ("write", ["email_verified"]),
    ],
)
def test_attributes_are_those_of_the_pool(aws: Aws, way: str, names: list[str]) -> None:
    pool, named = aws.pool(), {f"{way.title()}Attributes": names}
    with refused(INVALID, f"Invalid {way} attributes specified while creating a client"):
        made(pool, **named)
    with refused(INVALID, f"Invalid {way} attributes specified while updating a client"):
        changed(pool, **named)
    own = {"Name": "nope", "AttributeDataType": "String"}
    made(aws.pool(Schema=[own]), ReadAttributes=["custom:nope", "email_verified"])


def test_what_a_user_must_have_can_be_written(aws: Aws) -> None:
    pool = aws.pool(Schema=REQUIRED)
    with refused(INVALID, "Invalid write attributes specified while creating a client"):
        made(pool, WriteAttributes=["name"])
    made(pool, WriteAttributes=["name", "email"])


def test_what_may_not_be_written_may_not_be_deleted(aws: Aws) -> None:
    pool = aws.pool(app={"WriteAttributes": ["email"]})
    pool.add(nickname="annie")
    token = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    with refused("NotAuthorizedException", "A client attempted to write unauthorized attribute"):
        aws.cognito.delete_user_attributes(AccessToken=token, UserAttributeNames=["nickname"])
    assert pool.user()["nickname"] == "annie"


def test_the_id_token_tells_what_may_be_read(aws: Aws) -> None:
    pool = aws.pool(app={"ReadAttributes": ["nickname"]})
    pool.add(nickname="annie")
    token = pool.sign_in()["AuthenticationResult"]["IdToken"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["nickname"], "email" in claims) == ("annie", False)


def test_what_may_not_be_written_may_not_be_answered(aws: Aws) -> None:
    """NEW_PASSWORD_REQUIRED takes attributes, too."""
    pool = aws.pool(app={"WriteAttributes": ["email"]})
    password = "Correct-horse-1"
    aws.cognito.admin_create_user(UserPoolId=pool.id, Username="ann", TemporaryPassword=password)
    asked = pool.sign_in(password=password)
    answer = {"USERNAME": "ann", "NEW_PASSWORD": "Another-horse-2"}
    with refused("NotAuthorizedException", "A client attempted to write unauthorized attribute"):
        aws.cognito.respond_to_auth_challenge(
            ClientId=pool.client_id,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=asked["Session"],
            ChallengeResponses=answer | {"userAttributes.nickname": "annie"},
        )


def test_providers_are_those_of_the_pool(aws: Aws) -> None:
    pool = aws.pool()
    told = f"The provider Google does not exist for User Pool {pool.id}"
    with refused(INVALID, told):
        made(pool, SupportedIdentityProviders=["COGNITO", "Google"])
    with refused(INVALID, "The sandbox does not have sign-in through other providers..."):
        aws.cognito.create_identity_provider(
            UserPoolId=pool.id, ProviderName="Google", ProviderType="Google", ProviderDetails={}
        )
    assert made(pool, SupportedIdentityProviders=["COGNITO"])["SupportedIdentityProviders"]


def test_older_flows_do_not_stand_beside_newer_ones(aws: Aws) -> None:
    pool = aws.pool()
    with refused(INVALID, "ExplicitAuthFlows has ADMIN_NO_SRP_AUTH..."):
        made(pool, ExplicitAuthFlows=["ADMIN_NO_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    with refused(INVALID, "ExplicitAuthFlows has USER_PASSWORD_AUTH..."):
        changed(pool, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "USER_PASSWORD_AUTH"])
    made(pool, ExplicitAuthFlows=["ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH"])


def test_the_choice_of_a_first_factor_is_not_in_the_lite_tier(aws: Aws) -> None:
    with refused("FeatureUnavailableInTierException"):
        made(aws.pool(UserPoolTier="LITE"), ExplicitAuthFlows=["ALLOW_USER_AUTH"])


@pytest.mark.parametrize("where", ["CallbackURLs", "LogoutURLs"])
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://example.com/in", "http://example.com/in cannot use the HTTP protocol."),
        ("http://localhost.com/", "http://localhost.com/ cannot use the HTTP protocol."),
        ("https://example.com/in#there", "https://example.com/in#there has a fragment..."),
        ("example.com/in", "example.com/in is no absolute URI..."),
        ("https:///in", "https:///in is no absolute URI..."),
        ("https://[1", "https://[1 is no absolute URI..."),
    ],
)
def test_an_address_that_no_browser_could_be_sent_to(
    aws: Aws, where: str, address: str, told: str
) -> None:
    with refused(INVALID, told):
        changed(aws.pool(), **{where: [address]})


def test_addresses_that_do(aws: Aws) -> None:
    local = ["http://localhost:8080/in", "http://127.0.0.1/in", "http://[::1]:80/in"]
    apps = ["myapp://example", "com.example.app:/in"]
    addresses = ["https://example.com/in?a=b", *apps, *local]
    told = changed(aws.pool(), CallbackURLs=addresses, LogoutURLs=addresses)
    assert told["CallbackURLs"] == told["LogoutURLs"] == addresses


def test_the_default_address_is_one_of_them(aws: Aws) -> None:
    pool, other = aws.pool(), "https://example.com/other"
    with refused(INVALID, f"DefaultRedirectURI {other} must be one of CallbackURLs."):
        made(pool, **OAUTH, DefaultRedirectURI=other)
    made(pool, **OAUTH, DefaultRedirectURI=OAUTH["CallbackURLs"][0])


@pytest.mark.parametrize("missing", ["AllowedOAuthFlows", "AllowedOAuthScopes"])
def test_oauth_needs_flows_and_scopes(aws: Aws, missing: str) -> None:
    told = (
        "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to "
        "use OAuth flows."
    )
    with refused(INVALID, told):
        made(aws.pool(), **{name: value for name, value in OAUTH.items() if name != missing})


def test_its_flows_need_somewhere_to_go(aws: Aws) -> None:
    told = "CallbackUrls can not be empty when code flow or implicit flow is selected"
    with refused("InvalidOAuthFlowException", told):
        made(aws.pool(), **OAUTH | {"CallbackURLs": []})


def test_a_scope_belongs_to_a_resource_server(aws: Aws) -> None:
    pool, scopes = aws.pool(), ["openid", "shop/read"]
    with refused("ScopeDoesNotExistException"):
        made(pool, AllowedOAuthScopes=scopes)
    aws.cognito.create_resource_server(
        UserPoolId=pool.id,
        Identifier="shop",
        Name="shop",
        Scopes=[{"ScopeName": "read", "ScopeDescription": "Read"}],
    )
    assert made(pool, AllowedOAuthScopes=scopes)["AllowedOAuthScopes"] == scopes


def test_exchanges_of_tokens_are_refused_by_name(aws: Aws) -> None:
    with refused(INVALID, "The sandbox does not have ALLOW_TOKEN_EXCHANGE_DELEGATION among..."):
        made(aws.pool(), ExplicitAuthFlows=["ALLOW_TOKEN_EXCHANGE_DELEGATION"])
    with refused(INVALID, "1 validation error detected..."):
        aws.careless("cognito-idp").create_user_pool_client(
            UserPoolId=aws.pool().id, ClientName="app", ExplicitAuthFlows=["NOPE"]
        )


def test_only_what_the_schema_has_is_deleted(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    token = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    told = "user.custom:nope: Attribute does not exist in the schema.\n"
    with refused(INVALID, told):
        aws.cognito.delete_user_attributes(AccessToken=token, UserAttributeNames=["custom:nope"])
