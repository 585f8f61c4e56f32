"""Running a function with an event, and showing what came of it."""

from collections.abc import Callable, Iterator
from functools import partial
from unittest.mock import Mock

import pytest

from helpers import cloud, events, experiments, functions, show
from helpers._inner import log_lines
from helpers.errors import AnswerError, NothingWentWrongError, RefusedError
from helpers.invoking import Invocation, invoke

Try = Callable[[str], Invocation]


@pytest.fixture
def try_body(outputs: dict[str, str]) -> Iterator[Try]:
    """Invoke a handler with this body."""
    name = outputs["AutoConfirmFunction"].rpartition("-")[0]

    def run(body: str) -> Invocation:
        experiments.replace("auto_confirm", f"def handler(event, context):\n    {body}\n", name)
        return invoke(outputs["AutoConfirmFunction"], events.sample("PreSignUp_SignUp"))

    yield run
    experiments.restore("auto_confirm", name)


def test_the_difference_is_shown_and_the_log(try_body: Try) -> None:
    done = try_body("print('one line'); event['response']['autoConfirmUser'] = True; return event")
    assert done.cold
    assert done.milliseconds > 0
    assert done.changes.to_numpy().tolist() == [["response.autoConfirmUser", "false", "true"]]
    assert done.lines.to_numpy().tolist() == [["print", "one line"]]
    for text in (repr(done), done._repr_html_()):
        assert "returned the event, changed." in text
        assert "response.autoConfirmUser" in text
        assert "one line" in text


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return event", "returned the event as it was."),
        ("pass", "returned nothing, which Cognito refuses."),
        ("raise ValueError('<b>closed</b>')", "failed with ValueError: <b>closed</b>."),
        ("import sys; sys.exit(1)", "failed with Runtime.ExitError: "),
    ],
)
def test_what_came_of_it(body: str, told: str, try_body: Try) -> None:
    done = try_body(body)
    assert told in repr(done)
    assert "<b>" not in done._repr_html_()


def test_a_traceback_is_one_row(try_body: Try) -> None:
    (row,) = try_body("raise ValueError('closed')").lines.to_numpy().tolist()
    assert row[0] == "ERROR"
    assert row[1].startswith("ValueError: closed\nTraceback (most recent call last):")
    assert row[1].endswith("raise ValueError('closed')")


def test_changes_by_their_path() -> None:
    before = {"a": {"b": None, "c": 1}, "d": [1]}
    after = {"a": {"b": {"x": True}, "c": 1}, "e": []}
    assert show.changes(before, after).to_numpy().tolist() == [
        ["d", "[1]", "(not there)"],
        ["a.b.x", "(not there)", "true"],
        ["e", "(not there)", "[]"],
    ]
    assert show.changes(before, before).empty


def test_a_number_is_no_yes_or_no() -> None:
    (row,) = show.changes({"flag": False}, {"flag": 0}).to_numpy().tolist()
    assert row == ["flag", "false", "0"]


def test_what_lambda_says_of_its_log_stays_one_line() -> None:
    told = [
        "[WARNING]\t2026-11-26T10:00:00Z\t\tcheck the runtime version in the INIT_START log entry",
        "[ERROR] Runtime.ImportModuleError: No module 'a'\nTraceback (most recent call last):",
        "INIT_START Runtime Version: python:3.13",
        "START RequestId: 1 Version: $LATEST",
    ]
    warning, error = log_lines.said(log_lines.lines("\n".join(told)))
    assert warning == ("WARNING", "check the runtime version in the INIT_START log entry")
    assert error == ("ERROR", "Runtime.ImportModuleError: No module 'a'")


def test_a_change_waits_for_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as one whose answer was lost, when its cell runs again: Lambda refuses two at once."""
    asked: list[str] = []

    def ask(name: str, *_: object, **__: object) -> Mock:
        asked.append(name)
        return api

    api = Mock(get_waiter=ask, update_function_code=partial(ask, "change"))
    api.update_function_configuration = partial(ask, "change")
    monkeypatch.setattr(functions, "_api", lambda: api)
    monkeypatch.setattr(functions, "get_function", lambda name: name)
    functions.update_function_code("f", b"")
    functions.update_function_configuration("f", Timeout=5)
    assert asked == ["function_updated_v2", "change", "function_updated_v2"] * 2


@pytest.mark.parametrize("event", ["text", None, [1]])
def test_an_event_may_be_any_json(event: object, outputs: dict[str, str]) -> None:
    name = outputs["AutoConfirmFunction"].rpartition("-")[0]
    with experiments.replaced("auto_confirm", "def handler(event, context): return event", name):
        done = invoke(outputs["AutoConfirmFunction"], event)
    assert done.returned == event
    assert "It took" in repr(done)


def test_what_is_expected_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with show.expect("OneException", "OtherException"):
        raise RefusedError("OtherException", "No.")
    with show.expect("AnswerError"):
        raise AnswerError("Choose one.")
    told = "As expected, OtherException: No.\nAs expected, AnswerError: Choose one.\n"
    assert capsys.readouterr().out == told


def test_what_boto3_itself_raises_is_one_line_as_well(
    place: cloud.Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    with show.expect("ResourceNotFoundException"):
        place.client("cognito-idp").describe_user_pool(UserPoolId=f"{place.region}_nowhere")
    assert capsys.readouterr().out.startswith("As expected, ResourceNotFoundException: ")


def test_what_is_not_expected_is_an_error() -> None:
    told = "ended in OneException, but went through"
    with pytest.raises(NothingWentWrongError, match=told), show.expect("OneException"):
        pass
    told = "^OtherException: No. .* Run the notebook from the top.$"
    with pytest.raises(RefusedError, match=told), show.expect("OneException"):
        raise RefusedError("OtherException", "No.")
    with pytest.raises(RefusedError, match=r"Rate exceeded$"), show.expect("OneException"):
        raise RefusedError("ThrottlingException", "Rate exceeded")
    with pytest.raises(ZeroDivisionError), show.expect("OneException"):
        raise ZeroDivisionError
