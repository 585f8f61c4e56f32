"""The template: its outputs, and roles that allow what the handlers do and nothing else."""

import ast
import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from harness import AGREED, Aws, Function, zipped

from helpers.events import sample

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
    return dict(yaml.load((PROJECT / "template.yaml").read_text(), Loader))


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
    for path in (PROJECT / "lambda_src").glob("*/*.py"):
        imported = re.findall(r"^(?:from|import) (\w+)", path.read_text(), re.MULTILINE)
        assert set(imported) <= {"boto3", "botocore", "datetime", "json", "logging", "os", "typing"}


EVENTS = {
    "AutoConfirm": "PreSignUp_SignUp",
    "MigrateUser": "UserMigration_Authentication",
    "ActivityLog": "PostAuthentication_Authentication",
}
RECORD = {"UserEmail": "test_email_1@example.com", "UserName": "test_user_1"}


@pytest.fixture(scope="module")
def deployed(aws: Aws) -> Iterator[dict[str, Any]]:
    """The template, as it stands but for the code, which it names by folder."""
    name = f"roles-{uuid.uuid4().hex[:8]}"
    body = (PROJECT / "template.yaml").read_text()
    aws.client("s3").create_bucket(Bucket=name)
    for module in HANDLERS.values():
        source = (PROJECT / "lambda_src" / module / f"{module}.py").read_text()
        aws.client("s3").put_object(Bucket=name, Key=module, Body=zipped(**{module: source}))
        code = f"Code: {{S3Bucket: {name}, S3Key: {module}}}"
        body = body.replace(f"Code: lambda_src/{module}", code)
    stacks = aws.client("cloudformation")
    stacks.create_stack(StackName=name, Capabilities=AGREED, TemplateBody=body)
    outputs = stacks.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    yield {each["OutputKey"]: each["OutputValue"] for each in outputs}
    stacks.delete_stack(StackName=name)


def works(aws: Aws, function: Function, table: str) -> bool:
    """Did the handler do what it is for, and leave a log of it?"""
    (name,) = [each for each in EVENTS if function.name.endswith(each)]
    item = {key: {"S": value} for key, value in RECORD.items()}
    aws.client("dynamodb").put_item(TableName=table, Item=item)
    lines = len(function.log())
    returned = function.result(sample(EVENTS[name]))
    row = aws.client("dynamodb").get_item(
        TableName=table, Key={"UserEmail": {"S": RECORD["UserEmail"]}}
    )["Item"]
    response = returned.get("response", {})
    done = {
        "AutoConfirm": bool(response.get("autoConfirmUser")),
        "MigrateUser": response.get("finalUserStatus") == "RESET_REQUIRED",
        "ActivityLog": "LastLogin" in row,
    }
    return done[name] and len(function.log()) > lines


@pytest.mark.parametrize("name", HANDLERS)
def test_each_handler_works_with_its_role_and_fails_without_any_of_its_actions(
    aws: Aws, template: dict[str, Any], deployed: dict[str, Any], name: str
) -> None:
    iam, function = aws.client("iam"), Function(aws, deployed[f"{name}Function"], "")
    found = aws.lambdas.get_function(FunctionName=function.name)["Configuration"]
    role = found["Role"].rpartition("/")[2]
    (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    assert works(aws, function, deployed["TableName"])
    for action in actions(template, name):
        iam.put_role_policy(
            RoleName=role, PolicyName=policy, PolicyDocument=without(document, action)
        )
        new_environment(aws, function)
        assert not works(aws, function, deployed["TableName"]), action
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))
    new_environment(aws, function)
    assert works(aws, function, deployed["TableName"])


def without(document: dict[str, Any], action: str) -> str:
    """The policy document, with another action in this one's place."""
    return json.dumps(document).replace(f'"{action}"', '"none:Nothing"')


def new_environment(aws: Aws, function: Function) -> None:
    """A log stream is made once an environment."""
    aws.lambdas.update_function_configuration(
        FunctionName=function.name, Description=str(uuid.uuid4())
    )
    function.wait()
