"""Parts of the sandbox by themselves, where the outside cannot be made to show it quickly."""

import ast
import base64
import importlib.metadata
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from cognito_sandbox.lambdas.runnable import LogEvent, Runnable

PROJECT = Path(__file__).parents[1]
SANDBOX = PROJECT / "cognito_sandbox"


class IdleFunction(Runnable):
    """As much of a function as an environment needs."""

    function_arn, revision, version = "arn", "1", "$LATEST"
    function_name, handler, region, run_time = "name", "index.handler", "us-east-1", "python3.11"
    memory_size, timeout, endpoint = 128, 3, "http://127.0.0.1:1"
    role = "arn:aws:iam::123456789012:role/name"
    code_sha, ephemeral_storage, concurrency = "code", 512, None

    def __init__(self, code: bytes) -> None:
        self.code_bytes = code
        self.logging_config = {}
        self.environment_vars = {}
        self.log: list[str] = []

    def layer_code(self) -> list[tuple[str, bytes]]:
        return []

    def write_log(self, stream: str, events: list[LogEvent]) -> None:
        self.log += [event["message"] for event in events]


def test_a_benchmark_does_not_wait_for_a_server_that_has_ended() -> None:
    from benchmarks.sandbox import wait_for

    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"])
    with process, pytest.raises(RuntimeError, match="ended with 7"):
        wait_for("http://127.0.0.1:1", process)


def test_idle_environments_go_away() -> None:
    from harness import eventually, zipped

    from cognito_sandbox.lambdas.environments import Environments
    from cognito_sandbox.lambdas.fork_client import Forks
    from cognito_sandbox.lambdas.invocation import invoke

    function = IdleFunction(
        zipped(index="import os\ndef handler(event, context):\n    return os.getpid()\n")
    )
    forks = Forks()
    environments = Environments(forks, idle_seconds=0.4)
    try:
        first = invoke(environments, function, b"{}").payload
        assert invoke(environments, function, b"{}").payload == first
        directory = forks.server(deadline=0).directory
        homes = set((directory / "environments").iterdir())
        assert len(homes) == 1
        assert eventually(lambda: not any(home.exists() for home in homes))
        assert invoke(environments, function, b"{}").payload != first
        assert sum(line.startswith("INIT_START") for line in function.log) == 2
    finally:
        environments.close()
    assert not directory.exists()


@pytest.mark.parametrize(
    ("change", "permitted"),
    [
        ({}, True),
        ({"Principal": "*"}, True),
        ({"Principal": {"Service": ["s3.amazonaws.com", "cognito-idp.amazonaws.com"]}}, True),
        ({"Principal": {"Service": "s3.amazonaws.com"}}, False),
        ({"Principal": {"AWS": "arn:aws:iam::1:root"}}, False),
        ({"Action": "lambda:*"}, True),
        ({"Action": "lambda:GetFunction"}, False),
        ({"Effect": "Deny"}, False),
        ({"Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:cognito-idp:*:1:userpool/*"}}}, True),
        (
            {"Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:cognito-idp:*:2:userpool/*"}}},
            False,
        ),
        ({"Condition": {"StringEquals": {"AWS:SourceAccount": "1"}}}, True),
        ({"Condition": {"StringEquals": {"AWS:SourceAccount": "2"}}}, False),
        ({"Condition": {"NumericEquals": {"any": "1"}}}, False),
    ],
)
def test_resource_policies(change: dict[str, Any], permitted: bool) -> None:
    from cognito_sandbox.lambdas.permission import permits

    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cognito-idp.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
    } | change
    pool = "arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_x"
    assert permits([statement], "cognito-idp.amazonaws.com", pool, "1") is permitted


def test_a_denial_wins() -> None:
    from cognito_sandbox.lambdas.permission import permits

    allow = {"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction"}
    assert not permits([allow, allow | {"Effect": "Deny"}], "x", "arn:a:b:c:1:d", "1")


def imports(path: Path) -> set[str]:
    """The top-level packages that a module imports, anywhere in it."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def test_moto_is_known_below_and_above_the_user_pools_only() -> None:
    knowing = {p.relative_to(SANDBOX) for p in SANDBOX.rglob("*.py") if "moto" in imports(p)}
    assert {path.parts[0] for path in knowing} == {"store", "patches"}


def test_the_sandbox_knows_neither_pandas_nor_widgets_nor_the_tutorial() -> None:
    for path in SANDBOX.rglob("*.py"):
        assert not {"pandas", "ipywidgets", "IPython"} & imports(path), path
        assert "UserEmail" not in path.read_text()


def test_importing_helpers_loads_little() -> None:
    code = "import helpers, cognito_sandbox, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not {"pandas", "ipywidgets", "boto3", "moto", "werkzeug"} & loaded


def test_moto_is_the_one_that_the_sandbox_was_written_for() -> None:
    """A new moto needs a look at the patches, then a new VERSION."""
    from cognito_sandbox.store import needs

    assert importlib.metadata.version("moto") == needs.VERSION


def test_a_function_of_moto_s_is_what_it_is_taken_for() -> None:
    """mypy knows what is declared of them, and nothing of moto."""
    from harness import zipped
    from moto.awslambda.models import LambdaFunction

    code = {"ZipFile": base64.b64encode(zipped(index="")).decode()}
    named = {"FunctionName": "name", "Handler": "index.handler", "Runtime": "python3.11"}
    made = LambdaFunction("123456789012", named | {"Role": "role", "Code": code}, "us-east-1")
    taken_for = get_type_hints(Runnable)
    for name in taken_for.keys() - {"endpoint", "logging_config"}:  # which are the sandbox's own
        kind = getattr(taken_for[name], "__origin__", taken_for[name])
        assert isinstance(getattr(made, name), kind), name


def test_runs_that_are_kept_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    from cognito_sandbox.lambdas import runs

    monkeypatch.setattr(runs, "KEPT", 3)
    monkeypatch.setattr(runs, "HEAVIEST", 100)
    for number in range(5):
        run = runs.begin("light", str(number), False, b"{}")
        runs.end(run, 1.0, b"{}", None, [])
    assert [run["request_id"] for run in runs.made("light")] == ["2", "3", "4"]
    heavy = runs.begin("heavy", "5", False, b" " * 99)
    assert [run["function"] for run in runs.made()] == ["heavy"]
    runs.begin("light", "6", False, b"{}")
    runs.end(heavy, 1.0, b"{}", None, [])  # forgotten while it ran
    assert [run["request_id"] for run in runs.made()] == ["6"]


def test_what_fails_at_one_table_keeps_no_other_from_its_time_to_live(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cognito_sandbox import clock
    from cognito_sandbox.patches import time_to_live

    looks, seen = iter([True, False]), []

    def delete(table: str) -> None:
        seen.append(table)
        if table == "odd":
            raise KeyError("of the odd table")

    monkeypatch.setattr(clock, "wait", lambda _: next(looks))
    monkeypatch.setattr(time_to_live, "_tables", lambda: ["odd", "other"])
    monkeypatch.setattr(time_to_live, "_delete", delete)
    looking = threading.Thread(target=time_to_live._delete_for_ever)
    looking.start()
    looking.join()
    assert seen == ["odd", "other"]
    assert "of the odd table" in capsys.readouterr().err
