"""The three handlers, deployed as they lie, on events as Cognito sends them."""

import json
import time
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from harness import PASSWORD, Aws, Function, refused, zipped

from helpers.events import sample as event

PROJECT = Path(__file__).parents[1]
RECORD = {"UserEmail": "test_email_1@example.com", "UserName": "test_user_1", "Note": "keep me"}


@pytest.fixture
def table(aws: Aws) -> Iterator[Any]:
    """A known-users table with one record."""
    dynamodb = aws.client("dynamodb")
    name = f"known-{uuid.uuid4().hex[:8]}"
    keys = {"UserEmail": "HASH"}
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": "S"} for each in ("UserEmail", "UserName")
        ],
        KeySchema=[{"AttributeName": k, "KeyType": v} for k, v in keys.items()],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "UserName",
                "KeySchema": [{"AttributeName": "UserName", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    put(aws, name, RECORD)
    yield name
    if name in dynamodb.list_tables()["TableNames"]:
        dynamodb.delete_table(TableName=name)


def put(aws: Aws, table: str, record: dict[str, str]) -> None:
    item = {key: {"S": value} for key, value in record.items()}
    aws.client("dynamodb").put_item(TableName=table, Item=item)


def get(aws: Aws, table: str) -> dict[str, Any]:
    key = {"UserEmail": {"S": RECORD["UserEmail"]}}
    return dict(aws.client("dynamodb").get_item(TableName=table, Key=key)["Item"])


def deployed(aws: Aws, name: str, table: str) -> Function:
    source = (PROJECT / "lambda_src" / name / f"{name}.py").read_text()
    return aws.function(
        "",
        Code={"ZipFile": zipped(**{name: source})},
        Handler=f"{name}.handler",
        Environment={"Variables": {"TABLE_NAME": table}},
    )


def answer(function: Function, given: dict[str, Any]) -> dict[str, Any]:
    """The response part; the rest must have come back as it went."""
    returned = function.result(given)
    assert "errorType" not in returned, returned
    assert returned | {"response": None} == given | {"response": None}
    return dict(returned["response"])


def test_auto_confirm_confirms_and_verifies_a_known_user(aws: Aws, table: str) -> None:
    response = answer(deployed(aws, "auto_confirm", table), event("PreSignUp_SignUp"))
    assert response == {"autoConfirmUser": True, "autoVerifyEmail": True, "autoVerifyPhone": False}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"userName": "somebody_else"}, "known under another name"),
        ({"request": {"userAttributes": {"email": "x@y.z"}}}, "No known user has this e-mail"),
        ({"request": {"userAttributes": {}}}, "No known user has this e-mail"),
        ({"triggerSource": "PreSignUp_AdminCreateUser"}, "nothing changed"),
        ({"triggerSource": "PreSignUp_ExternalProvider"}, "nothing changed"),
    ],
)
def test_auto_confirm_leaves_everybody_else(
    aws: Aws, table: str, changes: dict[str, Any], said: str
) -> None:
    function, given = (
        deployed(aws, "auto_confirm", table),
        event("PreSignUp_SignUp", **changes),
    )
    assert answer(function, given) == given["response"]
    assert any(said in line for line in function.log())


def test_auto_confirm_raises_if_the_table_cannot_be_read(aws: Aws, table: str) -> None:
    function = deployed(aws, "auto_confirm", table)
    aws.client("dynamodb").delete_table(TableName=table)
    assert function.result(event("PreSignUp_SignUp"))["errorType"] == "ResourceNotFoundException"


def test_migrate_user_vouches_for_a_known_user(aws: Aws, table: str) -> None:
    response = answer(deployed(aws, "migrate_user", table), event("UserMigration_Authentication"))
    unset = event("UserMigration_Authentication")["response"]
    assert response == unset | {
        "userAttributes": {"email": RECORD["UserEmail"], "email_verified": "true"},
        "finalUserStatus": "RESET_REQUIRED",
        "messageAction": "SUPPRESS",
    }


def test_migrate_user_vouches_for_who_forgot_the_password(aws: Aws, table: str) -> None:
    given = event("UserMigration_ForgotPassword")
    assert answer(deployed(aws, "migrate_user", table), given) == given["response"] | {
        "userAttributes": {"email": RECORD["UserEmail"], "email_verified": "true"},
        "messageAction": "SUPPRESS",
    }


def test_who_was_never_migrated_and_forgot_the_password_gets_a_code(aws: Aws, table: str) -> None:
    pool = aws.pool({"UserMigration": deployed(aws, "migrate_user", table)})
    name = RECORD["UserName"]
    pool.forgot(name)
    pool.reset(name, password=PASSWORD)
    assert "AuthenticationResult" in pool.sign_in(name, PASSWORD)
    with refused("UserNotFoundException"):
        pool.forgot("nobody")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"userName": "nobody"}, "No known user has this name"),
        ({"triggerSource": "PreSignUp_SignUp"}, "nothing changed"),
    ],
)
def test_migrate_user_leaves_everybody_else(
    aws: Aws, table: str, changes: dict[str, Any], said: str
) -> None:
    function, given = (
        deployed(aws, "migrate_user", table),
        event("UserMigration_Authentication", **changes),
    )
    assert answer(function, given) == given["response"]
    assert any(said in line for line in function.log())


def test_migrate_user_never_guesses(aws: Aws, table: str) -> None:
    put(aws, table, RECORD | {"UserEmail": "twin@example.com"})
    function = deployed(aws, "migrate_user", table)
    assert (
        answer(function, event("UserMigration_Authentication"))
        == event("UserMigration_Authentication")["response"]
    )
    assert any(line.startswith("[WARNING]") and "2 known users" in line for line in function.log())


def test_migrate_user_reads_every_page(aws: Aws, table: str) -> None:
    """Two records of a name, so large that each fills a page of its own."""
    for number in range(3):
        note = {"Note": "x" * 380_000, "UserName": "large", "UserEmail": f"{number}@example.com"}
        put(aws, table, note)
    function = deployed(aws, "migrate_user", table)
    answer(function, event("UserMigration_Authentication", userName="large"))
    assert any("3 known users" in line for line in function.log())


def test_migrate_user_logs_no_password(aws: Aws, table: str) -> None:
    function = deployed(aws, "migrate_user", table)
    answer(function, event("UserMigration_Authentication"))
    assert "not-the-right-one" not in "".join(function.log())


def test_activity_log_notes_the_sign_in_and_keeps_the_rest(aws: Aws, table: str) -> None:
    function = deployed(aws, "activity_log", table)
    before = time.time()
    assert answer(function, event("PostAuthentication_Authentication")) == {}
    item = get(aws, table)
    assert item["Note"] == {"S": "keep me"}
    last = {key: value["S"] for key, value in item["LastLogin"]["M"].items()}
    assert (last["UserPoolId"], last["ClientId"]) == ("us-east-1_EXAMPLE", "1example23456789")
    noted = datetime.fromisoformat(last["Time"])
    assert noted.utcoffset() is not None
    assert before - 1 < noted.timestamp() < time.time() + 1
    (line,) = [line for line in function.log() if "{" in line]
    told = json.loads(line.split("\t")[-1])
    assert told["trigger"] == "PostAuthentication_Authentication"
    assert told["userName"] == "test_user_1"
    assert told["Time"] == last["Time"]


def test_activity_log_only_logs_who_tries(aws: Aws, table: str) -> None:
    function = deployed(aws, "activity_log", table)
    assert answer(function, event("PreAuthentication_Authentication")) == {}
    assert get(aws, table).keys() == RECORD.keys()
    assert any('"trigger": "PreAuthentication_Authentication"' in line for line in function.log())


def test_activity_log_makes_nobody_known(aws: Aws, table: str) -> None:
    function = deployed(aws, "activity_log", table)
    stranger = {"userAttributes": {"email": "stranger@example.com"}, "newDeviceUsed": False}
    assert answer(function, event("PostAuthentication_Authentication", request=stranger)) == {}
    assert aws.client("dynamodb").scan(TableName=table)["Count"] == 1
    assert any("not a known user" in line for line in function.log())


def test_activity_log_never_stands_in_the_way(aws: Aws, table: str) -> None:
    function = deployed(aws, "activity_log", table)
    aws.client("dynamodb").delete_table(TableName=table)
    assert answer(function, event("PostAuthentication_Authentication")) == {}
    assert any(line.startswith("[ERROR]\t") for line in function.log())
