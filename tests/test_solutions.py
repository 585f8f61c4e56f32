"""The solutions of the notebooks' exercises do what the exercises ask for."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import PASSWORD, Aws, Function, Pool, listed, refused

from helpers.events import of_service, sample

SOLUTIONS = Path(__file__).parents[1] / "notebooks" / "solutions"
EMAIL = "ann@example.com"


@pytest.fixture
def table(aws: Aws) -> Iterator[str]:
    """Known users with an index by name, one of them with the hash of an old password."""
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(
        TableName="solutions",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "UserEmail", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("UserEmail", "UserName")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "UserName",
                "KeySchema": [{"AttributeName": "UserName", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    yield "solutions"
    dynamodb.delete_table(TableName="solutions")


def source(name: str) -> str:
    return (SOLUTIONS / f"{name}.py").read_text("utf-8")


def deployed(aws: Aws, name: str, table: str) -> Function:
    return aws.function(source(name), Environment={"Variables": {"TABLE_NAME": table}})


def know(aws: Aws, table: str, **record: str) -> None:
    item = {key: {"S": value} for key, value in ({"UserEmail": EMAIL} | record).items()}
    aws.client("dynamodb").put_item(TableName=table, Item=item)


def record(aws: Aws, table: str) -> dict[str, Any]:
    key = {"UserEmail": {"S": EMAIL}}
    return dict(aws.client("dynamodb").get_item(TableName=table, Key=key).get("Item", {}))


def signed_up(pool: Pool, name: str, email: str) -> Any:
    return pool.sign_up(name, attributes={"email": email})


@pytest.mark.parametrize(
    ("name", "email", "brought", "confirmed"),
    [
        ("ann", EMAIL, "the invitation", True),
        ("anything", EMAIL, "the invitation", True),
        ("ann", EMAIL, "a guess", False),
        ("ann", EMAIL, None, False),
        ("bob", "bob@example.net", "the invitation", False),
        ("eve", "eve@example.com", "the invitation", False),
        ("eve", "eve@example.com", None, False),
        ("dan", "dan@example.net", "the invitation of dan", False),
    ],
)
def test_confirm_the_invited(
    aws: Aws, table: str, name: str, email: str, brought: str | None, confirmed: bool
) -> None:
    know(aws, table, UserName="ann", Invitation="the invitation")
    know(aws, table, UserEmail="dan@example.net", Invitation="the invitation of dan")
    pool = aws.pool({"PreSignUp": deployed(aws, "confirm_the_invited", table)})
    data = listed({"invitation": brought}) if brought else []
    answer = pool.sign_up(name, attributes={"email": email}, ValidationData=data)
    assert answer["UserConfirmed"] is confirmed


def test_confirm_the_invited_refuses_sign_ups_alone(aws: Aws, table: str) -> None:
    pool = aws.pool({"PreSignUp": deployed(aws, "confirm_the_invited", table)})
    text = "PreSignUp failed with error People of example.org sign up elsewhere."
    with refused("UserLambdaValidationException", text):
        signed_up(pool, "cyd", "cyd@example.org")
    assert pool.names() == []
    pool.add("dee", email="dee@example.org")


def test_keep_the_password(aws: Aws, table: str) -> None:
    old = hashlib.scrypt(b"old-password", salt=b"salt", n=2**14, r=8, p=1).hex()
    know(aws, table, UserName="ann", PasswordSalt="salt", PasswordHash=old)
    pool = aws.pool({"UserMigration": deployed(aws, "keep_the_password", table)})
    with refused("UserNotFoundException"):
        pool.sign_in("ann", "another-password")
    assert pool.names() == []
    assert "AuthenticationResult" in pool.sign_in("ann", "old-password")
    assert pool.user()["status"] == "CONFIRMED"


def test_keep_the_password_of_who_has_forgotten_it(aws: Aws, table: str) -> None:
    know(aws, table, UserName="ann", PasswordSalt="salt", PasswordHash="of another")
    pool = aws.pool({"UserMigration": deployed(aws, "keep_the_password", table)})
    assert pool.forgot()["CodeDeliveryDetails"]["Destination"] == "a***@e***"
    assert pool.user()["status"] == "RESET_REQUIRED"


def test_reserve_names(aws: Aws, table: str) -> None:
    know(aws, table, UserName="ann")
    function = deployed(aws, "reserve_names", table)
    pool = aws.pool({"PreSignUp": function, "UserMigration": function})
    with refused(
        "UserLambdaValidationException", "PreSignUp failed with error This name is taken."
    ):
        signed_up(pool, "ann", "squatter@example.com")
    assert signed_up(pool, "newcomer", "newcomer@example.com")["UserConfirmed"] is False
    with refused("PasswordResetRequiredException"):
        pool.sign_in("ann", "anything")
    assert pool.user()["email"] == EMAIL


def test_count_failed_tries(aws: Aws, table: str) -> None:
    know(aws, table, UserName="ann")
    function = deployed(aws, "count_failed_tries", table)
    pool = aws.pool({"PreAuthentication": function, "PostAuthentication": function})
    pool.add("ann", PASSWORD)
    for tries in ("1", "2"):
        with refused("NotAuthorizedException"):
            pool.sign_in("ann", "Wrong-password-1")
        assert record(aws, table)["FailedTries"] == {"N": tries}
    assert "AuthenticationResult" in pool.sign_in("ann", PASSWORD)
    assert record(aws, table)["FailedTries"] == {"N": "0"}
    assert record(aws, table)["UserName"] == {"S": "ann"}


def test_who_is_not_known_is_not_counted_and_gets_in(aws: Aws, table: str) -> None:
    function = deployed(aws, "count_failed_tries", table)
    pool = aws.pool({"PreAuthentication": function, "PostAuthentication": function})
    pool.add("ann", PASSWORD)
    assert "AuthenticationResult" in pool.sign_in("ann", PASSWORD)
    assert record(aws, table) == {}


@pytest.mark.parametrize(
    ("source_of_tokens", "told"),
    [
        ("TokenGeneration_Authentication", "digits"),
        ("TokenGeneration_AuthenticateDevice", "device"),
    ],
)
def test_tell_the_second_factor(aws: Aws, source_of_tokens: str, told: str) -> None:
    event = sample("TokenGeneration_Authentication") | {"triggerSource": source_of_tokens}
    returned = aws.function(source("tell_the_second_factor")).result(event)
    claims = returned["response"]["claimsOverrideDetails"]["claimsToAddOrOverride"]
    assert claims == {"second_factor": told}


def test_who_refreshes_the_tokens_gave_no_second_factor(aws: Aws) -> None:
    event = sample("TokenGeneration_RefreshTokens")
    assert aws.function(source("tell_the_second_factor")).result(event) == event


@pytest.mark.parametrize(
    ("event", "answer"),
    [
        ({"action": "to-the-power-of", "x": 2, "y": 10}, {"result": 1024}),
        ({"action": "divided-by", "x": 1, "y": 0}, {"error": "Nothing can be divided by zero."}),
    ],
)
def test_calculate_safely(aws: Aws, event: dict[str, Any], answer: dict[str, Any]) -> None:
    assert aws.function(source("calculate_safely")).result(event) == answer


def test_every_solution_is_tried() -> None:
    names = {path.stem for path in SOLUTIONS.glob("*.py")}
    assert names == {
        *("calculate_safely", "confirm_the_invited", "count_failed_tries", "departments_too"),
        *("keep_addresses_back", "keep_the_password", "reserve_names", "stop_at_the_first"),
        "tell_the_second_factor",
    }


def test_keep_addresses_back(aws: Aws) -> None:
    function = aws.function(
        source("keep_addresses_back"), Environment={"Variables": {"EDITORS_DOMAIN": "example.com"}}
    )
    event = sample("TokenGeneration_Authentication")
    details = function.result(event)["response"]["claimsOverrideDetails"]
    assert details["claimsToAddOrOverride"] == {"role": "editor"}
    assert set(details["claimsToSuppress"]) == {"email", "email_verified"}
    event["request"]["userAttributes"]["email_verified"] = "false"
    details = function.result(event)["response"]["claimsOverrideDetails"]
    assert details["claimsToAddOrOverride"] == {"role": "reader"}


@pytest.mark.parametrize(
    ("email", "confirmed"),
    [("ann@example.com", True), ("dan@eu.example.com", True), ("eve@not-example.com", False)],
)
def test_departments_too(aws: Aws, email: str, confirmed: bool) -> None:
    event = sample("PreSignUp_SignUp", email=email)
    response = aws.function(source("departments_too")).result(event)["response"]
    assert response["autoConfirmUser"] is confirmed


def test_departments_too_refuses_the_closed_domain(aws: Aws) -> None:
    pool = aws.pool({"PreSignUp": aws.function(source("departments_too"))})
    text = "PreSignUp failed with error example.org has moved."
    with refused("UserLambdaValidationException", text):
        pool.sign_up("cid", attributes={"email": "cid@example.org"})


@pytest.mark.parametrize(
    ("prices", "took", "left"),
    [([1, 1], 2, []), ([1, None, 1], 1, ["1", "2"]), ([None, 1], 0, ["0", "1"]), ([], 0, [])],
)
def test_stop_at_the_first(aws: Aws, prices: list[int | None], took: int, left: list[str]) -> None:
    record = of_service("sqs")["Records"][0]
    orders = [{"number": n} | ({"price": each} if each else {}) for n, each in enumerate(prices)]
    records = [
        record | {"messageId": str(each["number"]), "body": json.dumps(each)} for each in orders
    ]
    function = aws.function(source("stop_at_the_first"))
    reported = function.result({"Records": records})["batchItemFailures"]
    assert [each["itemIdentifier"] for each in reported] == left
    assert sum(line.startswith("took") for line in function.log()) == took
