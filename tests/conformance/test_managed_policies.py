"""Events contract 10.4: AWS's own policies can be attached, read and listed."""

import json
import time
import uuid
from typing import Any

import pytest
from harness import AGREED, Aws, policy, refused

from cognito_sandbox import Sandbox

OF_AWS = "arn:aws:iam::aws:policy/"
LOGS = {"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"}
TUTORIALS = {
    "service-role/AWSLambdaBasicExecutionRole": LOGS,
    "service-role/AWSLambdaSQSQueueExecutionRole": LOGS
    | {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
    "service-role/AWSLambdaKinesisExecutionRole": LOGS
    | {"kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:SubscribeToShard"},
    "service-role/AWSLambdaDynamoDBExecutionRole": LOGS
    | {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"},
    "service-role/AWSLambdaMSKExecutionRole": LOGS | {"kafka:DescribeCluster"},
    "service-role/AWSLambdaVPCAccessExecutionRole": LOGS | {"ec2:CreateNetworkInterface"},
    "service-role/AWSLambdaRole": {"lambda:InvokeFunction"},
    "AWSLambdaInvocation-DynamoDB": {"lambda:InvokeFunction", "dynamodb:GetRecords"},
    "AWSXRayDaemonWriteAccess": {"xray:PutTraceSegments", "xray:PutTelemetryRecords"},
    "AWSLambdaExecute": {"logs:*", "s3:GetObject", "s3:PutObject"},
}
READ = policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})
SERVICE = {"Service": "lambda.amazonaws.com"}
TRUST = policy({"Effect": "Allow", "Principal": SERVICE, "Action": "sts:AssumeRole"})
PRINTING = "def handler(event, context):\n    print('a line')\n"


def actions(document: dict[str, Any]) -> set[str]:
    listed = [statement["Action"] for statement in document["Statement"]]
    return {one for each in listed for one in ([each] if isinstance(each, str) else each)}


def name_of(arn: str) -> str:
    return arn.rpartition("/")[2]


@pytest.mark.parametrize(("name", "some"), TUTORIALS.items())
def test_what_tutorials_attach_is_there(aws: Aws, name: str, some: set[str]) -> None:
    iam, role = aws.client("iam"), name_of(aws.role_with())
    iam.attach_role_policy(RoleName=role, PolicyArn=OF_AWS + name)
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert attached == [{"PolicyName": name_of(name), "PolicyArn": OF_AWS + name}]
    found = iam.get_policy(PolicyArn=OF_AWS + name)["Policy"]
    version = iam.get_policy_version(PolicyArn=OF_AWS + name, VersionId=found["DefaultVersionId"])[
        "PolicyVersion"
    ]
    assert some <= actions(version["Document"])
    iam.detach_role_policy(RoleName=role, PolicyArn=OF_AWS + name)
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []


def test_an_attached_one_allows_what_it_says(aws: Aws) -> None:
    role = aws.role_with()
    aws.client("iam").attach_role_policy(
        RoleName=name_of(role), PolicyArn=OF_AWS + "service-role/AWSLambdaBasicExecutionRole"
    )
    function = aws.function(PRINTING, Role=role)
    function.result()
    assert "a line\n" in function.log()


def test_one_that_aws_does_not_have_is_not_found(aws: Aws) -> None:
    role = name_of(aws.role_with())
    arn = OF_AWS + "AWSLambdaBasicExecutionRole"  # which lies in service-role/
    text = f"Policy {arn} does not exist or is not attachable."
    with refused("NoSuchEntity", text):
        aws.client("iam").attach_role_policy(RoleName=role, PolicyArn=arn)


def test_all_are_listed_and_told_from_ones_own(aws: Aws) -> None:
    iam = aws.client("iam")
    own = iam.create_policy(
        PolicyName=f"own-{uuid.uuid4().hex[:8]}",
        PolicyDocument=policy({"Effect": "Allow", "Action": "*", "Resource": "*"}),
    )["Policy"]["Arn"]
    pages = iam.get_paginator("list_policies")
    found = {
        scope: {each["Arn"] for page in pages.paginate(Scope=scope) for each in page["Policies"]}
        for scope in ("AWS", "Local", "All")
    }
    assert len(found["AWS"]) > 1000
    assert {OF_AWS + name for name in TUTORIALS} <= found["AWS"]
    assert own in found["Local"]
    assert found["All"] == found["AWS"] | found["Local"]
    assert not found["AWS"] & found["Local"]


def test_the_first_to_be_named_is_there_in_an_instant() -> None:
    with Sandbox() as sandbox:
        iam = Aws(sandbox.endpoint, sandbox.access_key).client("iam")
        iam.list_roles()
        before = time.monotonic()
        iam.get_policy(PolicyArn=OF_AWS + "service-role/AWSLambdaBasicExecutionRole")
        assert time.monotonic() - before < 0.5


def test_a_stack_attaches_and_detaches_them(aws: Aws) -> None:
    iam, stacks, name = aws.client("iam"), aws.client("cloudformation"), f"s-{uuid.uuid4().hex[:8]}"
    properties: dict[str, Any] = {
        "RoleName": name,
        "AssumeRolePolicyDocument": json.loads(TRUST),
        "ManagedPolicyArns": [OF_AWS + "AWSLambdaExecute"],
        "Policies": [{"PolicyName": "own", "PolicyDocument": json.loads(READ)}],
    }
    body = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}}
    stacks.create_stack(StackName=name, Capabilities=AGREED, TemplateBody=json.dumps(body))
    iam.put_role_policy(RoleName=name, PolicyName="by-hand", PolicyDocument=READ)
    assert attached(iam, name) == ["AWSLambdaExecute"]
    properties["ManagedPolicyArns"] = [OF_AWS + "AWSXRayDaemonWriteAccess"]
    properties["Policies"][0]["PolicyName"] = "another"
    stacks.update_stack(StackName=name, Capabilities=AGREED, TemplateBody=json.dumps(body))
    assert attached(iam, name) == ["AWSXRayDaemonWriteAccess"]
    inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
    assert sorted(inline) == ["another", "by-hand"]
    iam.delete_role_policy(RoleName=name, PolicyName="by-hand")
    stacks.delete_stack(StackName=name)
    with refused("NoSuchEntity"):
        iam.get_role(RoleName=name)


def attached(iam: Any, role: str) -> list[str]:
    found = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    return [each["PolicyName"] for each in found]
