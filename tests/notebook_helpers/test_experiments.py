"""Other code for a handler, and the original back."""

import base64
import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from helpers import cleanup, cloud, events, exercises, experiments, known_users, permissions
from helpers._inner import code_updates, packaging
from helpers.errors import AnswerError, RefusedError
from helpers.invoking import invoke

OTHER = "def handler(event, context):\n    print('other code')\n    return event\n"


@pytest.fixture(autouse=True)
def no_edit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exercises.Checked, "edit_refused", False)


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


def test_a_cell_counts_its_lines_with_the_magic(
    outputs: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = f"auto_confirm {outputs['AutoConfirmFunction']}"
    with pytest.raises(AnswerError, match="Line 3 is no Python"):
        experiments._cell(line, "import os\ndef handler(event)\n    return event")
    deployed: list[str] = []
    monkeypatch.setattr(experiments, "replace", lambda name, code, **_: deployed.append(code))
    monkeypatch.setattr(cleanup, "note", lambda *_: None)
    experiments._cell(line, OTHER)
    assert deployed[0].splitlines() == [f"# %%handler {line}", *OTHER.splitlines()]


def test_after_a_refused_cell_no_exercise_is_right(
    outputs: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = f"auto_confirm {outputs['AutoConfirmFunction']}"
    monkeypatch.setattr(experiments, "replace", lambda *_, **__: "")
    monkeypatch.setattr(cleanup, "note", lambda *_: None)
    with pytest.raises(AnswerError):
        experiments._cell(line, "def handler(event)")
    before = exercises.check({"ann": "confirmed"}, {"ann": "confirmed"})
    experiments._cell(line, OTHER)
    assert repr(before).endswith(exercises.UNTRIED)
    assert repr(exercises.check({}, {})).endswith(exercises.RIGHT)


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
    with pytest.raises(AnswerError, match="Name one of a"):
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


@contextmanager
def made(outputs: dict[str, str], folder: Path, handler: str) -> Iterator[str]:
    """A function that is none of the stack's, with what lies in the folder."""
    api, name = cloud.client("lambda"), f"own-{uuid.uuid4().hex[:8]}"
    like = api.get_function_configuration(FunctionName=outputs["AutoConfirmFunction"])
    created = api.create_function(
        FunctionName=name,
        Role=like["Role"],
        Runtime="python3.13",
        Handler=handler,
        Code={"ZipFile": packaging.zipped(folder)},
    )
    api.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    yield created["FunctionArn"]
    api.delete_function(FunctionName=name)


@pytest.fixture
def own(outputs: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """A function whose handler lies in a folder of its own in `tmp_path`."""
    (tmp_path / "greet").mkdir()
    (tmp_path / "greet" / "greet.py").write_text("def handler(event, context):\n    return 'hi'\n")
    with made(outputs, tmp_path / "greet", "greet.handler") as arn:
        yield arn


def test_a_slip_of_the_pen_is_told_what_is_nearest() -> None:
    with pytest.raises(AnswerError, match="Name one of name_role, or"):
        experiments.source("nam_role")


def test_an_experiment_on_ones_own_function(own: str, tmp_path: Path) -> None:
    assert experiments.names(tmp_path) == ["greet"]
    assert "'hi'" in experiments.source("greet", tmp_path).code
    code = "def handler(event, context):\n    return 'other'\n"
    for function in (own, own.rpartition(":")[2]):
        with experiments.replaced("greet", code, function=function, folder=tmp_path):
            assert invoke(own, {}).returned == "other"
        assert invoke(own, {}).returned == "hi"
    with pytest.raises(AnswerError, match="Name one of greet"):
        experiments.source("auto_confirm", tmp_path)
    for folder in (tmp_path, experiments.FOLDER):
        with pytest.raises(AnswerError, match=r'runs greet\.handler, .*name "greet"'):
            experiments.replace("auto_confirm", code, function=own, folder=folder)
        with pytest.raises(AnswerError, match=r'runs greet\.handler, .*name "greet"'):
            experiments.restore("auto_confirm", function=own, folder=folder)
    with pytest.raises(AnswerError, match="or one of your own with its function and its folder"):
        experiments.replace("greet", code, function=own)


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


LAMBDA = "from words import hi\n\ndef lambda_handler(event, context):\n    return hi\n"


@pytest.mark.parametrize(
    ("name", "file", "handler"),
    [
        ("lambda_function", "lambda_function.py", "lambda_function.lambda_handler"),
        ("src.app", "src/app.py", "src/app.lambda_handler"),
    ],
)
def test_ones_own_function_is_set_to_run_another_file_and_name(
    name: str, file: str, handler: str, outputs: dict[str, str], tmp_path: Path
) -> None:
    """Right in the folder, beside a file that it needs, as AWS's console and SAM have it."""
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(LAMBDA)
    (tmp_path / "words.py").write_text("hi = 'hi'\n")
    with made(outputs, tmp_path, handler) as arn:
        assert "words import hi" in experiments.source(name, tmp_path).code
        with experiments.changed(name, "return hi", "return hi * 2", function=arn, folder=tmp_path):
            assert invoke(arn, {}).returned == "hihi"
        assert invoke(arn, {}).returned == "hi"
        with pytest.raises(AnswerError, match="no function called lambda_handler"):
            experiments.replace(name, OTHER, function=arn, folder=tmp_path)
        with experiments.time_limit(name, 9, function=arn):
            assert limit(arn) == 9
    with pytest.raises(RefusedError, match="Function not found"):
        experiments.replace(name, OTHER, function=arn, folder=tmp_path)


def test_handlers_may_lie_right_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(LAMBDA)
    (tmp_path / "greet").mkdir()
    (tmp_path / "greet" / "greet.py").write_text(OTHER)
    (tmp_path / "greet" / "words.py").write_text("hi = 'hi'\n")
    assert experiments.names(tmp_path) == ["app", "greet"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"Runtime": "nodejs22.x", "Handler": "index.handler"}, "runs nodejs22.x, and only Python"),
        ({"PackageType": "Image"}, "runs an image, and only Python"),
    ],
)
def test_what_is_no_python_is_told(
    settings: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    api = SimpleNamespace(get_function_configuration=lambda **_: settings)
    monkeypatch.setattr(code_updates, "api", lambda: api)
    with pytest.raises(AnswerError, match=told):
        experiments.restore("index", function="mine", folder=tmp_path)


def test_a_handler_of_a_stack_that_does_not_tell_its_function(outputs: dict[str, str]) -> None:
    with pytest.raises(AnswerError, match=r"no MineFunction\. Name what runs mine: function=…"):
        experiments.function("mine", outputs)


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
