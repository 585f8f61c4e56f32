"""Change sets: one without changes is FAILED, in AWS's words, and each is executed once."""

import json
import uuid
from typing import Any

import pytest
from harness import Aws, refused

UNCHANGED = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)
POOL = {
    "Parameters": {
        "Name": {"Type": "String"},
        "Length": {"Type": "Number", "Default": 8},
    },
    "Resources": {
        "Pool": {
            "Type": "AWS::Cognito::UserPool",
            "Properties": {
                "UserPoolName": {"Ref": "Name"},
                "Policies": {"PasswordPolicy": {"MinimumLength": {"Ref": "Length"}}},
            },
        }
    },
}
SAM = {
    "Transform": "AWS::Serverless-2016-10-31",
    "Parameters": POOL["Parameters"],
    "Resources": {
        "Table": {"Type": "AWS::Serverless::SimpleTable"},
    },
}
PREVIOUS: dict[str, str | None] = {"Name": None, "Length": None}


class Changes:
    """Change sets of one stack."""

    def __init__(self, aws: Aws, template: dict[str, Any]) -> None:
        self.api, self.template = aws.client("cloudformation"), template
        self.stack = f"stack-{uuid.uuid4().hex[:8]}"

    def made(self, kind: str, values: dict[str, str | None], name: str = "", **more: Any) -> Any:
        """A change set with these parameters; None stands for the value so far."""
        listed = [
            {"ParameterKey": name}
            | ({"UsePreviousValue": True} if value is None else {"ParameterValue": value})
            for name, value in values.items()
        ]
        made = self.api.create_change_set(
            StackName=self.stack,
            ChangeSetName=name or f"change-{uuid.uuid4().hex[:8]}",
            ChangeSetType=kind,
            Parameters=listed,
            **{} if "UsePreviousTemplate" in more else {"TemplateBody": json.dumps(self.template)},
            **more,
        )
        return self.api.describe_change_set(ChangeSetName=made["Id"])

    def execute(self, made: Any) -> None:
        self.api.execute_change_set(ChangeSetName=made["ChangeSetId"])

    def described(self) -> Any:
        (stack,) = self.api.describe_stacks(StackName=self.stack)["Stacks"]
        return stack

    def values(self) -> dict[str, str]:
        return {p["ParameterKey"]: p["ParameterValue"] for p in self.described()["Parameters"]}


@pytest.fixture(params=[POOL, SAM], ids=["plain", "sam"])
def changes(aws: Aws, request: pytest.FixtureRequest) -> Changes:
    made = Changes(aws, request.param)
    made.execute(made.made("CREATE", {"Name": "people"}, Tags=[{"Key": "a", "Value": "1"}]))
    return made


@pytest.mark.parametrize(
    ("values", "more"),
    [
        ({"Name": "people"}, {}),
        ({"Name": "people", "Length": "8"}, {}),
        (PREVIOUS, {}),
        (PREVIOUS, {"Tags": [{"Key": "a", "Value": "1"}]}),
        (PREVIOUS, {"UsePreviousTemplate": True}),
    ],
    ids=["default", "values", "previous", "tags", "template"],
)
def test_what_changes_nothing_failed(
    changes: Changes, values: dict[str, str | None], more: dict[str, Any]
) -> None:
    made = changes.made("UPDATE", values, **more)
    told = made["Status"], made["ExecutionStatus"], made["StatusReason"]
    assert told == ("FAILED", "UNAVAILABLE", UNCHANGED)
    with refused("InvalidChangeSetStatus", f"ChangeSet [{made['ChangeSetId']}] cannot be execu..."):
        changes.execute(made)
    assert changes.described()["StackStatus"] == "CREATE_COMPLETE"


def test_other_values_and_other_tags_are_changes(changes: Changes) -> None:
    longer = changes.made("UPDATE", {"Name": None, "Length": "10"})
    assert (longer["Status"], longer["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    changes.execute(longer)
    assert changes.values()["Length"] == "10"
    assert changes.described()["Tags"] == [{"Key": "a", "Value": "1"}]  # nobody named others
    tagged = changes.made("UPDATE", PREVIOUS, Tags=[{"Key": "b", "Value": "2"}])
    changes.execute(tagged)
    assert changes.described()["Tags"] == [{"Key": "b", "Value": "2"}]
    default = changes.made("UPDATE", {"Name": None})
    changes.execute(default)
    assert changes.values()["Length"] == "8"


def test_a_change_set_is_executed_once(changes: Changes) -> None:
    longer = changes.made("UPDATE", {"Name": None, "Length": "10"})
    changes.execute(longer)
    with refused("InvalidChangeSetStatus"):
        changes.execute(longer)


def test_a_stack_that_waits_takes_another_change_set(aws: Aws) -> None:
    changes = Changes(aws, POOL)
    first = changes.made("CREATE", {"Name": "people"})
    second = changes.made("CREATE", {"Name": "others"}, Tags=[{"Key": "a", "Value": "1"}])
    assert first["StackId"] == second["StackId"] == changes.described()["StackId"]
    assert changes.described()["StackStatus"] == "REVIEW_IN_PROGRESS"
    changes.execute(second)
    assert changes.described()["StackStatus"] == "CREATE_COMPLETE"
    assert changes.described()["Tags"] == [{"Key": "a", "Value": "1"}]
    assert changes.values()["Name"] == "others"


def test_a_stacks_other_change_sets_go_when_one_is_executed(aws: Aws) -> None:
    changes, others = Changes(aws, POOL), Changes(aws, POOL)
    first, second, other = (
        each.made("CREATE", {"Name": "people"}) for each in (changes, changes, others)
    )
    changes.execute(second)
    with refused("ChangeSetNotFound"):
        changes.execute(first)
    longer = changes.made("UPDATE", {"Name": None, "Length": "10"})
    changes.execute(changes.made("UPDATE", {"Name": None, "Length": "12"}))
    with refused("ChangeSetNotFound"):
        changes.execute(longer)
    assert changes.values()["Length"] == "12"
    others.execute(other)


def test_a_name_is_free_again_after_the_execution(changes: Changes) -> None:
    for length in ("10", "12"):
        changes.made("UPDATE", {"Name": None, "Length": length}, "usual")
        changes.api.execute_change_set(StackName=changes.stack, ChangeSetName="usual")
        assert changes.values()["Length"] == length


def test_stacks_have_change_sets_of_the_same_name(aws: Aws) -> None:
    ones, others = Changes(aws, POOL), Changes(aws, POOL)
    made = [each.made("CREATE", {"Name": "people"}, "usual") for each in (ones, others)]
    by_name = [{"StackName": each.stack, "ChangeSetName": "usual"} for each in (ones, others)]
    told = [aws.client("cloudformation").describe_change_set(**named) for named in by_name]
    assert [each["ChangeSetId"] for each in told] == [each["ChangeSetId"] for each in made]
    others.api.delete_change_set(**by_name[1])
    with refused("ChangeSetNotFound"):
        others.api.describe_change_set(**by_name[1])
    ones.execute(made[0])


def test_a_stack_that_is_there_is_not_created_again(changes: Changes) -> None:
    with refused("ValidationError", f"Stack [{changes.stack}] already exists and cannot be ..."):
        changes.made("CREATE", {"Name": "people"})


def test_a_change_set_is_an_update_unless_it_says_otherwise(aws: Aws) -> None:
    api, name = aws.client("cloudformation"), f"stack-{uuid.uuid4().hex[:8]}"
    body: Any = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    change = {"StackName": name, "ChangeSetName": "change"}
    with refused("ValidationError"):
        api.create_change_set(**change, TemplateBody=json.dumps(body))
    api.create_stack(StackName=name, TemplateBody=json.dumps(body))
    body["Resources"]["Other"] = {"Type": "AWS::SQS::Queue"}
    api.create_change_set(**change, TemplateBody=json.dumps(body))
    (only,) = api.describe_change_set(**change)["Changes"]
    assert only["ResourceChange"]["Action"] == "Add"


def test_only_what_changes_is_told(aws: Aws) -> None:
    resources: dict[str, Any] = {"Queue": {"Type": "AWS::SQS::Queue"}}
    changes = Changes(aws, {"Resources": resources})
    changes.api.create_stack(StackName=changes.stack, TemplateBody=json.dumps(changes.template))
    assert changes.made("UPDATE", {})["Status"] == "FAILED"
    named = {"TopicName": {"Ref": "Name"}}
    changes.template["Parameters"] = {"Name": {"Type": "String", "Default": "one"}}
    resources["Topic"] = {"Type": "AWS::SNS::Topic", "Properties": named}
    steps: list[tuple[dict[str, str | None], str]] = [({}, "Add"), ({"Name": "two"}, "Modify")]
    for values, action in steps:
        made = changes.made("UPDATE", values)
        told = [(each["Action"], each["LogicalResourceId"]) for each in resource_changes(made)]
        assert told == [(action, "Topic")]
        changes.execute(made)


def test_what_a_condition_leaves_out_is_not_told(aws: Aws) -> None:
    is_prod = {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}}
    ever: Any = {"Queue": {"Type": "AWS::SQS::Queue"}}
    changes = Changes(
        aws,
        {
            "Parameters": {"Stage": {"Type": "String"}},
            "Conditions": is_prod,
            "Resources": ever | {"X": {"Type": "AWS::SNS::Topic", "Condition": "IsProd"}},
        },
    )
    made = changes.made("CREATE", {"Stage": "dev"})
    assert actions(made) == {"Queue": "Add"}
    changes.execute(made)
    assert actions(changes.made("UPDATE", {"Stage": "prod"})) == {"X": "Add"}
    changes.template["Resources"] = ever | {"Y": {"Type": "AWS::SNS::Topic", "Condition": "IsProd"}}
    assert actions(changes.made("UPDATE", {"Stage": "dev"})) == {}
    made = changes.made("UPDATE", {"Stage": "prod"})
    assert actions(made) == {"Y": "Add"}
    changes.execute(made)
    assert actions(changes.made("UPDATE", {"Stage": "dev"})) == {"Y": "Remove"}
    changes.template |= {"Transform": "AWS::LanguageExtensions", "Conditions": {}}
    with refused("ValidationError", "Template format error: Unresolved condition dependency Is..."):
        changes.made("UPDATE", {"Stage": "dev"}, Capabilities=["CAPABILITY_AUTO_EXPAND"])


def actions(made: Any) -> dict[str, str]:
    return {each["LogicalResourceId"]: each["Action"] for each in resource_changes(made)}


def resource_changes(made: Any) -> list[dict[str, str]]:
    return [each["ResourceChange"] for each in made["Changes"]]
