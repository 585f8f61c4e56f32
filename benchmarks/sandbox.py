"""What the sandbox costs beside plain moto's server."""

import io
import json
import os
import subprocess
import sys
import time
import urllib.request
import uuid
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import boto3
from botocore.config import Config

from benchmarks.rows import Pairs, Row, alternate, seconds
from cognito_sandbox import Sandbox

PASSWORD = "Benchmark-1"
NOTHING = "def handler(event, context):\n    return event\n"
PRINTING = "def handler(event, context):\n    print('a line')\n    return event\n"
LOOKING_UP = """
import boto3
table = boto3.client("dynamodb")

def handler(event, context):
    table.get_item(TableName="known", Key={"id": {"S": event["userName"]}})
    return event
"""
NOT_HELD = 'dynamodb", aws_access_key_id="free", aws_secret_access_key="free'
FRESH_PROCESS = "import boto3; boto3.client('dynamodb', region_name='us-east-1')"
SIGN_UPS = {
    "SignUp without trigger": (None, 0.7),
    "SignUp, handler that does nothing": (NOTHING, 0.9),
    "SignUp, handler with one GetItem": (LOOKING_UP, 1.7),
}
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
)
RIGHTS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["logs:*", "dynamodb:GetItem", "sqs:*"], "Resource": "*"}
        ],
    }
)
SMALL_STACK = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}


_keys: dict[str, str] = {}  # by endpoint: a sandbox takes its own only


@contextmanager
def started() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        _keys[sandbox.endpoint] = sandbox.access_key
        yield sandbox


def client(service: str, endpoint: str) -> Any:
    make: Callable[..., object] = boto3.client  # whose types know the literal names only
    return make(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=_keys.get(endpoint, "any"),
        aws_secret_access_key="benchmark",
        config=Config(max_pool_connections=20, retries={"max_attempts": 0}, read_timeout=30),
    )


@contextmanager
def plain_moto(port: int = 5123) -> Iterator[str]:
    environment = os.environ | {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-p", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    endpoint = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{endpoint}/moto-api/", process)
        yield endpoint
    finally:
        process.kill()
        process.wait()


def wait_for(url: str, process: subprocess.Popen[Any]) -> None:
    """Until something answers there, which a process that has ended never will."""
    while process.poll() is None:
        try:
            urllib.request.urlopen(url).close()
            return
        except OSError:
            time.sleep(0.005)
    raise RuntimeError(f"{process.args!r} ended with {process.returncode}: nothing is at {url}.")


def app_client(endpoint: str, trigger: str | None = None) -> Callable[[], Any]:
    """A pool with this trigger; what is returned signs a new user up."""
    cognito = client("cognito-idp", endpoint)
    config = {"PreSignUp": trigger} if trigger else {}
    pool = cognito.create_user_pool(PoolName="benchmark", LambdaConfig=config)["UserPool"]
    created = cognito.create_user_pool_client(UserPoolId=pool["Id"], ClientName="benchmark")
    client_id = created["UserPoolClient"]["ClientId"]
    attributes = [{"Name": "email", "Value": "someone@example.com"}]

    def sign_up() -> Any:
        return cognito.sign_up(
            ClientId=client_id,
            Username=uuid.uuid4().hex,
            Password=PASSWORD,
            UserAttributes=attributes,
        )

    return sign_up


def function(endpoint: str, name: str, source: str) -> str:
    """Make a function that Cognito may invoke; returns its ARN."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", source)
    iam, lambdas = client("iam", endpoint), client("lambda", endpoint)
    role = iam.create_role(RoleName=f"role-{name}", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.put_role_policy(RoleName=f"role-{name}", PolicyName="rights", PolicyDocument=RIGHTS)
    arn: str = lambdas.create_function(
        FunctionName=name,
        Runtime="python3.11",
        Handler="index.handler",
        Role=role,
        Code={"ZipFile": packed.getvalue()},
    )["FunctionArn"]
    lambdas.add_permission(
        FunctionName=name,
        StatementId="cognito",
        Action="lambda:InvokeFunction",
        Principal="cognito-idp.amazonaws.com",
    )
    lambdas.get_waiter("function_active_v2").wait(FunctionName=name)
    return arn


def invoking(endpoint: str, name: str, source: str) -> Callable[[], Any]:
    lambdas, event = client("lambda", endpoint), json.dumps({"userName": "nobody"})
    function(endpoint, name, source)
    return lambda: lambdas.invoke(FunctionName=name, Payload=event)


def a_second(sign_up: Callable[[], Any], threads: int = 4, count: int = 400) -> float:
    with ThreadPoolExecutor(threads) as pool:
        duration = seconds(lambda: list(pool.map(lambda _: sign_up(), range(count))))
    return count / duration


def first_stack(server: Callable[[], Any], endpoint: Callable[[Any], str]) -> float:
    template = json.dumps(SMALL_STACK)
    start = time.perf_counter()
    with server() as started:
        client("cloudformation", endpoint(started)).create_stack(
            StackName="first", TemplateBody=template
        )
        return time.perf_counter() - start


def cold_starts(endpoint: str, rounds: int) -> Pairs:
    """The first invocation of a function that uses boto3, and a fresh process that does."""
    lambdas, pairs = client("lambda", endpoint), []
    event = json.dumps({"userName": "nobody"})
    for number in range(rounds):
        name = f"cold-{number}"
        function(endpoint, name, LOOKING_UP)
        cold = seconds(partial(lambdas.invoke, FunctionName=name, Payload=event))
        fresh = seconds(lambda: subprocess.run([sys.executable, "-c", FRESH_PROCESS], check=True))
        pairs.append((cold, fresh))
    return pairs


def known_table(endpoint: str) -> None:
    client("dynamodb", endpoint).create_table(
        TableName="known",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def rows() -> Iterator[Row]:
    """From the start of a process to the throughput of four clients."""
    client("cloudformation", "http://127.0.0.1:1")  # so that no row pays for boto3's own start
    first = [
        (
            first_stack(started, lambda sandbox: sandbox.endpoint),
            first_stack(plain_moto, lambda endpoint: endpoint),
        )
        for _ in range(5)
    ]
    yield Row("process start to first stack, against moto's server", first, 0.5)
    with plain_moto() as moto, started() as sandbox:
        yield from _calls(moto, sandbox.endpoint)


def _calls(moto: str, endpoint: str) -> Iterator[Row]:
    known_table(endpoint)
    base = app_client(moto)
    for number, (title, (source, limit)) in enumerate(SIGN_UPS.items()):
        arn = function(endpoint, f"row-{number}", source) if source else None
        pairs = alternate(app_client(endpoint, arn), base, 200)
        yield Row(f"{title}, against moto's without", pairs, limit)
    held = invoking(endpoint, "held", LOOKING_UP)
    free = invoking(endpoint, "free", LOOKING_UP.replace("dynamodb", NOT_HELD))
    yield Row("a GetItem held to its role, against a free one", alternate(held, free, 300), 1.1)
    pairs = cold_starts(endpoint, 7)
    yield Row("cold start with boto3, against a fresh process", pairs, 0.2)
    printing = app_client(endpoint, function(endpoint, "printing", PRINTING))
    a_second(printing, count=40), a_second(base, count=40)
    pairs = [(a_second(printing), a_second(base)) for _ in range(5)]
    yield Row("SignUps, 4 threads, printing handler, against none", pairs, 1.0, "/s", True)
