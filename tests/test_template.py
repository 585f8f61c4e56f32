"""The template: its outputs, and roles that allow what the handlers do and nothing else."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).parents[1]
HANDLERS = {
    "AutoConfirm": "auto_confirm",
    "MigrateUser": "migrate_user",
    "ActivityLog": "activity_log",
}
LOGGING = {"logs:CreateLogStream", "logs:PutLogEvents"}
OUTPUTS = {"TableName", "UserPoolId", "UserPoolArn", "UserPoolClientId"} | {
    f"{name}Function{suffix}" for name in HANDLERS for suffix in ("", "Arn")
}


class Loader(yaml.SafeLoader):
    """Reads !Ref and its like as {tag: value}."""


def tagged(loader: Any, tag: str, node: Any) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {tag: node.value}
    return {tag: loader.construct_sequence(node)}


Loader.add_multi_constructor("!", tagged)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load((PROJECT / "template.yaml").read_text(), Loader)
    return loaded


def actions(template: dict[str, Any], name: str) -> set[str]:
    allowed = set()
    for policy in template["Resources"][f"{name}Role"]["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            assert statement["Resource"] != "*"
            listed = statement["Action"]
            allowed |= {listed} if isinstance(listed, str) else set(listed)
    return allowed


def calls(source: str) -> set[str]:
    """The DynamoDB actions of a handler: `table.get_item(...)` needs dynamodb:GetItem."""
    made = set()
    for node in ast.walk(ast.parse(source)):
        function = getattr(node, "func", None)
        if isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "table":
            made.add("dynamodb:" + "".join(part.title() for part in function.attr.split("_")))
    return made


def test_the_outputs_have_their_names(template: dict[str, Any]) -> None:
    assert set(template["Outputs"]) == OUTPUTS


@pytest.mark.parametrize(("name", "module"), HANDLERS.items())
def test_each_role_allows_what_its_handler_calls(
    template: dict[str, Any], name: str, module: str
) -> None:
    source = (PROJECT / "lambda_src" / module / f"{module}.py").read_text()
    assert calls(source)
    assert actions(template, name) == LOGGING | calls(source)


def test_more_or_less_would_be_noticed() -> None:
    assert calls("table.get_item(1)\ntable.query(2)") == {"dynamodb:GetItem", "dynamodb:Query"}


@pytest.mark.parametrize("name", HANDLERS)
def test_only_this_pool_may_invoke(template: dict[str, Any], name: str) -> None:
    permission = template["Resources"][f"{name}Permission"]["Properties"]
    assert permission["Principal"] == "cognito-idp.amazonaws.com"
    assert permission["SourceArn"] == {"GetAtt": "UserPool.Arn"}


@pytest.mark.parametrize("name", HANDLERS)
def test_each_function_has_its_own_log_group_with_a_retention(
    template: dict[str, Any], name: str
) -> None:
    group = template["Resources"][f"{name}LogGroup"]["Properties"]
    assert group["RetentionInDays"]
    assert name in str(group["LogGroupName"])


def test_the_pool_comes_without_triggers(template: dict[str, Any]) -> None:
    assert "LambdaConfig" not in template["Resources"]["UserPool"]["Properties"]


def test_handlers_import_nothing_of_ours_and_only_boto3() -> None:
    for path in (PROJECT / "lambda_src").rglob("*.py"):
        imported = re.findall(r"^(?:from|import) (\w+)", path.read_text(), re.MULTILINE)
        assert set(imported) <= {"boto3", "botocore", "datetime", "json", "logging", "os", "typing"}
