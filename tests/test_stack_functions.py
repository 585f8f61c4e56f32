"""Functions, versions, aliases and layers in CloudFormation: each property has its effect."""

import json
import uuid
from typing import Any

import pytest
from harness import AGREED, Aws, zipped
from test_cloudformation import CODE, ROLE
from test_unknown_types import Stack, sam

from cognito_sandbox.lambdas import settings

QUEUE = {"Type": "AWS::SQS::Queue"}
GIVEN: dict[str, Any] = {  # each of the properties, and what GetFunctionConfiguration shows
    "Architectures": ["arm64"],
    "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"},
    "Description": "what it does",
    "Environment": {"Variables": {"STAGE": "test"}},
    "EphemeralStorage": {"Size": 1024},
    "Handler": "index.handler",
    "LoggingConfig": {"LogFormat": "JSON", "LogGroup": "/own"},
    "MemorySize": 256,
    "Runtime": "python3.11",
    "Timeout": 7,
}
ELSEWHERE = {  # shown by other calls, or no properties of a template
    *("Code", "FunctionName", "Layers", "PackageType", "Publish", "ReservedConcurrentExecutions"),
    *("RevisionId", "Role", "Tags"),
}


def function(**properties: Any) -> dict[str, Any]:
    given = {
        "Code": {"ZipFile": CODE.format("text")},
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Runtime": "python3.11",
    }
    return {"Type": "AWS::Lambda::Function", "Properties": given | properties}


def with_function(resources: dict[str, Any], *outputs: str, **properties: Any) -> dict[str, Any]:
    """`outputs` are what is referred to: `Name`, or `Name.Attribute`."""
    made = {"Role": ROLE, "Function": function(**properties)} | resources
    shown = {
        each.replace(".", ""): {
            "Value": {"Fn::GetAtt": each.split(".")} if "." in each else {"Ref": each}
        }
        for each in ("Function", *outputs)
    }
    return {"Resources": made, "Outputs": shown}


def made(aws: Aws, template: dict[str, Any]) -> Stack:
    stack = Stack(aws, template)
    failed = [stack.reasons(name).get("CREATE_FAILED") for name in template["Resources"]]
    assert stack.status == "CREATE_COMPLETE", failed
    return stack


def layer(aws: Aws, **files: str) -> dict[str, str]:
    bucket = f"code-{uuid.uuid4().hex[:8]}"
    aws.client("s3").create_bucket(Bucket=bucket)
    aws.client("s3").put_object(Bucket=bucket, Key="layer.zip", Body=zipped(**files))
    return {"S3Bucket": bucket, "S3Key": "layer.zip"}


def test_each_property_that_lambda_takes_is_tried_here() -> None:
    assert set(GIVEN) | ELSEWHERE == settings.EFFECTIVE


def with_all_given(aws: Aws) -> dict[str, Any]:
    """With the dead letters that are named, and a role that may send there."""
    aws.client("sqs").create_queue(QueueName="dead")
    template = with_function({}, **GIVEN)
    allowed = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": allowed}
    own: Any = {"Policies": [{"PolicyName": "letters", "PolicyDocument": document}]}
    template["Resources"]["Role"] = ROLE | {"Properties": own | ROLE["Properties"]}
    return template


def test_each_property_has_its_effect_at_create(aws: Aws) -> None:
    stack = made(aws, with_all_given(aws))
    shown = aws.lambdas.get_function_configuration(FunctionName=stack.outputs()["Function"])
    assert {name: shown.get(name) for name in GIVEN} == GIVEN


def test_an_update_sets_and_takes_back_each_property(aws: Aws) -> None:
    stack = made(aws, with_function({}))
    name = stack.outputs()["Function"]
    before = aws.lambdas.get_function_configuration(FunctionName=name)
    stack.api.update_stack(
        StackName=stack.name, Capabilities=AGREED, TemplateBody=json.dumps(with_all_given(aws))
    )
    shown = aws.lambdas.get_function_configuration(FunctionName=name)
    assert {name: shown.get(name) for name in GIVEN} == GIVEN
    stack.api.update_stack(
        StackName=stack.name, Capabilities=AGREED, TemplateBody=json.dumps(with_function({}))
    )
    shown = aws.lambdas.get_function_configuration(FunctionName=name)
    assert {name: shown.get(name) for name in GIVEN} == {name: before.get(name) for name in GIVEN}


def test_tags_concurrency_and_numbers_written_as_text(aws: Aws) -> None:
    tags = [{"Key": "team", "Value": "blue"}]
    more = {"Tags": tags, "ReservedConcurrentExecutions": "2", "Timeout": "9"}
    stack = made(aws, with_function({}, **more))
    shown = aws.lambdas.get_function(FunctionName=stack.outputs()["Function"])
    assert (shown["Tags"], shown["Configuration"]["Timeout"]) == ({"team": "blue"}, 9)
    assert shown["Concurrency"] == {"ReservedConcurrentExecutions": 2}


def test_sams_dead_letter_queue(aws: Aws) -> None:
    pytest.importorskip("samtranslator")
    target = {"Fn::GetAtt": ["Dead", "Arn"]}
    template = sam(aws, DeadLetterQueue={"Type": "SQS", "TargetArn": target})
    template["Resources"]["Dead"] = QUEUE
    template["Outputs"] = {"Function": {"Value": {"Ref": "Confirm"}}}
    stack = made(aws, template)
    shown = aws.lambdas.get_function_configuration(FunctionName=stack.outputs()["Function"])
    assert ":sqs:" in shown["DeadLetterConfig"]["TargetArn"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"Layers": ["arn:aws:lambda:us-east-1:123456789012:layer:none:1"]},
        {"EphemeralStorage": {"Size": 20_000}},
        {"Timeout": "901"},
        {"Code": [4]},
        {"Role": None},
    ],
)
def test_a_function_that_cannot_be_made_is_told_of_and_gone(
    aws: Aws, wrong: dict[str, Any]
) -> None:
    name = f"function-{uuid.uuid4().hex[:8]}"
    template = with_function({}, FunctionName=name, **wrong)
    template["Resources"]["Function"]["Properties"] = {
        key: each for key, each in template["Resources"]["Function"]["Properties"].items() if each
    }
    stack = Stack(aws, template)
    assert stack.status == "ROLLBACK_COMPLETE"
    told = stack.reasons("Function")["CREATE_FAILED"]
    assert next(iter(wrong)).lower()[:5] in told.lower()
    assert not {"KeyError", "TypeError", "AttributeError"} & set(told.strip(")").split("("))
    pages = aws.lambdas.get_paginator("list_functions").paginate()
    assert name not in [each["FunctionName"] for page in pages for each in page["Functions"]]


def test_a_version_and_an_alias(aws: Aws) -> None:
    version = {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Function"}}}
    number = {"Fn::GetAtt": ["Ver", "Version"]}
    named = {"FunctionName": {"Ref": "Function"}, "FunctionVersion": number, "Name": "live"}
    live = {"Type": "AWS::Lambda::Alias", "Properties": named}
    wanted = "Ver", "Ver.Version", "Ver.FunctionArn", "Live", "Live.AliasArn"
    stack = made(aws, with_function({"Ver": version, "Live": live}, *wanted))
    shown = stack.outputs()
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{shown['Function']}"
    assert (shown["Ver"], shown["VerVersion"], shown["VerFunctionArn"]) == (
        f"{arn}:1",
        "1",
        f"{arn}:1",
    )
    assert (shown["Live"], shown["LiveAliasArn"]) == (f"{arn}:live", f"{arn}:live")
    assert json.load(aws.lambdas.invoke(FunctionName=shown["Live"])["Payload"]) == "text"
    stack.api.update_stack(
        StackName=stack.name, Capabilities=AGREED, TemplateBody=json.dumps(with_function({}))
    )
    assert stack.status == "UPDATE_COMPLETE"
    assert not aws.lambdas.list_aliases(FunctionName=shown["Function"])["Aliases"]
    versions = aws.lambdas.list_versions_by_function(FunctionName=shown["Function"])["Versions"]
    assert [each["Version"] for each in versions] == ["$LATEST"]


def test_a_stack_with_a_version_lists_it_by_its_arn(aws: Aws) -> None:
    name = aws.echo().name
    version = {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": name}}
    stack = made(aws, {"Resources": {"Ver": version}})
    (listed,) = stack.api.describe_stack_resources(StackName=stack.name)["StackResources"]
    assert listed["PhysicalResourceId"].endswith(f"{name}:1")


def test_a_layer_is_used_and_removed(aws: Aws) -> None:
    content = layer(aws, **{"python/words": "HELLO = 'from the layer'\n"})
    words = {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": content}}
    code = {"ZipFile": "import words\ndef handler(event, context):\n    return words.HELLO\n"}
    template = with_function({"L": words}, "L", Code=code, Layers=[{"Ref": "L"}])
    stack = made(aws, template)
    shown = stack.outputs()
    answer = aws.lambdas.invoke(FunctionName=shown["Function"])["Payload"]
    assert json.load(answer) == "from the layer"
    stack.api.delete_stack(StackName=stack.name)
    layer_name = shown["L"].split(":")[-2]
    assert not aws.lambdas.list_layer_versions(LayerName=layer_name)["LayerVersions"]


def test_sams_auto_publish_alias(aws: Aws) -> None:
    pytest.importorskip("samtranslator")
    template = sam(aws, AutoPublishAlias="live")
    template["Outputs"] = {"Live": {"Value": {"Ref": "Confirm.Alias"}}}
    stack = made(aws, template)
    event: dict[str, Any] = {"response": {}}
    answer = aws.lambdas.invoke(
        FunctionName=stack.outputs()["Live"], Payload=json.dumps(event).encode()
    )
    assert json.load(answer["Payload"])["response"]["autoConfirmUser"]


@pytest.mark.parametrize("kind", ["Version", "Alias"])
def test_what_is_not_here_of_a_version_is_refused_by_name(aws: Aws, kind: str) -> None:
    given = {"ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 1}}
    stack = Stack(
        aws, {"Resources": {"Made": {"Type": f"AWS::Lambda::{kind}", "Properties": given}}}
    )
    assert "ProvisionedConcurrencyConfig" in stack.reasons("Made")["CREATE_FAILED"]
