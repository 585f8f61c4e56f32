"""Slips in a template that only its values show, and what AWS fills in: told in plain words."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from harness import AGREED, Aws, refused

QUEUE = {"Type": "AWS::SQS::Queue"}
MAP = {
    "Mappings": {"Sizes": {"a": {"b": "c"}}},
    "Parameters": {"P": {"Type": "String", "Default": "nope"}},
}
TRUST = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}
TABLE = {
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}


class Stack:
    def __init__(self, aws: Aws) -> None:
        self.api, self.name = aws.client("cloudformation"), f"stack-{uuid.uuid4().hex[:8]}"

    def create(self, template: dict[str, Any]) -> None:
        self.api.create_stack(
            StackName=self.name, Capabilities=AGREED, TemplateBody=json.dumps(template)
        )

    def told(self) -> tuple[str, list[str]]:
        """Its status, and why something failed."""
        events = self.api.describe_stack_events(StackName=self.name)["StackEvents"]
        (stack,) = self.api.describe_stacks(StackName=self.name)["Stacks"]
        failed = ("CREATE_FAILED", "ROLLBACK_IN_PROGRESS")
        reasons = [e["ResourceStatusReason"] for e in events if e["ResourceStatus"] in failed]
        return str(stack["StackStatus"]), reasons

    def outputs(self) -> dict[str, str]:
        (stack,) = self.api.describe_stacks(StackName=self.name)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}


@pytest.fixture
def stack(aws: Aws) -> Iterator[Stack]:
    made = Stack(aws)
    yield made
    made.api.delete_stack(StackName=made.name)


def named(name: Any) -> dict[str, Any]:
    return {"Resources": {"A": QUEUE | {"Properties": {"QueueName": name}}}}


def told_by(value: Any) -> dict[str, Any]:
    return {"Resources": {"A": QUEUE}, "Outputs": {"O": {"Value": value}}}


def if_equal(value: Any) -> dict[str, Any]:
    wanted = {"C": {"Fn::Equals": [value, "c"]}}
    return {"Conditions": wanted, "Resources": {"A": QUEUE | {"Condition": "C"}, "B": QUEUE}}


@pytest.mark.parametrize("place", [named, told_by, if_equal])
@pytest.mark.parametrize(
    ("path", "told"),
    [
        (["Sizes", {"Ref": "P"}, "b"], "Unable to get mapping for Sizes::nope::b"),
        (["Sizes", "a", {"Ref": "P"}], "Unable to get mapping for Sizes::a::nope"),
        (["Sizes", {"Ref": "AWS::Region"}, "b"], "Unable to get mapping for Sizes::us-east-1::b"),
        (
            [{"Ref": "P"}, "a", "b"],
            "Mapping named 'nope' is not present in the 'Mappings' section of template.",
        ),
    ],
)
def test_a_map_without_the_key_that_is_referred_to(
    stack: Stack, place: Any, path: list[Any], told: str
) -> None:
    with refused("ValidationError", f"Template error: {told}"):
        stack.create(MAP | place({"Fn::FindInMap": path}))


@pytest.mark.parametrize("place", [named, told_by])
@pytest.mark.parametrize(
    ("value", "told"),
    [
        (
            {"Fn::FindInMap": ["Sizes", {"Fn::Select": [0, ["zz"]]}, "b"]},
            "Unable to get mapping for Sizes::zz::b",
        ),
        ({"Fn::Select": ["2", ["a", "b"]]}, "Fn::Select cannot select nonexistent value at ..."),
        ({"Fn::Select": ["-1", ["a"]]}, "Fn::Select cannot select nonexistent value at index -1"),
    ],
)
def test_a_choice_of_what_is_not_there_fails_the_stack(
    stack: Stack, place: Any, value: Any, told: str
) -> None:
    stack.create(MAP | place(value))
    status, reasons = stack.told()
    assert status == "ROLLBACK_COMPLETE"
    assert any(f"Template error: {told.removesuffix('...')}" in reason for reason in reasons)


def test_what_is_chosen_by_a_reference(stack: Stack) -> None:
    slots = {"Map": {"Default": "Sizes"}, "Key": {"Default": "a"}, "Index": {"Default": "1"}}
    parameters = {name: {"Type": "String"} | slot for name, slot in slots.items()}
    mapped = {"Fn::FindInMap": [{"Ref": "Map"}, {"Ref": "Key"}, "b"]}
    values = {
        "Mapped": mapped,
        "Selected": {"Fn::Select": [{"Ref": "Index"}, ["x", mapped]]},
        "Zone": {"Fn::Select": [0, {"Fn::GetAZs": {"Ref": "AWS::Region"}}]},
    }
    outputs = {name: {"Value": value} for name, value in values.items()}
    resources = {"Resources": {"A": QUEUE}, "Outputs": outputs}
    stack.create({"Mappings": MAP["Mappings"], "Parameters": parameters} | resources)
    assert stack.outputs() == {"Mapped": "c", "Selected": "c", "Zone": "us-east-1a"}


UNSUPPORTED = "Template error: Encountered unsupported function: Fn::Nope Supported functions ..."
NOT_BOOLEAN = (
    "Template format error: Conditions can only be boolean operations on parameters and other "
    "conditions"
)


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ({"Fn::Nope": ["a"]}, UNSUPPORTED),
        ({"Fn::Not": [{"Fn::Nope": ["a"]}]}, UNSUPPORTED),
        ({"Fn::Equals": ["a", {"Fn::Nope": ["a"]}]}, UNSUPPORTED),
        ({"Ref": "AWS::Region"}, NOT_BOOLEAN),
        ({"Fn::Not": [{"Ref": "AWS::Region"}]}, NOT_BOOLEAN),
        ({"Fn::And": ["true", "false"]}, NOT_BOOLEAN),
        ({"a": 1, "b": 2}, NOT_BOOLEAN),
    ],
)
def test_a_condition_is_not_false_because_it_is_none(
    stack: Stack, condition: dict[str, Any], told: str
) -> None:
    resources = {"A": QUEUE | {"Condition": "C"}, "B": QUEUE}
    with refused("ValidationError", told):
        stack.create({"Conditions": {"C": condition}, "Resources": resources})


@pytest.mark.parametrize(
    ("function", "told"),
    [("Fn::Nope", UNSUPPORTED), ("Fn::Cidr", "The sandbox does not have Fn::Cidr...")],
)
def test_a_function_that_is_none_gives_no_value(stack: Stack, function: str, told: str) -> None:
    with refused("ValidationError", told):
        stack.create(named({function: ["a"]}))


@pytest.mark.parametrize(
    ("kind", "properties", "told"),
    [
        ("SQS::Queue", {"Tags": "x"}, "#/Tags: expected type: JSONArray, found: String"),
        ("SQS::Queue", {"Tags": ["x"]}, "#/Tags/0: expected type: JSONObject, found: String"),
        ("SNS::Topic", {"Tags": [{"Key": "a"}]}, "#/Tags/0: required key [Value] not found"),
        (
            "SNS::Topic",
            {"Subscription": ["x"]},
            "#/Subscription/0: expected type: JSONObject, found: String",
        ),
        (
            "DynamoDB::Table",
            TABLE | {"KeySchema": ["id"]},
            "#/KeySchema/0: expected type: JSONObject, found: String",
        ),
        (
            "DynamoDB::Table",
            TABLE | {"StreamSpecification": "x"},
            "#/StreamSpecification: expected type: JSONObject, found: String",
        ),
        (
            "IAM::Role",
            TRUST | {"Policies": [{"PolicyName": "a"}]},
            "#/Policies/0: required key [PolicyDocument] not found",
        ),
        (
            "S3::Bucket",
            {"NotificationConfiguration": {"LambdaConfigurations": [3]}},
            "#/NotificationConfiguration/LambdaConfigurations/0: expected type: JSONObject, found: "
            "Number",
        ),
        (
            "Logs::LogGroup",
            {"RetentionInDays": "long"},
            "#/RetentionInDays: expected type: Number, found: String",
        ),
        (
            "Logs::LogGroup",
            {"RetentionInDays": 8},
            "#/RetentionInDays: 8 is not a valid enum value",
        ),
        (
            "DynamoDB::Table",
            TABLE | {"BillingMode": "NEVER"},
            "#/BillingMode: NEVER is not a valid enum value",
        ),
        (
            "DynamoDB::Table",
            TABLE | {"KeySchema": [{"AttributeName": "id", "KeyType": "HUSH"}]},
            "#/KeySchema/0/KeyType: HUSH is not a valid enum value",
        ),
        (
            "DynamoDB::Table",
            TABLE | {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "X"}]},
            "#/AttributeDefinitions/0/AttributeType: X is not a valid enum value",
        ),
        (
            "DynamoDB::Table",
            TABLE | {"StreamSpecification": {"StreamViewType": "NEWEST"}},
            "#/StreamSpecification/StreamViewType: NEWEST is not a valid enum value",
        ),
        (
            "Events::Rule",
            {"ScheduleExpression": "rate(1 day)", "Targets": [True]},
            "#/Targets/0: expected type: JSONObject, found: Boolean",
        ),
    ],
)
def test_a_property_has_its_form(
    stack: Stack, kind: str, properties: dict[str, Any], told: str
) -> None:
    stack.create({"Resources": {"A": {"Type": f"AWS::{kind}", "Properties": properties}}})
    status, reasons = stack.told()
    words = f"Properties validation failed for resource A with message: [{told}]"
    assert status == "ROLLBACK_COMPLETE"
    assert any(words in reason for reason in reasons), reasons


def test_numbers_and_texts_stand_for_one_another(stack: Stack) -> None:
    resources = {
        "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": "7"}},
        "Queue": QUEUE | {"Properties": {"Tags": [{"Key": "year", "Value": 2026}]}},
    }
    stack.create({"Resources": resources})
    assert stack.told() == ("CREATE_COMPLETE", [])


def test_a_key_has_the_usual_policy_and_a_parameter_some_name(aws: Aws, stack: Stack) -> None:
    value = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "one"}}
    resources = {"Key": {"Type": "AWS::KMS::Key"}, "Value": value}
    outputs = {name: {"Value": {"Ref": name}} for name in resources}
    stack.create({"Resources": resources, "Outputs": outputs})
    made, parameters = stack.outputs(), aws.client("ssm")
    policy = aws.client("kms").get_key_policy(KeyId=made["Key"], PolicyName="default")["Policy"]
    assert ":root" in policy
    assert parameters.get_parameter(Name=made["Value"])["Parameter"]["Value"] == "one"
    resources["Value"] = value | {"Properties": {"Type": "String", "Value": "two"}}
    changed = json.dumps({"Resources": resources, "Outputs": outputs})
    stack.api.update_stack(StackName=stack.name, Capabilities=AGREED, TemplateBody=changed)
    assert stack.outputs() == made
    assert parameters.get_parameter(Name=made["Value"])["Parameter"]["Value"] == "two"


ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
LAMBDA = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:*"}


@pytest.mark.parametrize(
    "properties",
    [
        {"AssumeRolePolicyDocument": {"Version": "2012-10-18", "Statement": [LAMBDA]}},
        {"AssumeRolePolicyDocument": {"Statement": [LAMBDA | {"Effect": "Alow"}]}},
        {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [LAMBDA]},
            "Policies": [
                {
                    "PolicyName": "a",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [ANYTHING | {"Effect": "Alow"}],
                    },
                }
            ],
        },
    ],
)
def test_a_roles_documents_are_policies(aws: Aws, stack: Stack, properties: dict[str, Any]) -> None:
    name = f"role-{stack.name}"
    role = {"Type": "AWS::IAM::Role", "Properties": properties | {"RoleName": name}}
    stack.create({"Resources": {"A": role}})
    status, reasons = stack.told()
    assert status == "ROLLBACK_COMPLETE"
    assert any("(MalformedPolicyDocument)" in reason for reason in reasons), reasons
    with refused("NoSuchEntity"):
        aws.client("iam").get_role(RoleName=name)


def test_a_permission_is_what_add_permission_takes(aws: Aws, stack: Stack) -> None:
    function = aws.echo().name
    properties = {"Action": "invoke", "FunctionName": function, "Principal": "s3.amazonaws.com"}
    stack.create(
        {"Resources": {"A": {"Type": "AWS::Lambda::Permission", "Properties": properties}}}
    )
    status, reasons = stack.told()
    assert status == "ROLLBACK_COMPLETE"
    assert any("'invoke' at 'action' failed to satisfy" in reason for reason in reasons), reasons


def test_a_mapping_is_what_create_event_source_mapping_takes(aws: Aws, stack: Stack) -> None:
    function = aws.echo().name
    aws.client("sqs").create_queue(QueueName=stack.name)
    properties = {
        "EventSourceArn": f"arn:aws:sqs:us-east-1:123456789012:{stack.name}",
        "FunctionName": function,
        "FunctionResponseTypes": ["Report"],
    }
    mapping = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": properties}
    stack.create({"Resources": {"A": mapping}})
    status, reasons = stack.told()
    assert status == "ROLLBACK_COMPLETE"
    assert any("[ReportBatchItemFailures]" in reason for reason in reasons), reasons


ROLE: dict[str, Any] = {
    "Type": "AWS::IAM::Role",
    "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
}
NAMED = ROLE | {"Properties": ROLE["Properties"] | {"RoleName": "of-my-own"}}


@pytest.mark.parametrize(
    ("resource", "agreed", "wanted"),
    [
        (ROLE, [], "CAPABILITY_IAM"),
        (NAMED, [], "CAPABILITY_NAMED_IAM"),
        (NAMED, ["CAPABILITY_IAM"], "CAPABILITY_NAMED_IAM"),
    ],
)
def test_who_makes_roles_must_agree_to_it(
    stack: Stack, resource: dict[str, Any], agreed: list[str], wanted: str
) -> None:
    asked = {
        "StackName": stack.name,
        "TemplateBody": json.dumps({"Resources": {"Role": resource}}),
        "Capabilities": agreed,
    }
    told = f"Requires capabilities : [{wanted}]"
    with refused("InsufficientCapabilitiesException", told):
        stack.api.create_stack(**asked)
    with refused("InsufficientCapabilitiesException", told):
        stack.api.create_change_set(**asked, ChangeSetName="change", ChangeSetType="CREATE")


def test_a_macro_is_agreed_to_where_its_changes_were_not_seen(stack: Stack) -> None:
    body = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Queue": QUEUE}}
    asked = {"StackName": stack.name, "TemplateBody": json.dumps(body)}
    with refused(
        "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_AUTO_EXPAND]"
    ):
        stack.api.create_stack(**asked)
    stack.api.create_change_set(**asked, ChangeSetName="change", ChangeSetType="CREATE")
