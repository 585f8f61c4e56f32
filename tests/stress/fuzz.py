"""Calls of AWS's services as nobody would make them, from AWS's own description of the services.

python tests/stress/fuzz.py [--calls N] [--seed N]: make them, and print how many ended in a 500.
"""

import argparse
import json
import random
import sys
import uuid
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

sys.path.insert(0, str(Path(__file__).parents[1]))

from harness import PASSWORD, Aws, zipped

from cognito_sandbox import Sandbox
from cognito_sandbox.door import java_patterns

USED = {
    "cloudformation": (
        *("CreateStack", "UpdateStack", "DeleteStack", "DescribeStacks", "DescribeStackEvents"),
        *("DescribeStackResources", "ListStackResources", "GetTemplate", "ValidateTemplate"),
        *("CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DeleteChangeSet"),
        *("ListStacks", "ListChangeSets", "ListExports", "DescribeStackResource"),
        "GetTemplateSummary",
    ),
    "dynamodb": (
        *("CreateTable", "DescribeTable", "UpdateTable", "DeleteTable", "ListTables", "PutItem"),
        *("GetItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem"),
        *("BatchWriteItem", "TransactGetItems", "TransactWriteItems", "TagResource"),
        *("UpdateTimeToLive", "DescribeTimeToLive", "ListTagsOfResource", "UntagResource"),
    ),
    "iam": (
        *("CreateRole", "GetRole", "DeleteRole", "ListRoles", "PutRolePolicy", "GetRolePolicy"),
        *("DeleteRolePolicy", "ListRolePolicies", "AttachRolePolicy", "DetachRolePolicy"),
        *("ListAttachedRolePolicies", "CreatePolicy", "GetPolicy", "DeletePolicy", "CreateUser"),
        *("ListPolicies", "GetUser", "DeleteUser", "CreateAccessKey", "DeleteAccessKey"),
        *("ListUsers", "GetPolicyVersion", "TagRole", "UntagRole"),
    ),
    "lambda": (
        *("CreateFunction", "GetFunction", "GetFunctionConfiguration", "UpdateFunctionCode"),
        *("UpdateFunctionConfiguration", "DeleteFunction", "ListFunctions", "Invoke"),
        *("PublishVersion", "ListVersionsByFunction", "CreateAlias", "GetAlias", "UpdateAlias"),
        *("DeleteAlias", "ListAliases", "AddPermission", "RemovePermission", "GetPolicy"),
        *("PublishLayerVersion", "GetLayerVersion", "ListLayers", "ListLayerVersions"),
        *("DeleteLayerVersion", "CreateEventSourceMapping", "ListEventSourceMappings"),
        *("GetEventSourceMapping", "DeleteEventSourceMapping", "TagResource", "UntagResource"),
        *("ListTags", "PutFunctionConcurrency", "GetFunctionConcurrency"),
        *("DeleteFunctionConcurrency", "PutFunctionEventInvokeConfig"),
        *("CreateFunctionUrlConfig", "GetFunctionUrlConfig", "DeleteFunctionUrlConfig"),
    ),
    "logs": (
        *("CreateLogGroup", "DescribeLogGroups", "DeleteLogGroup", "CreateLogStream"),
        *("DescribeLogStreams", "DeleteLogStream", "PutLogEvents", "GetLogEvents"),
        *("FilterLogEvents", "PutRetentionPolicy", "DeleteRetentionPolicy", "TagLogGroup"),
        *("PutSubscriptionFilter", "DescribeSubscriptionFilters", "PutMetricFilter"),
        *("DescribeMetricFilters", "StartQuery", "GetQueryResults"),
    ),
    "s3": (
        *("CreateBucket", "HeadBucket", "DeleteBucket", "ListBuckets", "PutObject", "GetObject"),
        *("HeadObject", "DeleteObject", "DeleteObjects", "ListObjectsV2", "CopyObject"),
        *("PutBucketCors", "GetBucketCors", "PutBucketVersioning", "GetBucketVersioning"),
        *("PutBucketTagging", "GetBucketTagging", "PutBucketPolicy", "GetBucketPolicy"),
        *("PutBucketNotificationConfiguration", "GetBucketNotificationConfiguration"),
        *("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"),
        *("AbortMultipartUpload", "ListObjectVersions", "GetBucketLocation"),
        *("PutPublicAccessBlock", "PutBucketEncryption", "PutBucketLifecycleConfiguration"),
    ),
}
TEXTS = ("", " ", "a", "é", "\u202eann", "a" * 300, "'\"<&>", "a/b", "*", "{", "null", "0", "-1")
NUMBERS = (0, 1, -1, 5, 100, 2**31, 2**53, -(2**31))
ARNS = (
    "arn:aws:lambda:us-east-1:123456789012:function:none",
    "arn:aws:iam::123456789012:role/none",
    "arn:aws:x",
    "arn:aws:sqs:us-east-1:123456789012:queue",
    "arn:aws:lambda:us-east-1:123456789012:layer:none:1",
    "arn:aws:sns:us-east-1:123456789012:topic:more",
)
TEMPLATE = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
LENGTH = "ContentLength"  # of a body that is shorter, the rest would be waited for
DEEPEST = 6


def known(aws: Aws) -> dict[str, str | bytes]:
    """What the sandbox has of each kind, by the names that operations give it."""
    pool, function, name = aws.pool(), aws.echo(), f"fuzz-{uuid.uuid4().hex[:8]}"
    pool.add()
    tokens = pool.sign_in()["AuthenticationResult"]
    key = {"AttributeName": "id"}
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[key | {"KeyType": "HASH"}],
        AttributeDefinitions=[key | {"AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    aws.client("s3").create_bucket(Bucket=name)
    aws.client("s3").put_object(Bucket=name, Key="key", Body=b"content")
    aws.client("cloudformation").create_stack(StackName=name, TemplateBody=TEMPLATE)
    aws.client("iam").create_user(UserName=name)
    aws.logs.create_log_group(logGroupName=name)
    aws.logs.create_log_stream(logGroupName=name, logStreamName="stream")
    aws.cognito.create_group(UserPoolId=pool.id, GroupName=name)
    role = aws.role
    return {
        "UserPoolId": pool.id,
        "ClientId": pool.client_id,
        "Username": "ann",
        "AccessToken": tokens["AccessToken"],
        "Password": PASSWORD,
        "GroupName": name,
        "FunctionName": function.name,
        "ZipFile": zipped(index="handler = print"),
        "Role": role,
        "RoleName": role.rpartition("/")[2],
        "UserName": name,
        "TableName": name,
        "Bucket": name,
        "Key": "key",
        "StackName": name,
        "logGroupName": name,
        "logStreamName": "stream",
        "TemplateBody": TEMPLATE,
        "PolicyDocument": '{"Version": "2012-10-17", "Statement": []}',
        "Runtime": "python3.11",
        "AssumeRolePolicyDocument": "{}",
        "Handler": "index.handler",
        "Payload": b"{}",
        "LambdaArn": function.arn,
        "PreSignUp": function.arn,
        "AttributeName": "id",
    }


class Inventor:
    """Invents parameters: often such as there are, at times such as nobody would send."""

    def __init__(self, seed: int, values: dict[str, str | bytes]) -> None:
        self._random, self._values = random.Random(seed), values

    def choose(self, things: list[tuple[str, str]]) -> tuple[str, str]:
        return self._random.choice(things)

    def parameters(self, shape: Any) -> dict[str, Any]:
        return self._structure(shape, 0) if shape else {}

    def _structure(self, shape: Any, depth: int) -> dict[str, Any]:
        wanted = 0.35 if depth < 2 else 0.15
        chosen = [
            name
            for name in shape.members
            if name != LENGTH
            and self._random.random() < (0.93 if name in shape.required_members else wanted)
        ]
        if getattr(shape, "is_tagged_union", False):
            chosen = [self._random.choice(list(shape.members))]
        return {name: self._value(name, shape.members[name], depth + 1) for name in chosen}

    def _value(self, name: str, shape: Any, depth: int) -> Any:
        is_text = shape.type_name in ("string", "blob")
        if is_text and name in self._values and self._random.random() < 0.8:
            return self._values[name]
        if depth > DEEPEST and shape.type_name in ("structure", "list", "map"):
            return [] if shape.type_name == "list" else {}
        return getattr(self, f"_a_{shape.type_name}", self._a_string)(shape, depth)

    def _a_structure(self, shape: Any, depth: int) -> dict[str, Any]:
        return self._structure(shape, depth)

    def _a_list(self, shape: Any, depth: int) -> list[Any]:
        return [
            self._value("", shape.member, depth + 1)
            for _ in range(self._random.choice((0, 1, 1, 3)))
        ]

    def _a_map(self, shape: Any, depth: int) -> dict[str, Any]:
        keys = [
            str(self._value("", shape.key, depth + 1))
            for _ in range(self._random.choice((0, 1, 2)))
        ]
        return {key: self._value("", shape.value, depth + 1) for key in keys}

    def _a_string(self, shape: Any, _: int) -> str:
        if getattr(shape, "enum", None) and self._random.random() < 0.9:
            return str(self._random.choice(shape.enum))
        texts = [*TEXTS, *ARNS, TEMPLATE, "name", "name", uuid.uuid4().hex]
        if self._random.random() < 0.7:  # most should come further than to the first check
            pattern, least = shape.metadata.get("pattern", "(?s).*"), shape.metadata.get("min", 0)
            fitting = [each for each in texts if java_patterns.matches(pattern, each)]
            texts = [each for each in fitting if len(each) >= least] or texts
        return self._random.choice(texts)

    def _a_blob(self, _: Any, __: int) -> bytes:
        return self._random.choice((b"", b"{}", b"\xff\xfe", b"[" * 50_000, zipped(index="x = 1")))

    def _a_boolean(self, _: Any, __: int) -> bool:
        return self._random.random() < 0.5

    def _a_integer(self, _: Any, __: int) -> int:
        return self._random.choice(NUMBERS)

    _a_long = _a_integer

    def _a_double(self, _: Any, __: int) -> float:
        return self._random.choice((0.0, 0.5, -1.0, 1e300))

    _a_float = _a_double

    def _a_timestamp(self, _: Any, __: int) -> datetime:
        return datetime.fromtimestamp(self._random.choice((0, 1, 2_000_000_000)), UTC)


def operations(aws: Aws) -> list[tuple[str, str]]:
    everything = USED | {"cognito-idp": tuple(aws.cognito.meta.service_model.operation_names)}
    return [(service, name) for service, names in everything.items() for name in names]


def run(aws: Aws, calls: int, seed: int) -> tuple[Counter[str], list[str]]:
    """How the calls ended, and what each that ended in a 500 was."""
    clients = {service: aws.careless(service) for service in [*USED, "cognito-idp"]}
    inventor, choices = Inventor(seed, known(aws)), operations(aws)
    ended: Counter[str] = Counter()
    failed: list[str] = []
    for number in range(calls):
        if number % 500 == 499:  # what there was may have been deleted meanwhile
            inventor = Inventor(seed + number, known(aws))
        service, name = inventor.choose(choices)
        parameters = inventor.parameters(
            clients[service].meta.service_model.operation_model(name).input_shape
        )
        status, told = call(clients[service], name, parameters)
        ended[str(status)] += 1
        if status >= 500:
            failed.append(f"{service} {name} {told}: {parameters!r:.600}")
    return ended, failed


def call(client: Any, operation: str, parameters: dict[str, Any]) -> tuple[int, str]:
    """The status, 0 if the client did not send it; and the error's text."""
    try:
        answer = client._make_api_call(operation, parameters)
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"], str(error)
    except (BotoCoreError, ValueError, TypeError, AttributeError, KeyError) as error:
        return (599 if "Connection" in type(error).__name__ else 0), repr(error)
    return answer["ResponseMetadata"]["HTTPStatusCode"], ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    chosen = parser.parse_args()
    with Sandbox() as sandbox:
        aws = Aws(sandbox.endpoint, sandbox.access_key)
        ended, failed = run(aws, chosen.calls, chosen.seed)
    print(f"{chosen.calls} calls, seed {chosen.seed}: {len(failed)} ended in a 500.", dict(ended))
    for each in failed:
        print(each)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
