"""Stacks with types that the sandbox does not have, and templates that need SAM's transform."""

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import AGREED, Aws, by_hand, refused, zipped

from cognito_sandbox import Sandbox

KIND = "AWS::Cognito::UserPoolRiskConfigurationAttachment"
UNKNOWN = {"Type": KIND, "Properties": {}}
QUEUE = {"Type": "AWS::SQS::Queue"}
CONFIRM = """
def handler(event, context):
    event["response"]["autoConfirmUser"] = True
    return event
"""


class Stack:
    def __init__(self, aws: Aws, template: dict[str, Any]) -> None:
        self.api, self.name = aws.client("cloudformation"), f"stack-{uuid.uuid4().hex[:8]}"
        self.api.create_stack(
            StackName=self.name,
            TemplateBody=json.dumps(template),
            Capabilities=AGREED,
        )

    def describe(self) -> dict[str, Any]:
        return dict(self.api.describe_stacks(StackName=self.name)["Stacks"][0])

    @property
    def status(self) -> str:
        return str(self.describe()["StackStatus"])

    def outputs(self) -> dict[str, str]:
        return {o["OutputKey"]: o["OutputValue"] for o in self.describe().get("Outputs", [])}

    def reasons(self, resource: str) -> dict[str, str]:
        """By status, what the resource's events say."""
        events = self.api.describe_stack_events(StackName=self.name)["StackEvents"]
        own = (event for event in events if event["LogicalResourceId"] == resource)
        return {event["ResourceStatus"]: event.get("ResourceStatusReason", "") for event in own}


@pytest.fixture(scope="module")
def lenient() -> Iterator[Aws]:
    with Sandbox(skip_unknown_resources=True) as sandbox:
        yield Aws(sandbox.endpoint, sandbox.access_key)


def test_an_unknown_type_fails_its_resource_by_name(aws: Aws) -> None:
    stack = Stack(aws, {"Resources": {"Queue": QUEUE, "Odd": UNKNOWN}})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert KIND in stack.reasons("Odd")["CREATE_FAILED"]
    assert "DELETE_COMPLETE" in stack.reasons("Queue")


def test_an_unknown_type_that_an_output_names_fails_too(aws: Aws) -> None:
    output = {"Value": {"Fn::GetAtt": ["Odd", "Arn"]}}
    stack = Stack(aws, {"Resources": {"Odd": UNKNOWN}, "Outputs": {"Arn": output}})
    assert stack.status == "ROLLBACK_COMPLETE"


def test_skipped_if_asked_for_and_told_in_the_events(lenient: Aws) -> None:
    outputs = {"Odd": {"Value": {"Ref": "Odd"}}}
    stack = Stack(lenient, {"Resources": {"Queue": QUEUE, "Odd": UNKNOWN}, "Outputs": outputs})
    assert stack.status == "CREATE_COMPLETE"
    assert stack.reasons("Odd")["CREATE_COMPLETE"].startswith("Skipped")
    assert stack.reasons("Queue")["CREATE_COMPLETE"] == ""
    assert stack.outputs()["Odd"]
    stack.api.delete_stack(StackName=stack.name)
    with refused("ValidationError"):
        stack.describe()


def test_a_property_that_would_be_ignored_fails_its_resource_by_name(aws: Aws) -> None:
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"DataProtectionPolicy": {}}}
    stack = Stack(aws, {"Resources": {"Group": group}})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "AWS::Logs::LogGroup.DataProtectionPolicy" in stack.reasons("Group")["CREATE_FAILED"]


@pytest.mark.parametrize("kind", ["AWS::CDK::Metadata", "AWS::CloudFormation::WaitConditionHandle"])
def test_what_does_nothing_there_does_nothing_here(aws: Aws, kind: str) -> None:
    resources = {"Nothing": {"Type": kind, "Properties": {"Analytics": "v2:"}}, "Queue": QUEUE}
    stack = Stack(aws, {"Resources": resources})
    assert stack.status == "CREATE_COMPLETE"
    assert stack.reasons("Nothing")["CREATE_COMPLETE"] == ""
    more = {"Other": QUEUE} | resources
    stack.api.update_stack(StackName=stack.name, TemplateBody=json.dumps({"Resources": more}))
    assert stack.status == "UPDATE_COMPLETE"


def sam(aws: Aws, **properties: Any) -> dict[str, Any]:
    """A function that confirms everybody, and its pool, as SAM has them."""
    s3, bucket = aws.client("s3"), f"code-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="code.zip", Body=zipped(index=CONFIRM))
    trigger = {"UserPool": {"Ref": "Pool"}, "Trigger": "PreSignUp"}
    function = {
        "Handler": "index.handler",
        "Runtime": "python3.11",
        "CodeUri": f"s3://{bucket}/code.zip",
        "Policies": ["AWSLambdaBasicExecutionRole"],
        "Events": {"SignUp": {"Type": "Cognito", "Properties": trigger}},
    }
    pool_id = {"UserPoolId": {"Ref": "Pool"}}
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "Confirm": {"Type": "AWS::Serverless::Function", "Properties": function | properties},
            "Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {}},
            "App": {"Type": "AWS::Cognito::UserPoolClient", "Properties": pool_id},
        },
        "Outputs": {"App": {"Value": {"Ref": "App"}}},
    }


def test_sams_function_and_its_cognito_event(aws: Aws) -> None:
    pytest.importorskip("samtranslator")
    stack = Stack(aws, sam(aws))
    assert stack.status == "CREATE_COMPLETE", stack.reasons("Confirm") | stack.reasons(
        "ConfirmRole"
    )
    answer = aws.cognito.sign_up(
        ClientId=stack.outputs()["App"], Username="ann", Password="Correct-horse-1"
    )
    assert answer["UserConfirmed"]


def test_what_sam_refuses_is_told(aws: Aws) -> None:
    pytest.importorskip("samtranslator")
    with refused("ValidationError", "Invalid Serverless Application Specification document..."):
        Stack(aws, sam(aws, CodeUri="not-in-s3"))


def test_without_the_transform_its_types_are_refused_by_name(aws: Aws) -> None:
    template = sam(aws)
    del template["Transform"]
    stack = Stack(aws, template)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "AWS::Serverless::Function" in stack.reasons("Confirm")["CREATE_FAILED"]


def test_without_sams_translator_its_types_are_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is not installed, the sandbox's Python finds no such package."""
    hidden = "import sys\nsys.modules['samtranslator'] = None\n"
    (tmp_path / "sitecustomize.py").write_text(hidden)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with by_hand() as endpoint:
        aws = Aws(endpoint)
        stack = Stack(aws, sam(aws))
        assert stack.status == "ROLLBACK_COMPLETE"
        told = stack.reasons("Confirm")["CREATE_FAILED"]
    assert "AWS::Serverless::Function" in told
    assert "pip install aws-sam-translator" in told
