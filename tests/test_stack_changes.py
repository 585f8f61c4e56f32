"""What an update changes: each resource whose values are others now, however they come about."""

import json
import uuid
from typing import Any

import pytest
from harness import Aws

PARAMETERS = {"Stage": {"Type": "String", "Default": "dev"}}
MAPPINGS = {"Names": {"dev": {"Pool": "people-dev"}, "prod": {"Pool": "people-prod"}}}
CONDITIONS = {
    "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
    "IsOther": {"Fn::Not": [{"Condition": "IsProd"}]},
}
NAMES: dict[str, Any] = {
    "a reference": {"Ref": "Stage"},
    "a text": {"Fn::Sub": "people-${Stage}"},
    "a text with values": {"Fn::Sub": ["people-${Own}", {"Own": {"Ref": "Stage"}}]},
    "a joined text": {"Fn::Join": ["-", ["people", {"Ref": "Stage"}]]},
    "a condition": {"Fn::If": ["IsProd", "people-prod", "people-dev"]},
    "a condition's condition": {"Fn::If": ["IsOther", "people-dev", "people-prod"]},
    "a mapping": {"Fn::FindInMap": ["Names", {"Ref": "Stage"}, "Pool"]},
}


def template(name: Any, **more: Any) -> str:
    pool = {"Type": "AWS::Cognito::UserPool", "Properties": {"UserPoolName": name}}
    return json.dumps(
        {
            "Parameters": PARAMETERS,
            "Mappings": MAPPINGS,
            "Conditions": CONDITIONS,
            "Resources": {"Pool": pool} | more.pop("resources", {}),
            **more,
        }
    )


class Stack:
    def __init__(self, aws: Aws, body: str) -> None:
        self.aws, self.api = aws, aws.client("cloudformation")
        self.name = f"stack-{uuid.uuid4().hex[:8]}"
        self.api.create_stack(StackName=self.name, TemplateBody=body)

    def update(self, body: str, stage: str = "dev") -> str:
        value: Any = {"ParameterKey": "Stage", "ParameterValue": stage}
        self.api.update_stack(StackName=self.name, TemplateBody=body, Parameters=[value])
        (stack,) = self.api.describe_stacks(StackName=self.name)["Stacks"]
        return str(stack["StackStatus"])

    def resources(self) -> dict[str, str]:
        found = self.api.describe_stack_resources(StackName=self.name)["StackResources"]
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}

    def pool_name(self) -> str:
        pool = self.aws.cognito.describe_user_pool(UserPoolId=self.resources()["Pool"])
        return str(pool["UserPool"]["Name"])


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_another_parameter_reaches_it(aws: Aws, name: Any) -> None:
    stack = Stack(aws, template(name))
    before = stack.resources()
    assert stack.pool_name().endswith("dev")
    assert stack.update(template(name), "prod") == "UPDATE_COMPLETE"
    assert stack.pool_name().endswith("prod")
    assert stack.resources() == before


def test_another_mapping_and_another_condition_reach_it(aws: Aws) -> None:
    mapped, chosen = NAMES["a mapping"], NAMES["a condition"]
    stack = Stack(aws, template(mapped))
    stack.update(template(mapped, Mappings={"Names": {"dev": {"Pool": "others"}}}))
    assert stack.pool_name() == "others"
    stack.update(template(chosen))
    assert stack.pool_name() == "people-dev"
    always = {"IsProd": {"Fn::Equals": ["a", "a"]}}
    stack.update(template(chosen, Conditions=always))
    assert stack.pool_name() == "people-prod"


def test_what_has_failed_is_as_it_was_before(aws: Aws) -> None:
    name = NAMES["a text"]
    stack = Stack(aws, template(name))
    broken = {"Odd": {"Type": "AWS::Nothing::Odd"}}
    assert stack.update(template(name, resources=broken), "prod") == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.pool_name() == "people-dev"


def test_a_resource_comes_and_goes_with_its_condition(aws: Aws) -> None:
    queue = {"Queue": {"Type": "AWS::SQS::Queue", "Condition": "IsProd"}}
    body = template("people", resources=queue)
    stack = Stack(aws, body)
    seen = [stack.resources().keys()]
    for stage in ("prod", "dev"):
        assert stack.update(body, stage) == "UPDATE_COMPLETE"
        seen.append(stack.resources().keys())
    assert seen == [{"Pool"}, {"Pool", "Queue"}, {"Pool"}]


def test_what_was_never_made_has_no_type_to_keep(aws: Aws) -> None:
    left_out = {"X": {"Type": "AWS::SNS::Topic", "Condition": "IsProd"}}
    stack = Stack(aws, template("people", resources=left_out))
    broken = {"Odd": {"Type": "AWS::Nothing::Odd", "DependsOn": "X"}}
    queue = {"X": {"Type": "AWS::SQS::Queue"}}
    failed = stack.update(template("people", resources=queue | broken))
    assert failed == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.resources().keys() == {"Pool"}
    assert stack.update(template("people", resources=queue)) == "UPDATE_COMPLETE"
    assert stack.resources()["X"].startswith("http")  # as a queue is named


def test_what_refers_to_a_new_resource_is_told_its_name(aws: Aws) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "q-${Stage}"}}}
    body = template({"Fn::GetAtt": ["Queue", "QueueName"]}, resources={"Queue": queue})
    stack = Stack(aws, body)
    assert stack.pool_name() == "q-dev"
    assert stack.update(body, "prod") == "UPDATE_COMPLETE"
    assert stack.pool_name() == "q-prod"


def test_a_resource_is_of_one_type_for_good(aws: Aws) -> None:
    stack = Stack(aws, template("people"))
    before = stack.resources()
    for kind in ("AWS::SQS::Queue", "AWS::Cognito::Nothing"):
        other = {"Parameters": PARAMETERS, "Resources": {"Pool": {"Type": kind}}}
        assert stack.update(json.dumps(other)) == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.resources() == before
    assert stack.pool_name() == "people"
