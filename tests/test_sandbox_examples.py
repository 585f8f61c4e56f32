"""The examples in the sandbox's own docstrings, as they stand."""

import doctest
import importlib
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from checker import Checker

import cognito_sandbox

SANDBOX = Path(cognito_sandbox.__file__).parent
PRE_SIGN_UP = "def handler(event, context):\n    return event\n"
SHOWN = {  # what the examples speak of
    "cognito_sandbox": {"boto3": boto3},
    "cognito_sandbox.testing": {},
    "cognito_sandbox.trigger_events": {},
    "cognito_sandbox.store.item_sizes": {},
}


def examples() -> Iterator[doctest.DocTest]:
    for name in SHOWN:
        found = doctest.DocTestFinder().find(importlib.import_module(name))
        yield from (each for each in found if each.examples)


@pytest.mark.parametrize("example", [*examples()], ids=lambda each: each.name)
def test_an_example_runs(
    example: doctest.DocTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "pre_sign_up.py").write_text(PRE_SIGN_UP)
    monkeypatch.chdir(tmp_path)
    module = example.name if example.name in SHOWN else example.name.rpartition(".")[0]
    example.globs |= SHOWN[module]
    told: list[str] = []
    doctest.DocTestRunner(Checker(), optionflags=doctest.ELLIPSIS).run(example, out=told.append)
    assert told == []


def test_no_module_has_an_example_that_is_not_run() -> None:
    named = {
        ".".join(path.relative_to(SANDBOX.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in SANDBOX.rglob("*.py")
        if ">>> " in path.read_text("utf-8")
    }
    assert named == SHOWN.keys()
