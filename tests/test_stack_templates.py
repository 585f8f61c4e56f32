"""Templates with a slip, and parameters of the wrong kind: told before anything is made."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from harness import Aws, refused

QUEUE = {"Type": "AWS::SQS::Queue"}
FORMAT = "Template format error: "
UNRESOLVED = "Unresolved resource dependencies [Nope] in the {} block of the template"
OPERATIONS = ["create_stack", "create_change_set"]


def create(aws: Aws, operation: str = "create_stack", **said: Any) -> str:
    name = str(said.pop("StackName", f"stack-{uuid.uuid4().hex[:8]}"))
    more = {"ChangeSetName": "c", "ChangeSetType": "CREATE"} if "change" in operation else {}
    call: Callable[..., Any] = getattr(aws.client("cloudformation"), operation)
    call(StackName=name, **{"TemplateBody": json.dumps({"Resources": {"A": QUEUE}})} | more | said)
    return name


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("slip", "told"),
    [
        ({"Resources": {"A": QUEUE | {"DependsOn": "Nope"}}}, UNRESOLVED.format("Resources")),
        (
            {"Resources": {"A": QUEUE | {"Properties": {"QueueName": {"Ref": "Nope"}}}}},
            UNRESOLVED.format("Resources"),
        ),
        (
            {"Resources": {"A": QUEUE | {"Properties": {"QueueName": {"Fn::Sub": "${Nope.Arn}"}}}}},
            UNRESOLVED.format("Resources"),
        ),
        ({"Outputs": {"O": {"Value": {"Ref": "Nope"}}}}, UNRESOLVED.format("Outputs")),
        (
            {"Resources": {"A": QUEUE | {"Condition": "Nope"}}},
            "Unresolved condition dependency Nope in the Resources block of the template",
        ),
        ({"Parameters": 4}, "[/Parameters] must be an object."),
        ({"Outputs": {"O": 4}}, "[/Outputs/O] Every Outputs member must contain a Value object."),
        ({"Resources": {"A": QUEUE | {"DependsOn": 4}}}, "[/Resources/A/DependsOn] must be a ..."),
        ({"Resources": {"A": QUEUE | {"Properties": 4}}}, "[/Resources/A/Properties] must be ..."),
    ],
)
def test_a_slip_is_told(aws: Aws, operation: str, slip: dict[str, Any], told: str) -> None:
    template = {"Resources": {"A": QUEUE}} | slip
    with refused("ValidationError", FORMAT + told):
        create(aws, operation, TemplateBody=json.dumps(template))


NAMED = "Template error: Mapping named '{}' is not present in the 'Mappings' section of template."


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ({"Fn::If": 5}, "Template error: Fn::If requires a list argument with the first ..."),
        ({"Fn::If": [5, "a", "b"]}, "Template error: Fn::If requires a list argument ..."),
        (
            {"Fn::If": ["Nope", "a", "b"]},
            f"{FORMAT}Unresolved condition dependency Nope in the Resources block of the template",
        ),
        ({"Fn::FindInMap": ["Nope", "a", "b"]}, NAMED.format("Nope")),
        (
            {"Fn::FindInMap": ["Sizes", "a", "Nope"]},
            "Template error: Unable to get mapping for Sizes::a::Nope",
        ),
        ({"Fn::GetAtt": 5}, "Template error: every Fn::GetAtt object requires two non-empty ..."),
        ({"Fn::GetAtt": []}, "Template error: every Fn::GetAtt object requires two non-empty ..."),
        ({"Fn::Join": ["-"]}, "Template error: every Fn::Join object requires two parameters, ..."),
        ({"Fn::Select": 5}, "Template error: Fn::Select requires a list argument with two ..."),
        ({"Fn::Split": 5}, "Template error: every Fn::Split object requires two parameters, ..."),
        ({"Fn::Sub": ["a"]}, "Template error: One or more Fn::Sub intrinsic functions ..."),
        ({"Fn::Base64": 5}, "Template error: every Fn::Base64 object must have a String-typed ..."),
        ({"Ref": 5}, "Template error: every Ref object must have a single String value."),
        ({"Ref": "A"}, "Circular dependency between resources: [A]"),
        (
            {"Fn::FindInMap": ["Sizes"]},
            "Template error: every Fn::FindInMap object requires three parameters, the map ...",
        ),
    ],
)
def test_a_slip_in_what_chooses_a_value_is_told(
    aws: Aws, operation: str, name: dict[str, Any], told: str
) -> None:
    queue = QUEUE | {"Properties": {"QueueName": name}}
    template = {"Mappings": {"Sizes": {"a": {"b": "c"}}}, "Resources": {"A": queue}}
    with refused("ValidationError", told):
        create(aws, operation, TemplateBody=json.dumps(template))


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ({"Fn::Not": 5}, "Template error: every Fn::Not object requires one boolean parameter."),
        ({"Fn::Equals": ["a"]}, "Template error: every Fn::Equals object requires a list of 2 ..."),
        (
            {"Fn::And": ["a"]},
            "Template error: every Fn::And object requires a list of at least ...",
        ),
        ({"Fn::Or": {}}, "Template error: every Fn::Or object requires a list of at least 2 ..."),
        (
            {"Fn::Not": [{"Condition": "Nope"}]},
            f"{FORMAT}Unresolved condition dependency Nope in the Conditions block of the template",
        ),
    ],
)
def test_a_slip_in_a_condition_is_told(aws: Aws, condition: dict[str, Any], told: str) -> None:
    resources = {"A": QUEUE | {"Condition": "C"}}
    with refused("ValidationError", told):
        create(
            aws,
            TemplateBody=json.dumps({"Conditions": {"C": condition}} | {"Resources": resources}),
        )


def test_what_is_there_may_be_referred_to(aws: Aws) -> None:
    name = {"Fn::Sub": ["${P}-${Own}-${AWS::StackName}-${!Kept}", {"Own": {"Ref": "P"}}]}
    chosen = {"Fn::If": ["Yes", {"Fn::FindInMap": ["Waits", {"Ref": "P"}, "s"]}, "1"]}
    queue = QUEUE | {"Properties": {"DelaySeconds": chosen}}
    resources = {"A": QUEUE | {"DependsOn": ["B"], "Condition": "Yes"}, "B": queue}
    template = {
        "Mappings": {"Waits": {"p": {"s": "7"}}},
        "Parameters": {"P": {"Type": "String", "Default": "p"}},
        "Conditions": {"Yes": {"Fn::Equals": [{"Ref": "P"}, "p"]}},
        "Resources": resources,
        "Outputs": {"O": {"Value": name}, "A": {"Value": {"Fn::GetAtt": ["B", "Arn"]}}},
    }
    stack = create(aws, TemplateBody=json.dumps(template))
    (made,) = aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    assert made["StackStatus"] == "CREATE_COMPLETE"


def given(slot: dict[str, Any], value: str) -> dict[str, Any]:
    template = {"Parameters": {"Stage": {"Type": "String"} | slot}, "Resources": {"A": QUEUE}}
    return {
        "TemplateBody": json.dumps(template),
        "Parameters": [{"ParameterKey": "Stage", "ParameterValue": value}],
    }


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("slot", "good", "bad", "told"),
    [
        ({"AllowedValues": ["test", "prod"]}, "test", "dev", "must be one of AllowedValues"),
        ({"AllowedPattern": "[a-z]+"}, "dev", "Dev", "must match pattern [a-z]+"),
        ({"MinLength": 2}, "ab", "a", "must contain at least 2 characters"),
        ({"MaxLength": "2"}, "ab", "abc", "must contain at most 2 characters"),
        ({"Type": "Number"}, "2.5", "x", "must be a number"),
        ({"Type": "Number", "MinValue": 2}, "2", "1", "must be a number not less than 2"),
        ({"Type": "Number", "MaxValue": 2}, "2", "3", "must be a number not greater than 2"),
        (
            {"Type": "CommaDelimitedList", "AllowedValues": ["a"]},
            "a,a",
            "a,b",
            "must be one of ...",
        ),
        (
            {"MinLength": 2, "ConstraintDescription": "be longer"},
            "ab",
            "a",
            "failed to satisfy constraint: be longer",
        ),
    ],
)
def test_a_parameter_is_as_the_template_says(
    aws: Aws, operation: str, slot: dict[str, Any], good: str, bad: str, told: str
) -> None:
    create(aws, operation, **given(slot, good))
    with refused("ValidationError", f"Parameter 'Stage' {told}"):
        create(aws, operation, **given(slot, bad))


@pytest.mark.parametrize("operation", [*OPERATIONS, "update_stack"])
def test_a_parameter_that_the_template_does_not_have(aws: Aws, operation: str) -> None:
    unknown = [{"ParameterKey": "Nope", "ParameterValue": "x"}]
    name = create(aws) if operation == "update_stack" else f"stack-{uuid.uuid4().hex[:8]}"
    with refused("ValidationError", "Parameters: [Nope] do not exist in the template"):
        create(aws, operation, StackName=name, Parameters=unknown)


PARAMETRIC = {"Properties": {"Tags": [{"Key": "color", "Value": {"Ref": "Color"}}]}}
VALUELESS = "Parameters: [Stage, Zone] must have values"


def with_required_parameters() -> dict[str, Any]:
    slots = {"Stage": {}, "Color": {"Default": ""}, "Zone": {}}
    return {
        "Parameters": {name: {"Type": "String"} | slot for name, slot in slots.items()},
        "Resources": {"A": QUEUE},
    }


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_stack_needs_a_value_for_each_parameter(aws: Aws, operation: str) -> None:
    name = f"stack-{uuid.uuid4().hex[:8]}"
    with refused("ValidationError", VALUELESS):
        create(aws, operation, StackName=name, TemplateBody=json.dumps(with_required_parameters()))
    create(aws, operation, StackName=name)  # nothing was left in its way


@pytest.mark.parametrize(
    ("operation", "more"),
    [("update_stack", {}), ("create_change_set", {"ChangeSetType": "UPDATE"})],
)
def test_an_update_needs_a_value_for_each_parameter(
    aws: Aws, operation: str, more: dict[str, str]
) -> None:
    name = create(aws)
    with refused("ValidationError", VALUELESS):
        body = json.dumps(with_required_parameters())
        create(aws, operation, StackName=name, TemplateBody=body, **more)
    (stack,) = aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"


def test_an_update_by_the_template_so_far_needs_the_values_as_well(aws: Aws) -> None:
    values = [{"ParameterKey": key, "ParameterValue": "a"} for key in ("Stage", "Zone")]
    template = with_required_parameters() | {"Resources": {"A": QUEUE | PARAMETRIC}}
    name = create(aws, TemplateBody=json.dumps(template), Parameters=values)
    update = aws.client("cloudformation").update_stack
    with refused("ValidationError", "Parameters: [Zone] must have values"):
        update(StackName=name, UsePreviousTemplate=True, Parameters=values[:1])
    kept = [{"ParameterKey": "Stage", "UsePreviousValue": True}, values[1]]
    changed = [*kept, {"ParameterKey": "Color", "ParameterValue": "red"}]
    update(StackName=name, UsePreviousTemplate=True, Parameters=changed)
    (stack,) = aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "UPDATE_COMPLETE"


def test_an_update_has_the_defaults_where_it_is_told_nothing(aws: Aws) -> None:
    slots = {
        "Size": {"Type": "Number", "Default": 8},
        "Names": {"Type": "CommaDelimitedList", "Default": "a,b"},
    }
    body = json.dumps({"Parameters": slots, "Resources": {"A": QUEUE}})
    name = create(aws, TemplateBody=body)
    cloudformation = aws.client("cloudformation")

    def updated(size: str | None, **more: Any) -> str:
        given: dict[str, Any] = {"ParameterValue": size} if size else {"UsePreviousValue": True}
        values: list[dict[str, Any]] = [{"ParameterKey": "Names", "UsePreviousValue": True}]
        values += [{"ParameterKey": "Size", **given}] if size != "" else []
        cloudformation.update_stack(StackName=name, TemplateBody=body, Parameters=values, **more)
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        shown = {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}
        return str(shown["Size"])

    for same in ("8", "", None):
        with refused("ValidationError", "No updates are to be performed."):
            updated(same)
    assert updated("20") == "20"
    assert updated(None, Tags=[{"Key": "a", "Value": "1"}]) == "20"
    assert updated("") == "8"


@pytest.mark.parametrize("parameters", [{}, {"P": {"Type": "String", "Default": "a"}}])
def test_an_update_that_changes_nothing_is_refused(aws: Aws, parameters: dict[str, Any]) -> None:
    body = json.dumps({"Parameters": parameters, "Resources": {"A": QUEUE}})
    name = create(aws, TemplateBody=body)
    with refused("ValidationError", "No updates are to be performed."):
        aws.client("cloudformation").update_stack(StackName=name, TemplateBody=body)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_names_of_stacks(aws: Aws, operation: str) -> None:
    create(aws, operation, StackName=f"a-{uuid.uuid4().hex}".ljust(128, "x"))
    with refused("ValidationError", "1 validation error detected: Value 'my_stack' at ..."):
        create(aws, operation, StackName="my_stack")
    with refused("ValidationError", "1 validation error detected: Value 'aaa..."):
        create(aws, operation, StackName="a" * 129)


def test_a_reference_to_a_queue_is_the_url_of_create_queue(aws: Aws) -> None:
    outputs = {
        "Url": {"Value": {"Ref": "A"}},
        "Name": {"Value": {"Fn::GetAtt": ["A", "QueueName"]}},
    }
    template = {"Resources": {"A": QUEUE}, "Outputs": outputs}
    cloudformation, sqs = aws.client("cloudformation"), aws.client("sqs")
    name = create(aws, TemplateBody=json.dumps(template))
    (made,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    shown = {each["OutputKey"]: each["OutputValue"] for each in made["Outputs"]}
    assert shown["Url"] == sqs.get_queue_url(QueueName=shown["Name"])["QueueUrl"]
    cloudformation.delete_stack(StackName=name)
    assert shown["Url"] not in sqs.list_queues().get("QueueUrls", [])


def test_a_parameter_that_is_not_to_be_echoed_is_not(aws: Aws) -> None:
    secret = {"Type": "String", "NoEcho": True}
    template = json.dumps({"Parameters": {"Secret": secret}, "Resources": {"A": QUEUE}})
    hush = [{"ParameterKey": "Secret", "ParameterValue": "horse-battery"}]
    name = create(aws, TemplateBody=template, Parameters=hush)
    (made,) = aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    assert made["Parameters"] == [{"ParameterKey": "Secret", "ParameterValue": "****"}]


@pytest.mark.parametrize(
    "slip",
    [
        {"Resources": {"A": QUEUE | {"Condition": ["x"]}}},
        {"Resources": {"A": QUEUE}, "Parameters": {"P": {"Type": "String", "MinLength": "x"}}},
        {"Resources": {"A": QUEUE}, "Parameters": {"P": {"Type": "String", "AllowedValues": 4}}},
        {"Resources": {"A": QUEUE}, "Conditions": {"C": 4}},
        {"Resources": {"A": QUEUE}, "Mappings": {"M": 4}},
    ],
)
def test_what_has_another_form_is_no_failure_of_the_server(aws: Aws, slip: dict[str, Any]) -> None:
    given = [{"ParameterKey": "P", "ParameterValue": "a"}] if "Parameters" in slip else []
    with refused("ValidationError", "Template format error: ..."):
        create(aws, TemplateBody=json.dumps(slip), Parameters=given)
