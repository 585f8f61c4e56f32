"""What a test with a pool, a function and a trigger costs, beside moto that runs no handler."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3

from benchmarks.rows import Row, alternate
from benchmarks.sandbox import TRUST
from cognito_sandbox.testing import Sandbox
from cognito_sandbox.testing.code import zip_files

CONFIRMING = """
def handler(event, context):
    event["response"]["autoConfirmUser"] = True
    return event
"""
EMAIL = [{"Name": "email", "Value": "ann@example.com"}]


def in_sandbox(sandbox: Sandbox) -> Callable[[], None]:
    def test() -> None:
        with sandbox.user_pool() as pool:
            pool.trigger("PreSignUp", "confirm.py")
            assert pool.sign_up("ann", email="ann@example.com").confirmed

    return test


def in_process() -> Callable[[], None]:
    """The same calls of moto within this process."""
    make: Callable[..., Any] = boto3.client
    place = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
    cognito, lambdas = make("cognito-idp", **place), make("lambda", **place)
    role = make("iam", **place).create_role(RoleName="role", AssumeRolePolicyDocument=TRUST)

    def test() -> None:
        pool = cognito.create_user_pool(PoolName="test", AutoVerifiedAttributes=["email"])
        pool_id = pool["UserPool"]["Id"]
        app = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="test")
        arn = lambdas.create_function(
            FunctionName="confirm",
            Runtime="python3.11",
            Handler="confirm.handler",
            Role=role["Role"]["Arn"],
            Code={"ZipFile": zip_files({"confirm.py": CONFIRMING.encode()})},
        )["FunctionArn"]
        lambdas.add_permission(
            FunctionName="confirm",
            StatementId="cognito",
            Action="lambda:InvokeFunction",
            Principal="cognito-idp.amazonaws.com",
        )
        cognito.describe_user_pool(UserPoolId=pool_id)
        cognito.update_user_pool(UserPoolId=pool_id, LambdaConfig={"PreSignUp": arn})
        cognito.sign_up(
            ClientId=app["UserPoolClient"]["ClientId"],
            Username="ann",
            Password="Correct-horse-1",
            UserAttributes=EMAIL,
        )
        cognito.delete_user_pool(UserPoolId=pool_id)
        lambdas.delete_function(FunctionName="confirm")

    return test


def rows() -> Iterator[Row]:
    from moto import mock_aws

    with tempfile.TemporaryDirectory() as folder, mock_aws():
        (Path(folder) / "confirm.py").write_text(CONFIRMING)
        with Sandbox([Path(folder)]) as sandbox:
            pairs = alternate(in_sandbox(sandbox), in_process(), 40)
    yield Row("a test with a trigger, against moto without handler", pairs, 1.5)
