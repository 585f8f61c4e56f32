"""Calls of AWS's services as nobody would make them, from AWS's own description of the services.

python tests/stress/fuzz.py [--calls N] [--seed N]: make them, and print how many ended in a 500,
and how many different operations were reached and done.
"""

import argparse
import random
import sys
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import botocore.session
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)

sys.path.insert(0, str(Path(__file__).parents[1]))

from harness import PASSWORD, Aws, policy, zipped
from inventor import TEMPLATE, Inventor

from cognito_sandbox import Sandbox

SERVICES = (
    *("apigateway", "apigatewayv2", "cloudformation", "cognito-idp", "dynamodb"),
    *("dynamodbstreams", "events", "iam", "kinesis", "kms", "lambda", "logs", "s3"),
    *("secretsmanager", "sns", "sqs", "ssm", "sts"),
)
FAILURE, DONE = 500, range(200, 300)
LAMBDA = {"Service": "lambda.amazonaws.com"}
TRUST = {"Effect": "Allow", "Principal": LAMBDA, "Action": "sts:AssumeRole"}
NOTHING_CAME = (ConnectionClosedError, EndpointConnectionError, ReadTimeoutError)


def known(aws: Aws) -> dict[str, str | bytes]:
    """What the sandbox has of each kind, by the names that operations give it."""
    name = f"fuzz-{uuid.uuid4().hex[:8]}"
    bucket, key = {"Bucket": name, "Key": "key"}, {"AttributeName": "id"}
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[key | {"KeyType": "HASH"}],
        AttributeDefinitions=[key | {"AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    aws.client("s3").create_bucket(Bucket=name)
    aws.client("s3").put_object(**bucket, Body=b"content")
    aws.client("cloudformation").create_stack(StackName=name, TemplateBody=TEMPLATE)
    aws.client("iam").create_user(UserName=name)
    aws.logs.create_log_group(logGroupName=name)
    aws.logs.create_log_stream(logGroupName=name, logStreamName="stream")
    aws.client("kinesis").create_stream(StreamName=name, ShardCount=1)
    aws.client("events").put_rule(Name="name", ScheduleExpression="rate(1 day)")
    aws.client("ssm").put_parameter(Name="name", Value="value", Type="String", Overwrite=True)
    secret = aws.client("secretsmanager").create_secret(Name=name, SecretString="{}")
    role = aws.role
    return bucket | {
        "AssumeRolePolicyDocument": policy(TRUST),
        "AttributeName": "id",
        "EventBusName": "default",
        "Handler": "index.handler",
        "KeyId": str(aws.client("kms").create_key()["KeyMetadata"]["KeyId"]),
        "Payload": b"{}",
        "PolicyDocument": '{"Version": "2012-10-17", "Statement": []}',
        "QueueUrl": aws.client("sqs").create_queue(QueueName=name)["QueueUrl"],
        "Role": role,
        "RoleArn": role,
        "RoleName": role.rpartition("/")[2],
        "Rule": "name",
        "Runtime": "python3.11",
        "SecretId": str(secret["ARN"]),
        "StackName": name,
        "StreamName": name,
        "TableName": name,
        "TemplateBody": TEMPLATE,
        "TopicArn": aws.client("sns").create_topic(Name=name)["TopicArn"],
        "UserName": name,
        "ZipFile": zipped(index="handler = print"),
        "logGroupName": name,
        "logStreamName": "stream",
        **known_users(aws, name),
        **known_apis(aws),
    }


def known_users(aws: Aws, group: str) -> dict[str, str | bytes]:
    pool, function = aws.pool(), aws.echo()
    pool.add()
    aws.cognito.create_group(UserPoolId=pool.id, GroupName=group)
    return {
        "AccessToken": pool.sign_in()["AuthenticationResult"]["AccessToken"],
        "ClientId": pool.client_id,
        "FunctionName": function.name,
        "GroupName": group,
        "LambdaArn": function.arn,
        "Password": PASSWORD,
        "PreSignUp": function.arn,
        "UserPoolId": pool.id,
        "Username": "ann",
    }


def known_apis(aws: Aws) -> dict[str, str | bytes]:
    http, rest = aws.client("apigatewayv2"), aws.client("apigateway")
    api = rest.create_rest_api(name="api")["id"]
    return {
        "ApiId": http.create_api(Name="api", ProtocolType="HTTP")["ApiId"],
        "resourceId": rest.get_resources(restApiId=api)["items"][0]["id"],
        "restApiId": api,
    }


@dataclass
class Outcome:
    """How the calls ended, what each that ended in a 500 was, and which operations they were."""

    ended: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)

    def note(self, operation: str, parameters: dict[str, Any], status: int, told: str) -> None:
        self.ended[str(status)] += 1
        if status >= FAILURE:
            self.failed.append(f"{operation} {told}: {parameters!r:.600}")
        if status:
            self.reached.add(operation)
        if status in DONE:
            self.done.add(operation)

    def __str__(self) -> str:
        calls, there = self.ended.total(), len(operations())
        return (
            f"{calls} calls: {len(self.failed)} ended in a 500. Of {there} operations, "
            f"{len(self.reached)} were reached, {len(self.done)} done. {dict(self.ended)}"
        )


def operations() -> list[tuple[str, str]]:
    """Each with its service."""
    session = botocore.session.get_session()
    return [
        (service, name)
        for service in SERVICES
        for name in session.get_service_model(service).operation_names
    ]


def run(aws: Aws, calls: int, seed: int) -> Outcome:
    clients = {service: aws.careless(service) for service in SERVICES}
    inventor, outcome = Inventor(seed, known(aws)), Outcome()
    for number in range(calls):
        if number % 500 == 499:  # what there was may have been deleted meanwhile
            inventor = Inventor(seed + number, known(aws))
        service = inventor.choose(SERVICES)
        model = clients[service].meta.service_model
        name = inventor.choose(model.operation_names)
        parameters = inventor.parameters(model.operation_model(name).input_shape)
        outcome.note(f"{service} {name}", parameters, *call(clients[service], name, parameters))
    return outcome


def call(client: Any, operation: str, parameters: dict[str, Any]) -> tuple[int, str]:
    """The status, 0 if the client did not send it, 599 if nothing came back; the error's text."""
    try:
        answer = client._make_api_call(operation, parameters)
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"], str(error)
    except NOTHING_CAME as error:
        return 599, repr(error)
    except (BotoCoreError, ValueError, TypeError, AttributeError, KeyError) as error:
        return 0, repr(error)
    return answer["ResponseMetadata"]["HTTPStatusCode"], ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    chosen = parser.parse_args()
    with Sandbox() as sandbox:
        aws = Aws(sandbox.endpoint, sandbox.access_key)
        outcome = run(aws, chosen.calls, chosen.seed)
    print(f"Seed {chosen.seed}. {outcome}")
    for each in outcome.failed:
        print(each)
    sys.exit(bool(outcome.failed))


if __name__ == "__main__":
    main()
