"""What CloudFormation knows of a stack: its state, once it rests, and why it failed."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from helpers import cloud
from helpers._inner import packaging
from helpers._inner.progress import Progress
from helpers._inner.waiting import looks
from helpers.errors import DeploymentError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import (
        DescribeChangeSetOutputTypeDef,
        StackEventTypeDef,
        StackTypeDef,
    )

GONE = "DELETE_COMPLETE"
PATIENCE = 15 * 60.0


def api() -> "CloudFormationClient":
    return cloud.client("cloudformation")


def find(name: str) -> "StackTypeDef | None":
    """The stack's description, if it exists; its name or its id will do."""
    try:
        return api().describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in error.response["Error"]["Message"]:
            raise
        return None


def is_ours(found: "StackTypeDef") -> bool:
    return packaging.OWNER in found.get("Tags", [])


def settled(name: str, progress: Progress, started: bool = False) -> "StackTypeDef | None":
    """Wait until nothing is in progress; what the stack is then.

    After a start, a stack that still looks only planned is about to be made.
    """
    for _ in looks(PATIENCE):
        found = find(name)
        status = found["StackStatus"] if found else GONE
        planned = status == "REVIEW_IN_PROGRESS" and not started
        if planned or not status.endswith("_IN_PROGRESS"):
            return found if status != GONE else None
        progress.say(f"Stack {name}: {status.replace('_', ' ').lower()}, {latest(name)}")
    raise DeploymentError(
        f"Stack {name} is still in {status} after {PATIENCE / 60:.0f} minutes. "
        "Look at it in the CloudFormation console, then run this again."
    )


def latest(name: str) -> str:
    event = api().describe_stack_events(StackName=name)["StackEvents"][0]
    return f"{event['LogicalResourceId']} {event['ResourceStatus'].replace('_', ' ').lower()}"


def planned(change_set: str) -> "DescribeChangeSetOutputTypeDef":
    """The change set, once it is known what it would change."""
    for _ in looks(PATIENCE):
        described = api().describe_change_set(ChangeSetName=change_set)
        if described["Status"] in ("CREATE_COMPLETE", "FAILED"):
            return described
    raise DeploymentError("CloudFormation took too long to plan the change. Run this again.")


def events(stack_id: str) -> list["StackEventTypeDef"]:
    pages = api().get_paginator("describe_stack_events").paginate(StackName=stack_id)
    return [event for page in pages for event in page["StackEvents"]]


def event_ids(stack_id: str) -> set[str]:
    return {event["EventId"] for event in events(stack_id)}


def first_failure(stack_id: str, before: set[str] | None = None) -> str:
    """The first resource that failed, and why; the others only failed because of it."""
    failed = [
        event
        for event in reversed(events(stack_id))
        if event["ResourceStatus"].endswith("_FAILED") and event["EventId"] not in (before or ())
    ]
    if not failed:
        return "CloudFormation does not say why."
    first = failed[0]
    kind, reason = first["ResourceType"], first.get("ResourceStatusReason", "no reason given")
    return f"{first['LogicalResourceId']} ({kind}) failed: {reason.rstrip('.')}."
