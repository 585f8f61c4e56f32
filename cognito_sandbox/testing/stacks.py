"""A stack under test: a template, SAM's or plain, deployed with the code that lies beside it."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import yaml

from cognito_sandbox.testing import code, pools
from cognito_sandbox.testing.access import Access
from cognito_sandbox.testing.errors import TestingError
from cognito_sandbox.testing.triggers import Trigger
from cognito_sandbox.testing.user_pool import UserPool

__tracebackhide__ = True
LOCAL = {
    "AWS::Lambda::Function": "Code",
    "AWS::Lambda::LayerVersion": "Content",
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
COMPLETE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
SKIPPED = "Skipped: "  # so the events of what the sandbox left out begin
Template = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms: !Ref x becomes {"Ref": "x"}."""


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value: Any = node.value
    if isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _long_form)


class Stack:
    """A deployed stack: its outputs, and its user pools with their triggers."""

    def __init__(self, sandbox: Access, name: str) -> None:
        self._sandbox, self.name = sandbox, name

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs, by their keys."""
        stacks = self._sandbox.client("cloudformation").describe_stacks(StackName=self.name)
        return {o["OutputKey"]: o["OutputValue"] for o in stacks["Stacks"][0].get("Outputs", [])}

    @cached_property
    def user_pools(self) -> dict[str, UserPool]:
        """The stack's user pools, by their logical names."""
        return {name: self._pool(pool_id) for name, pool_id in self._of("UserPool").items()}

    @property
    def user_pool(self) -> UserPool:
        """The stack's one user pool."""
        found = self.user_pools
        if len(found) != 1:
            told = ", ".join(found) or "none"
            raise TestingError(f"The stack's user pools are: {told}. See .user_pools[name].")
        return next(iter(found.values()))

    @cached_property
    def resources(self) -> dict[str, str]:
        """What was made, by its logical names: each by its ID."""
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in self._resources}

    @cached_property
    def _resources(self) -> list[Any]:
        cloudformation = self._sandbox.client("cloudformation")
        found = cloudformation.describe_stack_resources(StackName=self.name)["StackResources"]
        return list(found)

    @property
    def skipped(self) -> dict[str, str]:
        """What was left out, by its logical names: each by its type. (--skip-unknown-resources)"""
        told = {
            e["LogicalResourceId"]: e
            for e in _events(self._sandbox.client("cloudformation"), self.name)
        }
        return {
            name: event["ResourceType"]
            for name, event in told.items()
            if event.get("ResourceStatusReason", "").startswith(SKIPPED)
        }

    def _of(self, kind: str) -> dict[str, str]:
        wanted = [
            each for each in self._resources if each["ResourceType"] == f"AWS::Cognito::{kind}"
        ]
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in wanted}

    def _pool(self, pool_id: str) -> UserPool:
        cognito = self._sandbox.client("cognito-idp")
        described = cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]
        listed = cognito.list_user_pool_clients(UserPoolId=pool_id)["UserPoolClients"]
        if not listed:
            raise TestingError(f"The stack's user pool {pool_id} has no app client.")
        app = cognito.describe_user_pool_client(UserPoolId=pool_id, ClientId=listed[0]["ClientId"])[
            "UserPoolClient"
        ]
        pool = pools.existing(self._sandbox, pool_id, described["Arn"], app)
        for name, arn in (described.get("LambdaConfig") or {}).items():
            if isinstance(arn, str):
                pool.triggers.append(Trigger(self._sandbox, name, arn.split(":")[6], arn))
        return pool


def deploy(
    sandbox: Access, template: str | Path, parameters: Mapping[str, str], name: str = ""
) -> Stack:
    """Upload the code that the template names; create the stack, or update what has its name."""
    path = code.find(template, sandbox.folders)
    body = _packaged(sandbox, _read(path), path.parent)
    name = name or f"test-{uuid.uuid4().hex[:8]}"
    cloudformation = sandbox.client("cloudformation")
    call = _call(cloudformation, name)
    before = {event["EventId"] for event in _events(cloudformation, name)}
    call(
        StackName=name,
        TemplateBody=json.dumps(body),
        Capabilities=CAPABILITIES,
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
    )
    if _state(cloudformation, name) not in COMPLETE:
        raise TestingError(
            f"{template} cannot be deployed: {_reason(cloudformation, name, before)}"
        )
    return Stack(sandbox, name)


def _call(cloudformation: Any, name: str) -> Callable[..., object]:
    """What failed to be made is made anew."""
    state = _state(cloudformation, name)
    if state in COMPLETE or state.startswith("UPDATE"):
        return _updating(cloudformation)
    if state:
        cloudformation.delete_stack(StackName=name)
    return cast(Callable[..., object], cloudformation.create_stack)


def _updating(cloudformation: Any) -> Callable[..., object]:
    def update(**said: Any) -> None:
        try:
            cloudformation.update_stack(**said)
        except cloudformation.exceptions.ClientError as error:
            if "No updates" not in str(error):
                raise

    return update


def _state(cloudformation: Any, name: str) -> str:
    try:
        found = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except cloudformation.exceptions.ClientError:
        return ""
    return str(found[0]["StackStatus"])


def _events(cloudformation: Any, name: str) -> list[Any]:
    """From the oldest on; none of a stack that is not there."""
    if not _state(cloudformation, name):
        return []
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=name)
    return [event for page in pages for event in page["StackEvents"]][::-1]


def _reason(cloudformation: Any, name: str, before: set[str]) -> str:
    """The first failure since then; what failed before is an earlier deployment's."""
    events = [e for e in _events(cloudformation, name) if e["EventId"] not in before]
    failed = [e for e in events if e["ResourceStatus"].endswith("FAILED")]
    told = [f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason', '')}" for e in failed]
    return "; ".join(told[:1]) or "its events tell no reason"


def _read(path: Path) -> Template:
    try:
        body = yaml.load(path.read_text("utf-8"), _Loader)
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        told = " ".join(str(error).split())
        raise TestingError(f"{path.name} cannot be read as a template: {told}") from None
    if not (isinstance(body, dict) and isinstance(body.get("Resources"), dict)):
        raise TestingError(f"{path.name} is no template: it has no Resources.")
    return body


def _object(value: Any) -> dict[str, Any]:
    """What is none has nothing to upload, and is CloudFormation's to refuse."""
    return value if isinstance(value, dict) else {}


def _packaged(sandbox: Access, body: Template, folder: Path) -> Template:
    """As `aws cloudformation package` does it: local paths become objects in a bucket."""
    shared = _object(_object(body.get("Globals")).get("Function"))
    parts = [(shared, "CodeUri")]
    for resource in map(_object, body["Resources"].values()):
        if resource.get("Type") in LOCAL:
            parts.append((_object(resource.get("Properties")), LOCAL[resource["Type"]]))
    for properties, member in parts:
        given = properties.get(member)
        if isinstance(given, str) and not given.startswith("s3://"):
            bucket, key = _upload(sandbox, _zipped(folder, given))
            in_sam = member.endswith("Uri")
            place = {"Bucket": bucket, "Key": key}
            plain = {"S3Bucket": bucket, "S3Key": key}
            properties[member] = place if in_sam else plain
    return body


def _zipped(folder: Path, given: str) -> bytes:
    path = code.find(given, [folder])
    if path.is_dir():
        return code.zip_folder(path)
    if path.suffix == ".zip":
        return path.read_bytes()
    return code.zip_files({path.name: path.read_bytes()})


def _upload(sandbox: Access, content: bytes) -> tuple[str, str]:
    bucket, key = "code-of-tests", f"{hashlib.sha256(content).hexdigest()}.zip"
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket=bucket)  # in this region, again is no error
    s3.put_object(Bucket=bucket, Key=key, Body=content)
    return bucket, key
