"""What a function's role allows, and what happens while one permission is taken away."""

from contextlib import suppress

import pytest

from helpers import events, roles, stack
from helpers.errors import AnswerError, NotConnectedError
from helpers.invoking import invoke


@pytest.fixture
def stack_name(outputs: dict[str, str]) -> str:
    return outputs["AutoConfirmFunction"].rpartition("-")[0]


def test_what_the_role_allows(stack_name: str) -> None:
    actions = roles.table("auto_confirm", stack_name)["Action"].tolist()
    assert actions == ["logs:CreateLogStream, logs:PutLogEvents", "dynamodb:GetItem"]


def test_without_the_permission_the_function_is_refused(
    outputs: dict[str, str], stack_name: str
) -> None:
    before = roles.table("auto_confirm", stack_name)
    sent = events.sample("PreSignUp_SignUp")
    with (
        suppress(KeyboardInterrupt),
        roles.without_permission("auto_confirm", "dynamodb:GetItem", stack_name),
    ):
        assert "dynamodb:GetItem" not in repr(roles.table("auto_confirm", stack_name))
        assert "AccessDeniedException" in repr(invoke(outputs["AutoConfirmFunction"], sent))
        raise KeyboardInterrupt
    assert roles.table("auto_confirm", stack_name).equals(before)
    assert not invoke(outputs["AutoConfirmFunction"], sent).failed


def test_deploying_gives_back_what_nobody_could_put_back(
    outputs: dict[str, str], stack_name: str
) -> None:
    before = roles.table("auto_confirm", stack_name)
    cut_short = roles.without_permission("auto_confirm", "dynamodb:GetItem", stack_name)
    with pytest.MonkeyPatch.context() as network:
        cut_short.__enter__()
        network.setattr("helpers._inner.role_policies.write", unreachable)
        with suppress(NotConnectedError):
            cut_short.__exit__(None, None, None)
    assert not roles.table("auto_confirm", stack_name).equals(before)
    stack.deploy(stack_name)
    assert roles.table("auto_confirm", stack_name).equals(before)


def unreachable(*_: object) -> None:
    raise NotConnectedError("AWS did not answer.")


def test_a_permission_that_the_role_has_not(stack_name: str) -> None:
    told = "It allows dynamodb:GetItem, logs:CreateLogStream"
    with (
        pytest.raises(AnswerError, match=told),
        roles.without_permission("auto_confirm", "dynamodb:PutItem", stack_name),
    ):
        pass
