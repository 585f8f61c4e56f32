"""Other code for a handler, and the original back."""

import base64
import hashlib
import uuid
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from helpers import cleanup, cloud, events, experiments, known_users, permissions
from helpers._inner import code_updates, packaging
from helpers.errors import AnswerError, RefusedError
from helpers.invoking import invoke

OTHER = "def handler(event, context):\n    print('other code')\n    return event\n"


@pytest.fixture
def stack_name(outputs: dict[str, str]) -> Iterator[str]:
    name = outputs["AutoConfirmFunction"].rpartition("-")[0]
    yield name
    experiments.restore("auto_confirm", name)


def running(function: str) -> str:
    found = cloud.client("lambda").get_function_configuration(FunctionName=function)
    return str(found["CodeSha256"])


def limit(function: str) -> int:
    return cloud.client("lambda").get_function_configuration(FunctionName=function)["Timeout"]


def test_the_source_is_what_is_deployed(outputs: dict[str, str]) -> None:
    for name in experiments.names():
        source = (packaging.PROJECT / "lambda_src" / name / f"{name}.py").read_text()
        assert experiments.source(name).code == source.strip("\n")
        assert "```python" in experiments.source(name)._repr_markdown_()
        digest = hashlib.sha256(packaging.zipped(packaging.PROJECT / "lambda_src" / name)).digest()
        assert running(experiments.function(name, outputs)) == base64.b64encode(digest).decode()


def test_other_code_runs_until_the_original_is_back(
    outputs: dict[str, str], stack_name: str
) -> None:
    function = outputs["AutoConfirmFunction"]
    original = running(function)
    assert experiments.restore("auto_confirm", stack_name) is False
    experiments.replace("auto_confirm", OTHER, stack_name)
    event = events.sample("PreSignUp_SignUp")
    assert "other code" in repr(invoke(function, event))
    assert experiments.restore("auto_confirm", stack_name) is True
    assert running(function) == original
    assert "other code" not in repr(invoke(function, event))


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def handler(event, context)\n    return event", r"Line 1 is no Python: expected ':'\."),
        ("def handle(event, context): return event", r"no function called handler \(async"),
        ("x\0", r"is no Python"),
    ],
)
def test_what_cannot_run_leaves_the_running_code(
    code: str, told: str, outputs: dict[str, str], stack_name: str
) -> None:
    before = running(outputs["AutoConfirmFunction"])
    with pytest.raises(AnswerError, match=told) as raised:
        experiments.replace("auto_confirm", code, stack_name)
    assert "The running code was left alone." in str(raised.value)
    assert running(outputs["AutoConfirmFunction"]) == before


def test_a_cell_counts_its_lines_with_the_magic(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AnswerError, match="Line 3 is no Python"):
        experiments._cell("auto_confirm", "import os\ndef handler(event)\n    return event")
    deployed: list[str] = []
    monkeypatch.setattr(experiments, "replace", lambda name, code, **_: deployed.append(code))
    monkeypatch.setattr(cleanup, "note", lambda *_: None)
    experiments._cell("auto_confirm", OTHER)
    assert deployed[0].splitlines() == ["# %%handler auto_confirm", *OTHER.splitlines()]


def test_an_interrupted_experiment_ends(
    outputs: dict[str, str], stack_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, deploy = running(outputs["AutoConfirmFunction"]), code_updates.deploy

    def deploy_and_be_interrupted(*values: Any) -> None:
        monkeypatch.undo()
        deploy(*values)
        raise KeyboardInterrupt

    monkeypatch.setattr(code_updates, "deploy", deploy_and_be_interrupted)
    with pytest.raises(KeyboardInterrupt), experiments.replaced("auto_confirm", OTHER, stack_name):
        pass
    assert running(outputs["AutoConfirmFunction"]) == before


def test_some_words_of_a_handler_are_changed(stack_name: str, outputs: dict[str, str]) -> None:
    function, event = outputs["MigrateUserFunction"], events.sample("UserMigration_Authentication")
    known_users.fill(outputs["TableName"])
    with experiments.changed("migrate_user", "RESET_REQUIRED", "CONFIRMED", stack_name):
        assert invoke(function, event).returned["response"]["finalUserStatus"] == "CONFIRMED"
    assert invoke(function, event).returned["response"]["finalUserStatus"] == "RESET_REQUIRED"
    never = experiments.changed("migrate_user", "MAYBE", "CONFIRMED", stack_name)
    with pytest.raises(AnswerError, match="does not say MAYBE"), never:
        pass


@pytest.mark.parametrize("code", ["handler = print", "from json import dumps as handler"])
def test_a_handler_may_be_any_name(code: str, stack_name: str) -> None:
    experiments.replace("auto_confirm", code, stack_name)


@pytest.mark.parametrize("name", ["", "nobody", "../lambda_src/auto_confirm"])
def test_a_handler_that_there_is_not(name: str) -> None:
    with pytest.raises(AnswerError, match="Name one of activity_log, auto_confirm, migrate_user"):
        experiments.source(name)


def test_the_permission_is_withheld_for_a_while(outputs: dict[str, str]) -> None:
    pool, function = outputs["UserPoolId"], outputs["AutoConfirmFunctionArn"]
    before = permissions.allow(pool, function)
    assert len(before) == 1
    for _ in range(2):
        with suppress(KeyboardInterrupt), permissions.withheld(pool, function):
            assert permissions.table(function).empty
            raise KeyboardInterrupt
        assert permissions.table(function).equals(before)


@pytest.mark.usefixtures("place")
def test_who_may_run_no_function_at_all_is_told() -> None:
    with pytest.raises(RefusedError, match="Function not found"):
        permissions.table("no-such-function")


@pytest.fixture
def own(outputs: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """A function that is none of the stack's, and its handler's folder in `tmp_path`."""
    api, name = cloud.client("lambda"), f"own-{uuid.uuid4().hex[:8]}"
    (tmp_path / "greet").mkdir()
    (tmp_path / "greet" / "greet.py").write_text("def handler(event, context):\n    return 'hi'\n")
    like = api.get_function_configuration(FunctionName=outputs["AutoConfirmFunction"])
    made = api.create_function(
        FunctionName=name,
        Role=like["Role"],
        Runtime="python3.13",
        Handler="greet.handler",
        Code={"ZipFile": packaging.zipped(tmp_path / "greet")},
    )
    api.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    yield made["FunctionArn"]
    api.delete_function(FunctionName=name)


def test_an_experiment_on_ones_own_function(own: str, tmp_path: Path) -> None:
    assert experiments.names(tmp_path) == ["greet"]
    assert "'hi'" in experiments.source("greet", tmp_path).code
    code = "def handler(event, context):\n    return 'other'\n"
    for function in (own, own.rpartition(":")[2]):
        with experiments.replaced("greet", code, function=function, folder=tmp_path):
            assert invoke(own, {}).returned == "other"
        assert invoke(own, {}).returned == "hi"
    with pytest.raises(AnswerError, match="Name one of greet"):
        experiments.replace("auto_confirm", code, function=own, folder=tmp_path)
    with pytest.raises(AnswerError, match=r"runs greet\.handler, and not auto_confirm\.handler"):
        experiments.replace("auto_confirm", code, function=own)


def test_ones_own_function_changed_and_given_time(own: str, tmp_path: Path) -> None:
    change = partial(experiments.changed, "greet", function=own, folder=tmp_path)
    with change("'hi'", "'hello'"):
        assert invoke(own, {}).returned == "hello"
    assert invoke(own, {}).returned == "hi"
    with pytest.raises(AnswerError, match="greet does not say bye"):
        change("bye", "").__enter__()
    before = limit(own)
    with experiments.time_limit("greet", before + 1, function=own.rpartition(":")[2]):
        assert limit(own) == before + 1
    assert limit(own) == before
    with pytest.raises(AnswerError, match=r"runs greet\.handler, and not auto_confirm\.handler"):
        experiments.time_limit("auto_confirm", 9, function=own).__enter__()


def test_the_magic_on_ones_own_function(
    own: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = f"greet {own} '{tmp_path}'  # the reader's"
    experiments._cell(line, "def handler(event, context):\n    return 'other'\n")
    assert f'experiments.restore("greet", function="{own}", folder="{tmp_path}")' in (
        capsys.readouterr().out
    )
    assert invoke(own, {}).returned == "other"
    assert cleanup.clean_up().set_index("What")["Result"]["other code of greet"] == "removed"
    assert invoke(own, {}).returned == "hi"
    with pytest.raises(AnswerError, match="and a folder, no more"):
        experiments._cell("greet a b c", "")
    with pytest.raises(AnswerError, match="cannot be read"):
        experiments._cell("greet 'a", "")


def test_a_function_may_take_longer_for_a_while(outputs: dict[str, str], stack_name: str) -> None:
    function = outputs["AutoConfirmFunction"]
    before = limit(function)
    with suppress(KeyboardInterrupt), experiments.time_limit("auto_confirm", 9, stack_name):
        assert limit(function) == 9
        raise KeyboardInterrupt
    assert limit(function) == before
