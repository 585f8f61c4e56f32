"""What the sandbox's tests share: clients, functions to deploy, pools to sign up in."""

import io
import json
import subprocess
import sys
import time
import urllib.parse
import urllib.request
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import AttributeTypeTypeDef
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient

REGION = "us-east-1"
DEVELOPER = {
    "EmailConfiguration": {
        "EmailSendingAccount": "DEVELOPER",
        "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/a@b.com",
    }
}
SMS = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms"}
PASSWORD = "Correct-horse-1"
AGREED = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]  # to whatever is in a stack
ECHO = """
import json
def handler(event, context):
    print(json.dumps(event))
    {body}
    return event
"""


def client(service: str, endpoint: str, access_key: str = "test", **config: Any) -> Any:
    make: Callable[..., object] = boto3.client  # whose types know the literal names only
    return make(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=access_key,
        aws_secret_access_key="test",
        config=Config(
            retries={"max_attempts": 0}, read_timeout=60, max_pool_connections=40, **config
        ),
    )


def zipped(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(f"{name}.py")  # the same bytes, whenever it is made
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text)
    return packed.getvalue()


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def refused(kind: str, text: str | None = None) -> "Refusal":
    """Expect an AWS error: its code, and its whole message or the start of it (with ...)."""
    return Refusal(kind, text)


class Refusal:
    """What was refused; `told` is the whole of AWS's error."""

    def __init__(self, kind: str, text: str | None) -> None:
        self.kind, self.text = kind, text
        self.told: dict[str, Any] = {}

    def __enter__(self) -> "Refusal":
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if not isinstance(error, ClientError):
            if error is None:
                pytest.fail(f"no {self.kind} was raised")
            return False
        told = self.told = dict(error.response["Error"])
        assert told["Code"] == self.kind, told
        if self.text is not None and self.text.endswith("..."):
            assert told["Message"].startswith(self.text[:-3])
        elif self.text is not None:
            assert told["Message"] == self.text
        return True


@contextmanager
def by_hand(*options: str) -> Iterator[str]:
    """The endpoint of a sandbox started on the command line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cognito_sandbox", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield process.stdout.readline().removeprefix("Sandbox ready at ").strip()
    finally:
        process.terminate()
        process.communicate()


class Aws:
    """The clients for one endpoint, and short ways to make what tests need."""

    def __init__(self, endpoint: str, access_key: str = "test") -> None:
        self.endpoint, self.access_key = endpoint, access_key
        self.client: Callable[[str], Any] = cache(
            lambda service: client(service, endpoint, access_key)
        )
        self.cognito: CognitoIdentityProviderClient = self.client("cognito-idp")
        self.lambdas: LambdaClient = self.client("lambda")
        self.logs: CloudWatchLogsClient = self.client("logs")

    def careless(self, service: str) -> Any:
        """A client that sends whatever it is given."""
        sent = {"parameter_validation": False, "inject_host_prefix": False}
        return client(service, self.endpoint, self.access_key, **sent)

    @property
    def role(self) -> str:
        """The ARN of a role for functions that may do anything."""
        return self.role_with({"Effect": "Allow", "Action": "*", "Resource": "*"})

    def role_with(self, *statements: dict[str, Any], trusted: str = "lambda.amazonaws.com") -> str:
        """The ARN of a role that the service may assume, with these statements."""
        name = f"role-{uuid.uuid4().hex[:8]}"
        trust = {"Effect": "Allow", "Principal": {"Service": trusted}, "Action": "sts:AssumeRole"}
        iam = self.client("iam")
        created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))
        if statements:
            iam.put_role_policy(
                RoleName=name, PolicyName="statements", PolicyDocument=policy(*statements)
            )
        return str(created["Role"]["Arn"])

    def function(self, source: str, permission: bool = True, **config: Any) -> "Function":
        """Deploy the source as a function with its handler `handler`."""
        name = f"function-{uuid.uuid4().hex[:8]}"
        settings = {
            "FunctionName": name,
            "Runtime": "python3.11",
            "Handler": "index.handler",
            "Role": self.role,
            "Code": {"ZipFile": zipped(index=source)},
        }
        arn = self.lambdas.create_function(**settings | config)["FunctionArn"]
        function = Function(self, arn.split(":")[6], arn)
        function.wait()
        if permission:
            function.allow("cognito-idp.amazonaws.com")
        return function

    def echo(self, body: str = "pass", **config: Any) -> "Function":
        """A handler that prints its event, does what the body says, and returns the event."""
        return self.function(ECHO.format(body=body.replace("\n", "\n    ")), **config)

    def pool(
        self, triggers: dict[str, Any] | None = None, app: dict[str, Any] | None = None, **more: Any
    ) -> "Pool":
        arns = {k: v.arn if isinstance(v, Function) else v for k, v in (triggers or {}).items()}
        settings = {"AutoVerifiedAttributes": ["email"], "LambdaConfig": arns} | more
        pool = self.cognito.create_user_pool(PoolName="pool", **settings)["UserPool"]
        flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_CUSTOM_AUTH"]
        flows += ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]
        made = self.cognito.create_user_pool_client(
            UserPoolId=pool["Id"],
            ClientName="app",
            **{"ExplicitAuthFlows": flows} | (app or {}),
        )["UserPoolClient"]
        return Pool(self, pool["Id"], pool["Arn"], made["ClientId"])

    def get(self, path: str, **query: str) -> Any:
        url = f"{self.endpoint}{path}?{urllib.parse.urlencode(query)}"
        shown = urllib.request.Request(url, headers={"Authorization": f"Bearer {self.access_key}"})
        with urllib.request.urlopen(shown) as response:
            return json.load(response)

    def now(self) -> float:
        """The sandbox's own time, which tests move."""
        return float(self.get("/_sandbox/clock")["now"])

    def post(self, path: str, wish: dict[str, Any]) -> Any:
        """Ask one of the sandbox's own pages for something."""
        key = {"Authorization": f"Bearer {self.access_key}"}
        asked = urllib.request.Request(f"{self.endpoint}{path}", json.dumps(wish).encode(), key)
        with urllib.request.urlopen(asked) as response:
            return json.load(response)


class Function:
    """A deployed function."""

    def __init__(self, aws: Aws, name: str, arn: str) -> None:
        self.aws, self.name, self.arn = aws, name, arn

    def allow(self, principal: str, **condition: Any) -> None:
        self.aws.lambdas.add_permission(
            FunctionName=self.name,
            StatementId=f"allow-{uuid.uuid4().hex[:8]}",
            Action="lambda:InvokeFunction",
            Principal=principal,
            **condition,
        )

    def disallow(self) -> None:
        """Take back all that was allowed."""
        policy = json.loads(self.aws.lambdas.get_policy(FunctionName=self.name)["Policy"])
        for statement in policy["Statement"]:
            self.aws.lambdas.remove_permission(FunctionName=self.name, StatementId=statement["Sid"])

    def wait(self) -> None:
        """Until its creation, or its update, is done."""
        self.aws.lambdas.get_function_configuration(FunctionName=self.name)

    def invoke(self, event: Any = None, **options: Any) -> Any:
        payload: dict[str, Any] = {} if event is None else {"Payload": json.dumps(event)}
        return self.aws.lambdas.invoke(FunctionName=self.name, **payload, **options)

    def result(self, event: Any = None) -> Any:
        return json.load(self.invoke(event)["Payload"])

    @property
    def group(self) -> str:
        return f"/aws/lambda/{self.name}"

    def streams(self) -> list[str]:
        pages = self.aws.logs.get_paginator("describe_log_streams")
        found = [page["logStreams"] for page in pages.paginate(logGroupName=self.group)]
        return [stream["logStreamName"] for streams in found for stream in streams]

    def log(self) -> list[str]:
        """All its log messages by their time, whichever environment wrote them."""
        try:
            streams = self.streams()
        except ClientError:
            return []
        pages = [
            self.aws.logs.get_log_events(
                logGroupName=self.group, logStreamName=stream, startFromHead=True
            )["events"]
            for stream in streams
        ]
        in_order = sorted((event for page in pages for event in page), key=itemgetter("timestamp"))
        return [event["message"] for event in in_order]

    def events(self) -> list[Any]:
        """The events that an echoing handler printed."""
        return [json.loads(line) for line in self.log() if line.startswith("{")]

    def sources(self) -> list[str]:
        return [event["triggerSource"] for event in self.events()]


class Pool:
    """A user pool with one app client."""

    def __init__(self, aws: Aws, pool_id: str, arn: str, client_id: str) -> None:
        self.aws, self.id, self.arn, self.client_id = aws, pool_id, arn, client_id

    def sign_up(self, name: str = "ann", password: str = PASSWORD, **more: Any) -> Any:
        attributes = more.pop("attributes", {"email": f"{name}@example.com"})
        return self.aws.cognito.sign_up(
            ClientId=self.client_id,
            Username=name,
            Password=password,
            UserAttributes=listed(attributes),
            **more,
        )

    def confirm(self, name: str = "ann", code: str | None = None, **more: Any) -> Any:
        return self.aws.cognito.confirm_sign_up(
            ClientId=self.client_id,
            Username=name,
            ConfirmationCode=code or self.mail(name)[-1]["code"],
            **more,
        )

    def add(self, name: str = "ann", password: str = PASSWORD, **attributes: str) -> None:
        """A confirmed user with a verified e-mail address."""
        verified = {"email": f"{name}@example.com", "email_verified": "true"} | attributes
        self.aws.cognito.admin_create_user(
            UserPoolId=self.id,
            Username=name,
            MessageAction="SUPPRESS",
            UserAttributes=listed(verified),
        )
        self.aws.cognito.admin_set_user_password(
            UserPoolId=self.id, Username=name, Password=password, Permanent=True
        )

    def sign_in(self, name: str = "ann", password: str = PASSWORD, **more: Any) -> Any:
        return self.aws.cognito.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": password},
            **more,
        )

    def admin_sign_in(self, name: str = "ann", password: str = PASSWORD, **more: Any) -> Any:
        return self.aws.cognito.admin_initiate_auth(
            UserPoolId=self.id,
            ClientId=self.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": password},
            **more,
        )

    def refresh(self, token: str) -> Any:
        return self.aws.cognito.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": token},
        )

    def respond(self, challenge: Any, **responses: str) -> Any:
        return self.aws.cognito.respond_to_auth_challenge(
            ClientId=self.client_id,
            ChallengeName=challenge["ChallengeName"],
            Session=challenge["Session"],
            ChallengeResponses=responses,
        )

    def forgot(self, name: str = "ann", **more: Any) -> Any:
        return self.aws.cognito.forgot_password(ClientId=self.client_id, Username=name, **more)

    def reset(self, name: str = "ann", code: str | None = None, password: str = PASSWORD) -> Any:
        return self.aws.cognito.confirm_forgot_password(
            ClientId=self.client_id,
            Username=name,
            ConfirmationCode=code or self.mail(name)[-1]["code"],
            Password=password,
        )

    def user(self, name: str = "ann") -> dict[str, Any]:
        """The user's status and attributes, flat."""
        user = self.aws.cognito.admin_get_user(UserPoolId=self.id, Username=name)
        attributes = {a["Name"]: a["Value"] for a in user["UserAttributes"]}
        return attributes | {"status": user["UserStatus"], "username": user["Username"]}

    def names(self) -> list[str]:
        found = self.aws.cognito.list_users(UserPoolId=self.id)["Users"]
        return sorted(user["Username"] for user in found)

    def settings(self) -> Mapping[str, Any]:
        return self.aws.cognito.describe_user_pool(UserPoolId=self.id)["UserPool"]

    def update(self, **settings: Any) -> Any:
        return self.aws.cognito.update_user_pool(UserPoolId=self.id, **settings)

    def mail(self, name: str | None = None) -> list[dict[str, Any]]:
        query = {"username": name} if name else {}
        return list(self.aws.get("/_sandbox/mail", user_pool_id=self.id, **query))


def listed(attributes: dict[str, str]) -> "list[AttributeTypeTypeDef]":
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


def eventually(check: Callable[[], Any], seconds: float = 10) -> Any:
    """Wait until the check holds; its last value."""
    deadline = time.monotonic() + seconds
    while not (value := check()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return value
