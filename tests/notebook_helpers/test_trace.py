"""The recorded story: what is in it, in which order, and what is not."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from strict_pool import StrictPool

from helpers import (
    cloud,
    cognito,
    events,
    experiments,
    invoking,
    known_users,
    roles,
    runs,
    show,
    signing_in,
    stack,
    triggers,
)
from helpers._inner import calls, pictures, stacks
from helpers.errors import RefusedError
from helpers.trace import NAMES, Step, Story, _by_call, _called, _exactly, trace

if TYPE_CHECKING:
    from botocore.client import BaseClient

PASSWORD = "Correct-horse-1"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No function runs here, so that there are no lines to wait for."""
    monkeypatch.setattr("helpers.trace.PATIENCE", 0.1)


@pytest.fixture
def story(outputs: dict[str, str]) -> Iterator[Story]:
    """A known user signs up and signs in, once with a wrong password; then the handler fails."""
    pool, client = outputs["UserPoolId"], outputs["UserPoolClientId"]
    stack_name = outputs["AutoConfirmFunction"].rpartition("-")[0]
    if not cloud.current().is_sandbox:
        time.sleep(1)  # two clocks: what ran less than a second ago might be of this story
    known_users.fill(outputs["TableName"])
    triggers.set_trigger(pool, "PreSignUp", outputs["AutoConfirmFunctionArn"])
    experiments.replace("auto_confirm", experiments.source("auto_confirm").code, stack_name)
    with trace(*(outputs[f"{name}Function"] for name in ("AutoConfirm", "ActivityLog"))) as told:
        cognito.sign_up(client, "test_user_1", PASSWORD, "test_email_1@example.com")
    cognito.list_users(pool)
    with told, show.expect("NotAuthorizedException"):
        cognito.sign_in(client, "test_user_1", "Wrong-horse-1")
    failing = "def handler(event, context):\n    raise ValueError('a; b: <c> #1')"
    experiments.replace("auto_confirm", failing, stack_name)
    with told, show.expect("UserLambdaValidationException"):
        cognito.sign_up(client, "other", PASSWORD, "other@example.com")
    yield told
    triggers.remove_trigger(pool, "PreSignUp")
    experiments.restore("auto_confirm", stack_name)
    cognito.admin_delete_user(pool, "test_user_1")


@pytest.mark.usefixtures("in_the_sandbox")
def test_the_story_is_told_in_order_and_without_secrets(story: Story) -> None:
    (name,) = {step.target for step in story.steps if step.target.endswith("-AutoConfirm")}
    notes = [step.what for step in story.steps if step.kind == "note"]
    assert notes[0] == "PreSignUp_SignUp for user test_user_1."
    arrows = [step for step in story.steps if step.kind != "note"]
    assert [(step.source, step.target, step.what) for step in arrows] == [
        ("You", "Cognito", "SignUp"),
        ("Cognito", name, "cold start"),
        (name, "DynamoDB", "GetItem"),
        ("DynamoDB", name, "done"),
        (name, "Cognito", "answer"),
        ("Cognito", "You", "done"),
        ("You", "Cognito", "InitiateAuth"),
        ("Cognito", "You", "NotAuthorizedException"),
        ("You", "Cognito", "SignUp"),
        ("Cognito", name, "cold start"),
        (name, "Cognito", "failure"),
        ("Cognito", "You", "UserLambdaValidationException"),
    ]

    bundle = story._repr_mimebundle_()
    for text in (*bundle.values(), repr(story.table()), story.timeline()._repr_svg_()):
        assert PASSWORD not in text


@pytest.mark.usefixtures("in_the_sandbox")
def test_a_refused_call_of_a_function_is_in_its_place(outputs: dict[str, str]) -> None:
    pool, client = outputs["UserPoolId"], outputs["UserPoolClientId"]
    name = outputs["AutoConfirmFunction"]
    stack_name = name.rpartition("-")[0]
    triggers.set_trigger(pool, "PreSignUp", outputs["AutoConfirmFunctionArn"])
    with (
        roles.without_permission("auto_confirm", "dynamodb:GetItem", stack_name),
        trace(name) as told,
        show.expect("UserLambdaValidationException"),
    ):
        cognito.sign_up(client, "ann", PASSWORD, "ann@example.com")
    triggers.remove_trigger(pool, "PreSignUp")
    steps = [(step.source, step.what) for step in told.steps if step.kind != "note"][1:-1]
    assert steps[1:] == [
        (name, "GetItem"),
        ("DynamoDB", "AccessDeniedException"),
        (name, "failure"),
    ]


def test_in_an_account_the_picture_says_what_is_not_in_it(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloud.Cloud, "is_sandbox", False)
    monkeypatch.setattr("helpers.trace.PATIENCE", 0.1)
    assert "a function's own calls are not recorded" in repr(story)
    assert "GetItem" not in repr(story)


@pytest.mark.usefixtures("in_the_sandbox")
def test_text_and_picture_are_the_same_each_time(story: Story) -> None:
    lines = repr(story).splitlines()
    assert lines[0] == "You → Cognito: SignUp"
    assert lines[1].startswith("    Cognito → ")
    assert lines[2].endswith(" → DynamoDB: GetItem")
    assert lines[4] == "        · PreSignUp_SignUp for user test_user_1."
    drawn = story._repr_mimebundle_()["text/vnd.mermaid"]
    assert drawn.startswith("sequenceDiagram\n    accTitle: Recorded")
    assert "P1--xP0: NotAuthorizedException" in drawn
    assert "a#59; b: #60;c#62; #35;1" in drawn
    assert " ms" not in drawn + repr(story)


def test_times_are_in_the_table_and_the_timeline(story: Story) -> None:
    table = story.table()
    assert table["What"].tolist() == [
        "SignUp",
        "cold start",
        "InitiateAuth",
        "SignUp",
        "cold start",
    ]
    shares = [int(text.rstrip("%")) for text in table[table["From"] == "You"]["Share"]]
    assert 98 <= sum(shares) <= 102
    timeline = story.timeline()
    assert "(cold start)" in repr(timeline)
    assert timeline._repr_svg_().count(pictures.COLOURS["cold start"]) == 3  # two, and the legend


def test_nothing_is_recorded_outside(place: cloud.Cloud) -> None:
    told = Story()
    with pytest.raises(ZeroDivisionError), told:
        raise ZeroDivisionError
    cognito.list_user_pools()
    assert repr(told) == "Nothing was recorded."
    assert not calls.listeners


@pytest.mark.usefixtures("hasty")
def test_a_story_within_a_story_is_no_part_of_it(outputs: dict[str, str]) -> None:
    with trace(outputs["AutoConfirmFunction"]) as outer, trace():
        cognito.list_user_pools()
    assert {step.what for step in outer.steps} == {"ListUserPools", "done"}


@pytest.mark.usefixtures("hasty")
def test_a_look_at_the_story_is_no_part_of_it(outputs: dict[str, str]) -> None:
    with trace(outputs["AutoConfirmFunction"]) as told:
        cognito.list_user_pools()
        assert len(told.steps) == 2
        cognito.list_users(outputs["UserPoolId"])
    assert [step.what for step in told.steps] == ["ListUserPools", "done", "ListUsers", "done"]


@pytest.mark.usefixtures("in_the_sandbox")
@pytest.mark.parametrize(
    ("started", "is_its_own"),
    [(9.998, False), (9.999, True), (10.5, True), (11.002, False), (20.0, True), (20.502, False)],
)
def test_a_run_belongs_to_the_call_that_waited_for_it(started: float, is_its_own: bool) -> None:
    """A neighbour's run may begin right after; the clock is the same, so it is told apart."""
    service = "cognito-identity-provider"
    made = [calls.Call(service, "SignUp", *times, None) for times in ((10.0, 11.0), (20.0, 20.5))]
    run = runs.Run("a", "1", started, 1.0, False, False, ())
    assert ([run] in _by_call(made, [run]).values()) is is_its_own


@pytest.mark.usefixtures("in_the_sandbox")
def test_calls_of_the_same_millisecond_have_their_own_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A line of a log has whole milliseconds, in which one call may end and the next begin."""
    service = "cognito-identity-provider"
    times = ((9.9982, 10.0003), (10.0004, 10.002))
    first, second = (calls.Call(service, "SignUp", *each, None) for each in times)
    known = [{"request_id": "1", "started": started} for started in (9.999, 10.0009)]
    monkeypatch.setattr("helpers._inner.sandbox.ask", lambda *_, **__: known)
    logged = [runs.Run("a", "1", at, 1.0, False, False, ()) for at in (9.999, 10.0)]
    found = _by_call([first, second], _exactly(["a"], logged))
    assert [[run.started for run in each] for each in found.values()] == [[9.999], [10.0009]]


@pytest.mark.usefixtures("in_the_sandbox")
@pytest.mark.parametrize("service", ["sqs", "events"])
@pytest.mark.parametrize("unasked", [True, False])
def test_a_run_that_no_call_waited_for_is_told_on_demand(
    service: str, unasked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A queue's function may well begin while the message is still being sent."""
    client: BaseClient = cloud.client(service)
    called = client.meta.service_model.service_id.hyphenize()
    with Story("a", unasked=unasked) as told:
        made = [calls.Call(called, "Send", at, at + 0.5, None) for at in (10.0, 20.0)]
        for call in made:
            calls.tell(call)
    run = runs.Run("a", "1", 10.2, 1.0, False, False, ("took 11",))
    monkeypatch.setattr(runs, "between", lambda *_: [run])
    name = NAMES.get(called, called)
    sent = [f"You → {name}: Send", f"{name} → You: done"]
    ran = ["Lambda → a: run", "    · took 11", "a → Lambda: answer"] if unasked else []
    assert repr(told).splitlines() == [*sent, *ran, *sent]


@pytest.mark.parametrize("unasked", [True, False])
def test_a_run_before_any_call_of_yours_is_told_on_demand(
    unasked: bool, outputs: dict[str, str], name: str
) -> None:
    function = outputs["AutoConfirmFunction"]
    event = events.sample("PreSignUp_SignUp", userName=name)
    told, said = trace(function, unasked=unasked), f"PreSignUp_SignUp for user {name}."
    assert not told.steps
    with told, calls.unheard():
        invoking.invoke(function, event)
    assert (said in [step.what for step in told.steps]) is unasked
    with told:
        cloud.client("dynamodb").list_tables()
    kept = [step.what for step in told.steps if step.what in (said, "ListTables")]
    assert kept == ([said, "ListTables"] if unasked else ["ListTables"])


@pytest.mark.usefixtures("in_the_sandbox")
def test_a_run_of_its_own_has_no_share_in_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    with Story("a", unasked=True) as told:
        calls.tell(calls.Call("sqs", "SendMessage", 10.0, 10.5, None))
    ran = [runs.Run("a", str(at), at, 1000.0, False, False, (f"took {at}",)) for at in (9, 12)]
    monkeypatch.setattr(runs, "between", lambda *_: ran)
    assert told.table()[["What", "Share"]].to_numpy().tolist() == [
        ["run", ""],
        ["SendMessage", "100%"],
        ["run", ""],
    ]
    assert told.said().to_numpy().tolist() == [
        ["(no call of yours)", "took 9", ""],
        ["SendMessage", "", "done"],
        ["(no call of yours)", "took 12", ""],
    ]


@pytest.mark.usefixtures("in_the_sandbox")
def test_a_look_finds_the_runs_since_the_last_look(outputs: dict[str, str], name: str) -> None:
    function = outputs["AutoConfirmFunction"]
    event = events.sample("PreSignUp_SignUp", userName=name)
    with trace(function, unasked=True) as told:
        for runs_so_far in range(3):
            assert [step.target for step in told.steps].count("Lambda") == runs_so_far
            with calls.unheard():
                invoking.invoke(function, event)


@pytest.mark.usefixtures("place")
def test_a_function_that_there_is_not_is_told_at_once() -> None:
    with pytest.raises(RefusedError, match="Function not found"):
        trace("nope")


def test_without_a_stack_there_are_calls_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with trace() as told:
        cognito.list_user_pools()
    monkeypatch.setattr(stacks, "find", lambda _name: None)
    assert repr(told) == "You → Cognito: ListUserPools\nCognito → You: done"


def test_too_many_participants_share_one() -> None:
    steps = [Step("You", name, "call", "ask", 1.0) for name in "abcde"]
    drawn = pictures.mermaid(steps)
    assert drawn.count("participant") == pictures.PARTICIPANTS
    assert pictures.OTHERS in drawn


def test_a_further_notebooks_function_has_its_handlers_name() -> None:
    name, _ = stack.more("second_factor")
    called = (
        _called(f"{name}-NoteTrigger"),
        _called(f"arn:aws:lambda:…:function:{name}-NoteTrigger"),
    )
    assert called == ("note_trigger", "note_trigger")
    assert _called(f"{stack.NAME}-Welcome") == "Welcome"
    assert _called("my-Function") == "my-Function"


@pytest.mark.usefixtures("in_the_sandbox")
def test_what_each_call_came_to_and_what_was_logged_meanwhile(story: Story) -> None:
    refused = ["SignUp", "ValueError: a; b: <c> #1", "UserLambdaValidationException"]
    signed_up, wrong, failed = story.said().to_numpy().tolist()
    assert signed_up[::2] == ["SignUp", "done"]
    assert signed_up[1].startswith("PreSignUp_SignUp for user test_user_1., Looking up")
    assert wrong == ["InitiateAuth", "", "NotAuthorizedException"]
    assert failed == refused


def test_a_challenge_is_no_refusal_and_is_told(strict: StrictPool, name: str) -> None:
    cognito.admin_create_user(strict.id, name, f"{name}@example.com")
    cognito.admin_set_user_password(strict.id, name, PASSWORD)
    strict.ask_for_a_second_factor("ON")
    given = {"USERNAME": name, "PASSWORD": PASSWORD}
    with trace() as told:
        signing_in.initiate_auth(strict.client_id, "USER_PASSWORD_AUTH", **given)
    (_, answer) = [step for step in told.steps if step.kind != "note"]
    assert (answer.what, answer.kind) == ("MFA_SETUP", "answer")
    cognito.admin_delete_user(strict.id, name)
