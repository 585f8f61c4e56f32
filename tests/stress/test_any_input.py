"""Whatever is typed or returned: no crash of ours, nobody confirmed by mistake, no markup."""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from html.parser import HTMLParser
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from harness import PASSWORD, Aws, Function, Pool
from hypothesis import assume, example, given
from hypothesis import strategies as st

from helpers import cloud, events, mail, prompts, show
from helpers._inner import code_updates, handlers
from helpers._inner.tables import Table
from helpers.errors import AnswerError
from helpers.invoking import Invocation

MARKUP = "<script>alert(1)</script>"
NASTY = ["", " ", "'; DROP TABLE users; --", MARKUP, "\x00", "\x1b[31m", "\ud83d\ude00", "é", "ℹ"]  # noqa: RUF001
TEXT = st.text(max_size=40) | st.sampled_from([*NASTY, "a" * 300, "\u202eann", "аnn"])  # noqa: RUF001
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
REFUSALS = (ClientError, ParamValidationError)
RETURNING = 'event = json.loads(event["request"]["clientMetadata"]["answer"])'
SAYING = 'print(event["request"]["clientMetadata"]["line"])'
CONFIRMING = 'event["response"]["autoConfirmUser"] = event["userName"] == "ann"'


@contextmanager
def unless_refused() -> Iterator[None]:
    """AWS may refuse, in its own words; a failure of the sandbox is none."""
    try:
        yield
    except REFUSALS as error:
        if "InternalFailure" in str(error):
            raise


class Tags(HTMLParser):
    """The tags and the texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4))
def test_a_table_shows_texts_and_renders_none_of_them(rows: list[tuple[str, str]]) -> None:
    page = Tags(Table(rows, columns=["<b>One", "Two"])._repr_html_())
    assert page.tags <= {"table", "tr", "th", "td"}
    assert "<b>One" in page.texts


@given(JSON, JSON)
def test_changes_show_every_shape(before: Any, after: Any) -> None:
    table = show.changes(before, after)
    same = json.dumps(before) == json.dumps(after)
    assert table.empty or not same
    if not isinstance(before, dict) and not isinstance(after, dict):  # whose paths may be the same
        assert table.empty == same
    assert Tags(table._repr_html_()).tags <= {"table", "tr", "th", "td", "p"}


@given(JSON, TEXT)
def test_an_invocation_shows_every_answer(returned: Any, line: str) -> None:
    done = Invocation(events.sample("PreSignUp_SignUp"), returned, False, f"START x\n{line}\n")
    assert repr(done)
    assert Tags(done._repr_html_()).tags <= {"table", "tr", "th", "td", "p"}


@given(TEXT)
def test_answers_keep_to_their_rules_or_are_refused(answer: str) -> None:
    assume("\x00" not in answer)
    for prompt in (
        prompts.ask("E-mail", default=answer, check=prompts.check_email),
        prompts.ask("Name", default=answer),
    ):
        with suppress(AnswerError):
            assert prompt.read() == answer.strip() != ""
    broken = prompts.check_password(answer, {}) or "it needs ."
    rules = set(prompts.describe({}).split(", "))
    assert set(broken.removeprefix("it needs ")[:-1].split(", ")) <= rules | {""}


@given(TEXT)
def test_no_code_that_replaces_a_handler_breaks_the_check(code: str) -> None:
    handler = handlers.find("auto_confirm", handlers.FOLDER)
    with pytest.raises(AnswerError):
        code_updates.Target("any-function", handler, "handler").check(code)


def test_a_mail_does_not_render(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.prompts.question.in_notebook", lambda: True)
    monkeypatch.setattr(mail, "text", lambda *_: MARKUP)
    cloud.connect()
    prompt = prompts.ask_code("us-east-1_any", MARKUP)
    prompt._view()
    assert Tags(prompt._mail.value).tags == {"i"}


@pytest.fixture(scope="module")
def confirming(aws: Aws) -> Pool:
    """A pool that confirms nobody but ann."""
    return aws.pool({"PreSignUp": aws.echo(CONFIRMING)})


@given(TEXT, st.emails() | TEXT, st.just(PASSWORD) | TEXT)
@example("ann ", "ann@example.com", PASSWORD)
@example("Ann", "ann@example.com", PASSWORD)
@example("аnn", "ann@example.com", PASSWORD)  # noqa: RUF001
def test_nobody_else_is_confirmed(confirming: Pool, name: str, email: str, password: str) -> None:
    assume(name != "ann")
    unique = name if not name.strip() else f"{name}{uuid.uuid4().hex[:6]}"
    for each in (unique, name):
        with unless_refused():
            told = confirming.sign_up(each, password, attributes={"email": email})
            assert told["UserConfirmed"] is False


@given(TEXT)
def test_no_other_code_is_accepted(aws: Aws, waiting: tuple[Pool, str], code: str) -> None:
    pool, name = waiting
    assume(code != pool.mail(name)[-1]["code"])
    with unless_refused():
        pytest.fail(f"accepted: {pool.confirm(name, code or ' ')}")


@pytest.fixture(scope="module")
def waiting(aws: Aws) -> tuple[Pool, str]:
    """Somebody who signed up, and did not enter the code yet."""
    pool = aws.pool()
    pool.sign_up("waiting")
    return pool, "waiting"


@pytest.fixture(scope="module")
def returning(aws: Aws) -> Pool:
    """A pool whose PreSignUp handler returns what it is told to."""
    return aws.pool({"PreSignUp": aws.echo(RETURNING)})


@given(JSON)
def test_whatever_a_handler_returns(returning: Pool, answer: Any) -> None:
    sent = {"answer": json.dumps(answer)}
    with unless_refused():
        pytest.fail(f"accepted: {returning.sign_up(uuid.uuid4().hex, ClientMetadata=sent)}")


@given(JSON)
def test_whatever_a_handler_answers(returning: Pool, flag: Any) -> None:
    name = uuid.uuid4().hex
    event = events.sample("PreSignUp_SignUp", userName=name, userPoolId=returning.id)
    event["response"] = {"autoConfirmUser": flag}
    with unless_refused():
        told = returning.sign_up(name, ClientMetadata={"answer": json.dumps(event)})
        assert told["UserConfirmed"] is (flag is True)


@pytest.fixture(scope="module")
def saying(aws: Aws) -> Function:
    """A function that prints what it is told to."""
    return aws.echo(SAYING)


@given(TEXT)
def test_whatever_a_handler_prints(aws: Aws, saying: Function, line: str) -> None:
    marked = f"{line} {uuid.uuid4().hex}"
    answer = saying.invoke({"request": {"clientMetadata": {"line": marked}}})
    assert "FunctionError" not in answer
    kept = re.sub(r"\s", "", "".join(saying.log()))
    assert marked.rpartition(" ")[2] in kept


@given(JSON)
def test_whatever_event_a_handler_gets(aws: Aws, saying: Function, event: Any) -> None:
    """It reads the event as Cognito's; what is none is the handler's error, and no other."""
    answer = saying.invoke(event)
    told = json.load(answer["Payload"])
    assert "FunctionError" in answer
    assert told["errorType"] in ("KeyError", "TypeError", "IndexError"), told
