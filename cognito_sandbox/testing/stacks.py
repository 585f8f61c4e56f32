"""A stack under test: a template, SAM's or plain, deployed with the code that lies beside it."""

import json
import uuid
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from cognito_sandbox import pool_settings
from cognito_sandbox.testing import code, pools, templates
from cognito_sandbox.testing.access import Access
from cognito_sandbox.testing.calls import call
from cognito_sandbox.testing.errors import DeploymentError, TestingError
from cognito_sandbox.testing.templates import Template
from cognito_sandbox.testing.triggers import Trigger
from cognito_sandbox.testing.user_pool import UserPool

__tracebackhide__ = True
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
COMPLETE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
UNCHANGED = (*COMPLETE, "UPDATE_ROLLBACK_COMPLETE")  # which is as it was before the update
SKIPPED = "Skipped: "  # so the events of what the sandbox left out begin


class Stack:
    """A deployed stack: its outputs, and its user pools with their triggers."""

    def __init__(self, sandbox: Access, name: str, changed: bool = True) -> None:
        self._sandbox, self.name = sandbox, name
        self.changed = changed  # by this deployment

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
        for name, arn in pool_settings.functions(described.get("LambdaConfig") or {}).items():
            pool.triggers.append(Trigger(self._sandbox, name, arn.split(":")[6], arn))
        return pool


def deploy(
    sandbox: Access, template: str | Path, parameters: Mapping[str, str], name: str = ""
) -> Stack:
    """Upload the code that the template names; create the stack, or update what has its name.

    Of a stack that is there, the parameters that are not given keep the values that they have.
    """
    path = code.find(template, sandbox.folders)
    body = templates.packaged(sandbox, templates.read(path), path.parent)
    name = name or f"test-{uuid.uuid4().hex[:8]}"
    cloudformation = sandbox.client("cloudformation")
    make = _way(cloudformation, name)
    before = {event["EventId"] for event in _events(cloudformation, name)}
    changed = make(
        StackName=name,
        TemplateBody=json.dumps(body),
        Capabilities=CAPABILITIES,
        Parameters=_listed(parameters, _kept(cloudformation, name, body)),
    )
    if _state(cloudformation, name) not in (COMPLETE if changed else UNCHANGED):
        raise DeploymentError(
            f"{template} cannot be deployed: {_reason(cloudformation, name, before)}"
        )
    return Stack(sandbox, name, changed)


def _way(cloudformation: Any, name: str) -> Callable[..., bool]:
    """What failed to be made is made anew; the call tells whether there was something to do."""
    state = _state(cloudformation, name)
    if state in COMPLETE or state.startswith("UPDATE"):
        return partial(_update, cloudformation)
    if state:
        cloudformation.delete_stack(StackName=name)
    return lambda **said: bool(call(cloudformation, "create_stack", **said))


def _update(cloudformation: Any, **said: object) -> bool:
    try:
        return bool(call(cloudformation, "update_stack", **said))
    except cloudformation.exceptions.ClientError as error:
        if "No updates" not in str(error):
            raise
        return False


def _kept(cloudformation: Any, name: str, body: Template) -> set[str]:
    """The template's parameters of which the stack has a value."""
    had = {each["ParameterKey"] for each in _found(cloudformation, name).get("Parameters", ())}
    slots = body.get("Parameters")
    return had & slots.keys() if isinstance(slots, dict) else set()


def _listed(given: Mapping[str, str], kept: set[str]) -> list[dict[str, Any]]:
    values = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    so_far = sorted(kept - given.keys())
    return [*values, *({"ParameterKey": key, "UsePreviousValue": True} for key in so_far)]


def _state(cloudformation: Any, name: str) -> str:
    return str(_found(cloudformation, name).get("StackStatus", ""))


def _found(cloudformation: Any, name: str) -> dict[str, Any]:
    """The stack as it is; nothing, if it is not there."""
    try:
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except cloudformation.exceptions.ClientError:
        return {}
    return dict(stack)


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
