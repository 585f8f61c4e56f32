"""Functions that make a call for a test, with the rights of the role that they were given."""

from typing import Any

from harness import Aws, Function

ACCOUNT = "123456789012"
ASKING = """
import boto3

def handler(event, context):
    client = boto3.client(event["service"])
    try:
        getattr(client, event["method"])(**event["parameters"])
    except client.exceptions.ClientError as error:
        return [error.response["Error"]["Code"], error.response["Error"]["Message"]]
    return ["ok", ""]
"""


def allow(*actions: str, on: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def deny(*actions: str, on: str = "*") -> dict[str, Any]:
    return allow(*actions, on=on) | {"Effect": "Deny"}


class Asking:
    """A function that makes a call for us, and tells the error's code and message."""

    def __init__(self, aws: Aws, *statements: dict[str, Any], **config: Any) -> None:
        role = config.pop("Role", None) or aws.role_with(*statements)
        self.aws, self.role = aws, role
        self.deployed: Function = aws.function(ASKING, Role=role, Timeout=30, **config)

    @property
    def arn(self) -> str:
        role = self.role.rpartition("/")[2]
        return f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{self.deployed.name}"

    def asks(self, service: str, method: str, **parameters: Any) -> tuple[str, str]:
        event = {"service": service, "method": method, "parameters": parameters}
        code, message = self.deployed.result(event)
        return code, message

    def gets(self, service: str, method: str, **parameters: Any) -> str:
        return self.asks(service, method, **parameters)[0]

    def not_allowed(self, action: str, resource: str, reason: str = "") -> str:
        reason = reason or f"because no identity-based policy allows the {action} action"
        return (
            f"User: {self.arn} is not authorized to perform: {action} "
            f"on resource: {resource} {reason}"
        )
