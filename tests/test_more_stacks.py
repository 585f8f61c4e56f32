"""The further notebooks' stacks and handlers: their shape, and roles that allow what is needed."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import Aws, Function
from more_stacks import deployed

from helpers import experiments, stack
from helpers._inner import packaging
from helpers.events import sample, sources

TEMPLATES = sorted(packaging.MORE.glob("*/template.yaml"))
HANDLERS = [
    path for path in sorted(packaging.MORE.glob("*/*/*.py")) if path.stem == path.parent.name
]
FUNCTION = "AWS::Lambda::Function"
LIBRARIES = {
    "base64",
    "boto3",
    "botocore",
    "datetime",
    "decimal",
    "json",
    "logging",
    "operator",
    "os",
    "pg8000",
    "ssl",
    "typing",
    "urllib",
}


def of_type(template: Path, kind: str) -> dict[str, dict[str, Any]]:
    resources = packaging.read(template)["Resources"].items()
    return {name: each["Properties"] for name, each in resources if each["Type"] == kind}


def by_folder(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.parent.name)


def test_each_handler_has_a_name_of_its_own() -> None:
    names = [*experiments.names(), *(path.stem for path in HANDLERS)]
    assert sorted(set(names)) == sorted(names)


def test_a_handler_is_found_by_its_name_and_its_stack_with_it() -> None:
    name, template = stack.more("second_factor")
    assert experiments.stack_of("note_trigger") == name == f"{stack.NAME}-second-factor"
    assert experiments.stack_of("auto_confirm") == stack.NAME
    assert (template.parent / "note_trigger" / "note_trigger.py").exists()
    assert "triggerSource" in experiments.source("note_trigger").code


@by_folder(HANDLERS)
def test_a_handler_imports_nothing_of_ours_and_little_else(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    imported = {
        alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names
    }
    imported |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {each.partition(".")[0] for each in imported} <= LIBRARIES


@by_folder(TEMPLATES)
def test_no_role_may_do_anything_to_everything(path: Path) -> None:
    for role in of_type(path, "AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                assert statement["Resource"] != "*"
                assert "*" not in json.dumps(statement["Action"])


@by_folder(TEMPLATES)
def test_each_function_has_its_own_log_group_with_a_retention(path: Path) -> None:
    groups = of_type(path, "AWS::Logs::LogGroup")
    used = [each["LoggingConfig"]["LogGroup"]["Ref"] for each in of_type(path, FUNCTION).values()]
    assert sorted(used) == sorted(groups)
    assert all(group["RetentionInDays"] for group in groups.values())


@by_folder(TEMPLATES)
def test_a_permission_names_on_whose_behalf(path: Path) -> None:
    for permission in of_type(path, "AWS::Lambda::Permission").values():
        assert permission["SourceArn"]


def test_notebook_8_lets_its_pool_run_the_function_itself() -> None:
    """Its reader sees a sign-up fail before."""
    _, template = stack.more("test_your_own")
    (pool,) = of_type(template, "AWS::Cognito::UserPool").values()
    assert "LambdaConfig" not in pool
    assert not of_type(template, "AWS::Lambda::Permission")


@pytest.fixture(scope="module")
def note_trigger(aws: Aws) -> Iterator[Function]:
    """The function of notebook 4 as its template deploys it."""
    with deployed(aws, "second_factor") as outputs:
        yield Function(aws, outputs["NoteTriggerFunction"], "")


@pytest.mark.parametrize("source", sources())
def test_note_trigger_says_which_trigger_it_is_and_changes_nothing(
    note_trigger: Function, source: str
) -> None:
    event = sample(source)
    assert note_trigger.result(event) == event
    said = f"\t{event['triggerSource']}\n"
    assert any(line.endswith(said) for line in note_trigger.log())


def test_note_trigger_logs_no_password(note_trigger: Function) -> None:
    note_trigger.result(sample("UserMigration_Authentication"))
    assert "not-the-right-one" not in "".join(note_trigger.log())
