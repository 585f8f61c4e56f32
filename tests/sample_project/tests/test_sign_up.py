"""As somebody would write tests of their own triggers, types checked."""

from collections.abc import Callable
from typing import Any

import pytest
from helpers.welcome import confirm_ours

from cognito_sandbox.testing import Sandbox, UserPool

READING = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}


@pytest.fixture(scope="session")
def known(sandbox: Sandbox) -> dict[str, str]:
    """A table of people who are known."""
    dynamodb = sandbox.client("dynamodb")
    dynamodb.create_table(
        TableName="known",
        KeySchema=[{"AttributeName": "email", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "email", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(TableName="known", Item={"email": {"S": "ann@example.com"}})
    return {"TABLE_NAME": "known"}


def test_known_people_need_no_code(user_pool: UserPool, known: dict[str, str]) -> None:
    user_pool.trigger("PreSignUp", "src/pre_sign_up.py", environment=known, policy=READING)
    assert user_pool.sign_up("ann", email="ann@example.com").confirmed
    assert not user_pool.sign_up("dan", email="dan@example.com").confirmed


def test_others_get_a_code(user_pool: UserPool) -> None:
    trigger = user_pool.trigger("PreSignUp", "src/pre_sign_up.py")
    assert not user_pool.sign_up("bob", email="bob@example.net").confirmed
    user_pool.confirm("bob", user_pool.code("bob"))
    assert user_pool.sign_in("bob").claims["cognito:username"] == "bob"
    assert trigger.logs == ["asked about bob"]


def test_some_are_refused(user_pool: UserPool) -> None:
    user_pool.trigger("PreSignUp", "src/pre_sign_up.py")
    with pytest.raises(user_pool.exceptions.UserLambdaValidationException, match="closed"):
        user_pool.sign_up("cid", email="cid@example.org")


def test_a_function_of_a_package_is_a_trigger(user_pool: UserPool) -> None:
    user_pool.trigger("PreSignUp", confirm_ours)
    assert user_pool.sign_up("ann", email="ann@example.com").confirmed


def test_a_handler_can_be_called_with_a_ready_event(
    cognito_event: Callable[..., dict[str, Any]],
) -> None:
    event = cognito_event("PreSignUp_SignUp", email="bob@example.net")
    assert confirm_ours(event, None)["response"]["autoConfirmUser"] is False


def test_a_code_expires(sandbox: Sandbox, user_pool: UserPool) -> None:
    user_pool.sign_up("ann", email="ann@example.com")
    sandbox.clock.forward(hours=25)
    with pytest.raises(user_pool.exceptions.ExpiredCodeException):
        user_pool.confirm("ann")
