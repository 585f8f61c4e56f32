"""Events contract 10: AWS's get-started program for Lambda, from its role to its deletion."""

import base64
import json
import uuid
from typing import Any

from harness import Aws, policy, refused, zipped

BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
INCREMENT = """
def handler(event, context):
    print("incrementing", event["number"])
    return {"result": event["number"] + 1}
"""
CALCULATE = """
import logging
import os

logger = logging.getLogger()
logger.setLevel(os.environ.get("LOG_LEVEL", "WARNING"))

def handler(event, context):
    logger.debug("calculating %s", event)
    operations = {"plus": lambda x, y: x + y, "times": lambda x, y: x * y}
    return {"result": operations[event["action"]](event["x"], event["y"])}
"""
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


def invoke(aws: Aws, name: str, event: dict[str, Any]) -> tuple[Any, str]:
    """What the function returned, and the end of its log."""
    told = aws.lambdas.invoke(FunctionName=name, Payload=json.dumps(event), LogType="Tail")
    return json.load(told["Payload"]), base64.b64decode(told["LogResult"]).decode()


def test_lambdas_get_started_program(aws: Aws) -> None:
    iam, name = aws.client("iam"), f"get-started-{uuid.uuid4().hex[:8]}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(TRUST))["Role"]
    iam.attach_role_policy(RoleName=name, PolicyArn=BASIC)
    iam.get_waiter("role_exists").wait(RoleName=name)
    created = aws.lambdas.create_function(
        FunctionName=name,
        Description="from the get-started program",
        Runtime="python3.11",
        Role=role["Arn"],
        Handler="index.handler",
        Code={"ZipFile": zipped(index=INCREMENT)},
        Publish=True,
    )
    assert created["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert (created["State"], created["Version"]) == ("Pending", "1")
    assert created["FunctionArn"].endswith(f":function:{name}")
    for waiter in ("function_exists", "function_active", "function_active_v2"):
        aws.lambdas.get_waiter(waiter).wait(FunctionName=name)
    aws.lambdas.get_waiter("published_version_active").wait(FunctionName=name, Qualifier="1")
    assert invoke(aws, name, {"number": 5})[0] == {"result": 6}

    aws.lambdas.update_function_code(FunctionName=name, ZipFile=zipped(index=CALCULATE))
    aws.lambdas.get_waiter("function_updated_v2").wait(FunctionName=name)
    variables: Any = {"Variables": {"LOG_LEVEL": "DEBUG"}}
    aws.lambdas.update_function_configuration(FunctionName=name, Environment=variables)
    aws.lambdas.get_waiter("function_updated").wait(FunctionName=name)
    result, log = invoke(aws, name, {"action": "times", "x": 6, "y": 7})
    assert result == {"result": 42}
    assert "[DEBUG]" in log
    assert "calculating" in log

    pages = aws.lambdas.get_paginator("list_functions").paginate()
    assert name in [each["FunctionName"] for page in pages for each in page["Functions"]]
    deleted = aws.lambdas.delete_function(FunctionName=name)
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    with refused("ResourceNotFoundException"):
        aws.lambdas.get_function(FunctionName=name)
    iam.detach_role_policy(RoleName=name, PolicyArn=BASIC)
    iam.delete_role(RoleName=name)
