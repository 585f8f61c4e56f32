"""Sign-in contract 1.5 and 8: what comes over the wire, of which boto3 shows only what it knows."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from harness import Aws, Pool

SIGNED = "AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/cognito-idp/aws4_request, Signature=0"
BEGIN: dict[str, Any] = {
    "AuthFlow": "USER_SRP_AUTH",
    "AuthParameters": {"USERNAME": "ann", "SRP_A": "a1"},
}


def wire(aws: Aws, operation: str, signed: str = "", **parameters: Any) -> bytes:
    headers = {
        "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
        "Content-Type": "application/x-amz-json-1.1",
        **({"Authorization": signed} if signed else {}),
    }
    asked = urllib.request.Request(aws.endpoint, json.dumps(parameters).encode(), headers)
    with urllib.request.urlopen(asked) as response:
        return bytes(response.read())


@pytest.fixture
def pool(aws: Aws) -> Pool:
    made = aws.pool()
    made.add()
    return made


@pytest.mark.parametrize(
    "signed", ["", SIGNED.format("AKIANOBODYSKEY"), "AWS4-HMAC-SHA256 nonsense", "Bearer nonsense"]
)
def test_whoever_signs_an_apps_call_nobody_looks(aws: Aws, pool: Pool, signed: str) -> None:
    told = json.loads(wire(aws, "InitiateAuth", signed, ClientId=pool.client_id, **BEGIN))
    assert told["ChallengeName"] == "PASSWORD_VERIFIER"


def test_an_administrators_call_is_signed(aws: Aws, pool: Pool) -> None:
    named = {"UserPoolId": pool.id, "ClientId": pool.client_id}
    assert b"PASSWORD_VERIFIER" in wire(
        aws, "AdminInitiateAuth", SIGNED.format(aws.access_key), **named, **BEGIN
    )
    with pytest.raises(urllib.error.HTTPError) as raised:
        wire(aws, "AdminInitiateAuth", **named, **BEGIN)
    told = json.load(raised.value)
    assert told["__type"] == "MissingAuthenticationTokenException"
    assert told["message"].startswith("Missing Authentication Token")


def test_what_users_are_told_of_themselves(aws: Aws, pool: Pool) -> None:
    token = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    told = json.loads(wire(aws, "GetUser", AccessToken=token))
    assert told.keys() == {"UserAttributes", "Username"}


def test_what_administrators_are_told_of_users(aws: Aws, pool: Pool) -> None:
    named = {"UserPoolId": pool.id, "Username": "ann"}
    told = json.loads(wire(aws, "AdminGetUser", SIGNED.format(aws.access_key), **named))
    dates = {"UserCreateDate", "UserLastModifiedDate"}
    assert told.keys() == {"Enabled", "UserAttributes", "UserStatus", "Username", *dates}
    assert all(isinstance(told[date], float) for date in dates)


def test_what_is_deleted_leaves_an_empty_body(aws: Aws, pool: Pool) -> None:
    key, pool_id = SIGNED.format(aws.access_key), {"UserPoolId": pool.id}
    phone: Any = [{"Name": "phone_number", "Value": "+12065559934"}]
    named = {**pool_id, "Username": "ann"}
    assert wire(aws, "AdminUpdateUserAttributes", key, **named, UserAttributes=phone) == b"{}"
    assert wire(aws, "AdminDeleteUser", key, **named) == b""
    assert wire(aws, "DeleteUserPoolClient", key, **pool_id, ClientId=pool.client_id) == b""
    assert wire(aws, "DeleteUserPool", key, **pool_id) == b""
