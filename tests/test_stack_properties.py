"""What a stack's resources may be told: each property has its effect, or is refused by name.

What CloudFormation knows of a type is what cfn-lint says that it knows.
"""

import json
import uuid
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from harness import AGREED, REGION, Aws, policy
from test_unknown_types import Stack

from cognito_sandbox.patches.stack_properties import NEEDED, TAKEN

ANY = {"string": "x", "boolean": True, "integer": 1, "number": 1, "array": [], "object": {}}
TRUST = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]}
TAGS = [{"Value": "v", "Key": "k"}]
STATEMENT = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}


def known(kind: str) -> dict[str, Any]:
    """The properties that a template may set, as CloudFormation describes them."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
    told = {path.removeprefix("/properties/") for path in schema.get("readOnlyProperties", [])}
    return {name: each for name, each in schema["properties"].items() if name not in told}


def required(kind: str) -> list[str]:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
    return list(schema.get("required", []))


def any_of(description: dict[str, Any]) -> Any:
    kind = description.get("type", "object")
    return ANY[kind[0] if isinstance(kind, list) else kind]


def failed(aws: Aws, kind: str, properties: dict[str, Any]) -> str:
    stack = Stack(aws, {"Resources": {"It": {"Type": kind, "Properties": properties}}})
    assert stack.status == "ROLLBACK_COMPLETE"
    return stack.reasons("It")["CREATE_FAILED"]


@pytest.mark.parametrize("kind", TAKEN)
def test_what_is_not_taken_is_refused_by_name(aws: Aws, kind: str) -> None:
    properties = known(kind)
    assert set(TAKEN[kind]) <= properties.keys()
    ignored = sorted(properties.keys() - set(TAKEN[kind]))
    if ignored:
        told = failed(aws, kind, {name: any_of(properties[name]) for name in ignored})
        named = ", ".join(f"{kind}.{name}" for name in ignored)
        assert told == f"The sandbox does not have {named}. (ValidationError)"


@pytest.mark.parametrize("kind", TAKEN)
def test_what_is_missing_is_told(aws: Aws, kind: str) -> None:
    assert set(required(kind)) <= set(NEEDED.get(kind, ()))
    for missing in NEEDED.get(kind, ()):
        given = {name: any_of(known(kind)[name]) for name in NEEDED[kind] if name != missing}
        text = "Properties validation failed for resource It with message:"
        told = f"{text} [#: required key [{missing}] not found] (ValidationError)"
        assert failed(aws, kind, given) == told


class Made:
    """A stack of one resource, before and after an update of its properties."""

    def __init__(self, aws: Aws, kind: str, **properties: Any) -> None:
        self.kind = kind
        self.stack = Stack(aws, self._template(properties))
        assert self.stack.status == "CREATE_COMPLETE", self.stack.reasons("It")

    def _template(self, properties: dict[str, Any]) -> dict[str, Any]:
        made = {"Type": self.kind, "Properties": properties}
        return {"Resources": {"It": made}, "Outputs": {"It": {"Value": {"Ref": "It"}}}}

    @property
    def name(self) -> str:
        return self.stack.outputs()["It"]

    def update(self, **properties: Any) -> None:
        before = self.name
        self.stack.api.update_stack(
            StackName=self.stack.name,
            TemplateBody=json.dumps(self._template(properties)),
            Capabilities=AGREED,
        )
        assert self.stack.status == "UPDATE_COMPLETE", self.stack.reasons("It")
        assert self.name == before


def test_a_log_groups_key_and_tags(aws: Aws) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/one"
    made = Made(aws, "AWS::Logs::LogGroup", KmsKeyId=key, Tags=TAGS, RetentionInDays="7")

    def shown() -> dict[str, Any]:
        (group,) = aws.logs.describe_log_groups(logGroupNamePrefix=made.name)["logGroups"]
        arn = group["logGroupArn"]
        return dict(group) | aws.logs.list_tags_for_resource(resourceArn=arn)

    assert (shown()["kmsKeyId"], shown()["tags"]) == (key, {"k": "v"})
    assert shown()["retentionInDays"] == 7
    made.update(Tags=[{"Key": "other", "Value": "w"}])
    assert "kmsKeyId" not in shown()
    assert shown()["tags"] == {"other": "w"}


def test_a_users_rights(aws: Aws) -> None:
    iam, aws_policy = aws.client("iam"), "arn:aws:iam::aws:policy/AmazonSQSFullAccess"
    iam.create_group(GroupName="stack-users")
    own = {"PolicyName": "own", "PolicyDocument": json.loads(policy(STATEMENT))}
    made = Made(
        aws,
        "AWS::IAM::User",
        Groups=["stack-users"],
        ManagedPolicyArns=[aws_policy],
        Policies=[own],
        Tags=TAGS,
    )
    name = {"UserName": made.name}
    iam.put_user_policy(**name, PolicyName="by-hand", PolicyDocument=policy(STATEMENT))

    def rights() -> tuple[list[str], list[str], list[str]]:
        attached = iam.list_attached_user_policies(**name)["AttachedPolicies"]
        groups = iam.list_groups_for_user(**name)["Groups"]
        inline = iam.list_user_policies(**name)["PolicyNames"]
        arns = [each["PolicyArn"] for each in attached]
        return sorted(inline), arns, [each["GroupName"] for each in groups]

    assert rights() == (["by-hand", "own"], [aws_policy], ["stack-users"])
    assert iam.get_user(**name)["User"]["Tags"] == TAGS
    made.update(Path="/people/")
    assert rights() == (["by-hand"], [], [])
    iam.delete_user_policy(**name, PolicyName="by-hand")
    made.stack.api.delete_stack(StackName=made.stack.name)
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_user(**name)


def test_a_policy_may_be_json_text(aws: Aws) -> None:
    own = {"PolicyName": "own", "PolicyDocument": policy(STATEMENT)}
    anybody = policy(STATEMENT | {"Principal": "*"})
    place = {"Ref": "Queue"}
    properties: dict[str, dict[str, Any]] = {
        "IAM::Role": {"AssumeRolePolicyDocument": json.dumps(TRUST), "Policies": [own]},
        "IAM::User": {"Policies": [own]},
        "IAM::ManagedPolicy": {"PolicyDocument": own["PolicyDocument"]},
        "KMS::Key": {"KeyPolicy": anybody},
        "SQS::Queue": {},
        "SQS::QueuePolicy": {"PolicyDocument": anybody, "Queues": [place]},
    }
    resources = {
        kind.partition("::")[2]: {"Type": f"AWS::{kind}", "Properties": given}
        for kind, given in properties.items()
    }
    outputs = {name: {"Value": {"Ref": name}} for name in resources}
    stack = Stack(aws, {"Resources": resources, "Outputs": outputs})
    assert stack.status == "CREATE_COMPLETE"
    made, iam, said = stack.outputs(), aws.client("iam"), json.loads(policy(STATEMENT))
    role = iam.get_role(RoleName=made["Role"])["Role"]
    assert role["AssumeRolePolicyDocument"] == TRUST
    inline = iam.get_role_policy(RoleName=made["Role"], PolicyName="own")["PolicyDocument"]
    assert inline == iam.get_user_policy(UserName=made["User"], PolicyName="own")["PolicyDocument"]
    arn = made["ManagedPolicy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
    assert inline == version["Document"] == said
    key = aws.client("kms").get_key_policy(KeyId=made["Key"], PolicyName="default")["Policy"]
    queue = {"QueueUrl": made["Queue"], "AttributeNames": ["Policy"]}
    kept = aws.client("sqs").get_queue_attributes(**queue)["Attributes"]["Policy"]
    assert json.loads(key) == json.loads(kept) == json.loads(anybody)


@pytest.mark.parametrize("text", ["{", "[]", "1", "any"])
def test_text_that_is_no_policy_is_told(aws: Aws, text: str) -> None:
    told = failed(aws, "AWS::IAM::Role", {"AssumeRolePolicyDocument": text})
    assert "#/AssumeRolePolicyDocument: expected type: JSONObject, found: String" in told


def test_a_roles_tags(aws: Aws) -> None:
    made = Made(aws, "AWS::IAM::Role", AssumeRolePolicyDocument=TRUST)
    made.update(AssumeRolePolicyDocument=TRUST, Tags=TAGS)
    assert aws.client("iam").get_role(RoleName=made.name)["Role"]["Tags"] == TAGS


def test_a_tables_expiry_and_backups(aws: Aws) -> None:
    made = Made(
        aws,
        "AWS::DynamoDB::Table",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        TimeToLiveSpecification={"AttributeName": "until", "Enabled": "true"},
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    tables, name = aws.client("dynamodb"), {"TableName": made.name}
    expiry = tables.describe_time_to_live(**name)["TimeToLiveDescription"]
    assert expiry == {"AttributeName": "until", "TimeToLiveStatus": "ENABLED"}
    backups = tables.describe_continuous_backups(**name)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"


def test_a_bucket_is_protected(aws: Aws) -> None:
    blocked = {"BlockPublicAcls": True, "BlockPublicPolicy": "true"}
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://a.example"], "MaxAge": 60}
    made = Made(
        aws,
        "AWS::S3::Bucket",
        CorsConfiguration={"CorsRules": [rule]},
        OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        PublicAccessBlockConfiguration=blocked,
        VersioningConfiguration={"Status": "Enabled"},
    )
    s3, bucket = aws.client("s3"), {"Bucket": made.name}
    shown = s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"]
    assert [name for name, value in shown.items() if value] == list(blocked)
    (cors,) = s3.get_bucket_cors(**bucket)["CORSRules"]
    assert (cors["AllowedMethods"], cors["MaxAgeSeconds"]) == (["GET"], 60)
    (owner,) = s3.get_bucket_ownership_controls(**bucket)["OwnershipControls"]["Rules"]
    assert owner == {"ObjectOwnership": "BucketOwnerEnforced"}
    assert s3.get_bucket_versioning(**bucket)["Status"] == "Enabled"
    made.update(Tags=TAGS)
    assert s3.get_bucket_versioning(**bucket)["Status"] == "Suspended"
    assert s3.get_bucket_tagging(**bucket)["TagSet"] == TAGS
    for gone in (s3.get_bucket_cors, s3.get_public_access_block):
        with pytest.raises(s3.exceptions.ClientError):
            gone(**bucket)


def test_a_queue_keeps_its_messages_when_it_changes(aws: Aws) -> None:
    made, sqs = Made(aws, "AWS::SQS::Queue", DelaySeconds=0, VisibilityTimeout=5), aws.client("sqs")
    sqs.send_message(QueueUrl=made.name, MessageBody="kept")
    made.update(MessageRetentionPeriod="600", Tags=TAGS)
    shown = sqs.get_queue_attributes(QueueUrl=made.name, AttributeNames=["All"])["Attributes"]
    assert (shown["MessageRetentionPeriod"], shown["VisibilityTimeout"]) == ("600", "30")
    assert shown["ApproximateNumberOfMessages"] == "1"
    assert sqs.list_queue_tags(QueueUrl=made.name)["Tags"] == {"k": "v"}


def test_a_topics_tags(aws: Aws) -> None:
    made, sns = Made(aws, "AWS::SNS::Topic", Tags=TAGS), aws.client("sns")
    assert sns.list_tags_for_resource(ResourceArn=made.name)["Tags"] == TAGS
    made.update()
    assert sns.list_tags_for_resource(ResourceArn=made.name)["Tags"] == []


def test_a_stream_on_demand(aws: Aws) -> None:
    name = f"stream-{id(aws)}"
    demand = {"StreamMode": "ON_DEMAND"}
    made = Made(aws, "AWS::Kinesis::Stream", Name=name, StreamModeDetails=demand)

    def shown() -> dict[str, Any]:
        described = aws.client("kinesis").describe_stream_summary(StreamName=name)
        return dict(described["StreamDescriptionSummary"])

    assert (shown()["StreamModeDetails"], shown()["OpenShardCount"]) == (demand, 4)
    made.update(Name=name, ShardCount=4)
    assert shown()["StreamModeDetails"] == {"StreamMode": "PROVISIONED"}


def names(aws: Aws, kind: str) -> str:
    """Of all that there is of a kind, page by page."""
    listed = {
        "AWS::SQS::Queue": ("sqs", "list_queues"),
        "AWS::SNS::Topic": ("sns", "list_topics"),
        "AWS::Logs::LogGroup": ("logs", "describe_log_groups"),
        "AWS::IAM::User": ("iam", "list_users"),
        "AWS::Events::Rule": ("events", "list_rules"),
        "AWS::S3::Bucket": ("s3", "list_buckets"),
    }
    service, operation = listed[kind]
    return str(list(aws.client(service).get_paginator(operation).paginate()))


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize(
    ("kind", "name", "more"),
    [
        ("AWS::SQS::Queue", "QueueName", {}),
        ("AWS::SNS::Topic", "TopicName", {}),
        ("AWS::Logs::LogGroup", "LogGroupName", {}),
        ("AWS::IAM::User", "UserName", {}),
        ("AWS::Events::Rule", "Name", {"ScheduleExpression": "rate(1 hour)"}),
        ("AWS::S3::Bucket", "BucketName", {}),
    ],
)
def test_what_is_replaced_stays_if_the_template_keeps_it(
    aws: Aws, kind: str, name: str, more: dict[str, Any], keeps: bool
) -> None:
    old, new = f"old-{uuid.uuid4().hex[:8]}", f"new-{uuid.uuid4().hex[:8]}"
    policy = {"UpdateReplacePolicy": "Retain"} if keeps else {}
    first, second = (
        {"Resources": {"It": {"Type": kind, "Properties": more | {name: each}} | policy}}
        for each in (old, new)
    )
    stack = Stack(aws, first)
    stack.api.update_stack(
        StackName=stack.name, TemplateBody=json.dumps(second), Capabilities=AGREED
    )
    assert stack.status == "UPDATE_COMPLETE", stack.reasons("It")
    assert new in names(aws, kind)
    assert (old in names(aws, kind)) is keeps
