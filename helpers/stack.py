"""The stack of the tutorials: deploy it, read its outputs, delete it, find what is left of it."""

import json
import re
import uuid
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from helpers import cloud, triggers
from helpers._inner import packaging, role_policies
from helpers._inner.packaging import Template
from helpers._inner.progress import Progress
from helpers._inner.waiting import looks
from helpers.errors import DeploymentError, HelpersError, NoStackError, told_briefly

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.literals import ChangeSetTypeType
    from mypy_boto3_cloudformation.type_defs import (
        DescribeChangeSetOutputTypeDef,
        StackEventTypeDef,
        StackTypeDef,
    )
    from mypy_boto3_resourcegroupstaggingapi.type_defs import TagFilterTypeDef

    from helpers._inner.tables import Table

__all__ = ["NAME", "delete", "deploy", "leftovers", "more", "outputs", "plan", "table"]

NAME = "cognito-trigger-notebooks"
GONE = "DELETE_COMPLETE"
MUST_GO = {
    *("CREATE_FAILED", "DELETE_FAILED", "REVIEW_IN_PROGRESS"),
    *("ROLLBACK_COMPLETE", "ROLLBACK_FAILED"),
}
READY = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}
NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
NAMES = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,51}")  # functions are named after it, in 64 letters
PATIENCE = 15 * 60.0


def deploy(name: str = NAME, template: str | Path = packaging.TEMPLATE) -> dict[str, str]:
    """Create the stack or bring it up to date, from whatever state it is in; its outputs.

    A function's `Code` in the template may be a folder beside it.

    >>> deploy()["UserPoolId"]
    >>> deploy(template="my/template.yaml", name="my-stack")
    """
    _check(name)
    with Progress(f"Stack {name}") as progress, told_briefly():
        found = _settled(name, progress)
        _refuse_strangers(found, name)
        if found and found["StackStatus"] == "UPDATE_ROLLBACK_FAILED":
            _api().continue_update_rollback(StackName=name)
            found = _settled(name, progress)
        if found and found["StackStatus"] in MUST_GO:
            _delete(found, progress)
            found = None
        body = packaging.packaged(Path(template))
        _apply_change_set(name, "UPDATE" if found else "CREATE", json.dumps(body), progress)
    made = outputs(name)
    _mend_pools(body, made)
    _mend_roles(name)
    HelpersError.afterwards = ""  # what was cleaned up before is of no interest any more
    return made


def _mend_roles(name: str) -> None:
    """What an experiment cut short took from a role is no business of CloudFormation's either."""
    with told_briefly():
        found = _api().describe_stack_resources(StackName=name)["StackResources"]
        for resource in found:
            if resource["ResourceType"] == "AWS::IAM::Role":
                role_policies.mend(resource["PhysicalResourceId"])


def _mend_pools(template: Template, made: dict[str, str]) -> None:
    """CloudFormation leaves alone what was changed behind its back, by an experiment cut short."""
    for key, output in template.get("Outputs", {}).items():
        resource = template["Resources"].get(_referred(output["Value"]), {})
        if resource.get("Type") == "AWS::Cognito::UserPool":
            wanted = resource.get("Properties", {})
            plain = {name: value for name, value in wanted.items() if packaging.is_plain(value)}
            triggers.mend(made[key], plain)


def _referred(value: object) -> str | None:
    return value.get("Ref") if isinstance(value, dict) else None


def outputs(name: str = NAME) -> dict[str, str]:
    """The outputs of the stack, such as "UserPoolId" and "AutoConfirmFunctionArn".

    >>> outputs()["TableName"]
    """
    _check(name)
    with told_briefly():
        found = _find(name)
    if not found or ("Outputs" not in found and found["StackStatus"] not in READY):
        state = f"is in {found['StackStatus']} and has no outputs" if found else "does not exist"
        raise NoStackError(f"The stack {name} {state}. Bring it up: stack.deploy()")
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def table(name: str = NAME) -> "Table":
    """The outputs as a table, sorted by name.

    >>> table()
    """
    from helpers._inner.tables import Table

    return Table(sorted(outputs(name).items()), columns=["Output", "Value"])


def plan(template: str | Path = packaging.TEMPLATE) -> "Table":
    """What the stack is made of, by kind, before anything is there.

    >>> plan()
    """
    from helpers._inner.tables import Table

    resources = packaging.read(Path(template))["Resources"].values()
    kinds = Counter(resource["Type"] for resource in resources)
    return Table(sorted(kinds.items()), columns=["Kind", "Number"])


def more(folder: str) -> tuple[str, Path]:
    """What a further notebook's stack is called, and its template: both lie in lambda_src/more.

    >>> name, template = more("second_factor")
    >>> plan(template)
    """
    return f"{NAME}-{folder.replace('_', '-')}", packaging.MORE / folder / "template.yaml"


def delete(name: str = NAME) -> None:
    """Delete the stack, all that is in it, and with the last stack the bucket of its code.

    >>> delete()
    """
    _check(name)
    with Progress(f"Deleting stack {name}") as progress, told_briefly():
        found = _settled(name, progress)
        _refuse_strangers(found, name)
        if found:
            _delete(found, progress)
        if not _ours():
            packaging.delete_bucket()  # it serves all stacks of the project


def leftovers() -> "Table":
    """What of the project still exists in this account and region; empty if nothing does.

    >>> leftovers()
    """
    from helpers._inner.tables import Table

    with told_briefly():
        rows = {("stack", found["StackId"]) for found in _ours()} | _tagged()
    return Table(sorted(rows), columns=["Kind", "Resource"])


def _ours() -> list["StackTypeDef"]:
    """All stacks of the project."""
    pages = _api().get_paginator("describe_stacks").paginate()
    return [found for page in pages for found in page["Stacks"] if _is_ours(found)]


def _tagged() -> set[tuple[str, str]]:
    """What else in this account and region carries the project's tag."""
    rows = set()
    owner: TagFilterTypeDef = {"Key": packaging.OWNER["Key"], "Values": [packaging.OWNER["Value"]]}
    pages = cloud.client("resourcegroupstaggingapi").get_paginator("get_resources")
    for page in pages.paginate(TagFilters=[owner]):
        for resource in page["ResourceTagMappingList"]:
            arn = resource["ResourceARN"]
            kind = arn.split(":")[2]
            rows.add(("stack" if kind == "cloudformation" else kind, arn))
    return rows


def _api() -> "CloudFormationClient":
    return cloud.client("cloudformation")


def _check(name: str) -> None:
    if not (isinstance(name, str) and NAMES.fullmatch(name)):
        raise DeploymentError(
            f'"{name}" cannot name a stack: use at most 52 letters, digits and hyphens, a letter '
            "first."
        )


def _find(name: str) -> "StackTypeDef | None":
    """The stack's description, if it exists; its name or its id will do."""
    try:
        return _api().describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in error.response["Error"]["Message"]:
            raise
        return None


def _is_ours(found: "StackTypeDef") -> bool:
    return packaging.OWNER in found.get("Tags", [])


def _refuse_strangers(found: "StackTypeDef | None", name: str) -> None:
    if found and not _is_ours(found):
        raise DeploymentError(
            f"A stack {name} exists that is not this project's; it was left alone. "
            f'Choose another name: stack.deploy("another-name")'
        )


def _settled(name: str, progress: Progress, started: bool = False) -> "StackTypeDef | None":
    """Wait until nothing is in progress; what the stack is then.

    After a start, a stack that still looks only planned is about to be made.
    """
    for _ in looks(PATIENCE):
        found = _find(name)
        status = found["StackStatus"] if found else GONE
        planned = status == "REVIEW_IN_PROGRESS" and not started
        if planned or not status.endswith("_IN_PROGRESS"):
            return found if status != GONE else None
        progress.say(f"Stack {name}: {status.replace('_', ' ').lower()}, {_latest(name)}")
    raise DeploymentError(
        f"Stack {name} is still in {status} after {PATIENCE / 60:.0f} minutes. "
        "Look at it in the CloudFormation console, then run this again."
    )


def _latest(name: str) -> str:
    event = _api().describe_stack_events(StackName=name)["StackEvents"][0]
    return f"{event['LogicalResourceId']} {event['ResourceStatus'].replace('_', ' ').lower()}"


def _delete(found: "StackTypeDef", progress: Progress) -> None:
    stack_id = found["StackId"]
    _api().delete_stack(StackName=stack_id)
    left = _settled(stack_id, progress)
    if left:
        raise DeploymentError(
            f"Stack {found['StackName']} could not be deleted: {_first_failure(stack_id)} "
            "Remove what stands in the way, then run this again."
        )


def _apply_change_set(
    name: str, kind: "ChangeSetTypeType", template: str, progress: Progress
) -> None:
    change_set = _api().create_change_set(
        StackName=name,
        ChangeSetName=f"deploy-{uuid.uuid4().hex}",
        ChangeSetType=kind,
        Capabilities=["CAPABILITY_IAM"],
        Tags=[packaging.OWNER],
        TemplateBody=template,
    )
    described = _planned(change_set["Id"])
    if described["Status"] == "FAILED":
        _api().delete_change_set(ChangeSetName=change_set["Id"])
        reason = described.get("StatusReason", "")
        if any(text in reason for text in NO_CHANGES):
            return
        raise DeploymentError(f"The change to stack {name} was refused: {reason}")
    progress.say(f"Stack {name}: {len(described['Changes'])} resources to change")
    started = _event_ids(change_set["StackId"])
    _api().execute_change_set(ChangeSetName=change_set["Id"])
    found = _settled(change_set["StackId"], progress, started=True)
    if not found or "ROLLBACK" in found["StackStatus"] or "FAILED" in found["StackStatus"]:
        what = "created" if kind == "CREATE" else "updated"
        half = found and found["StackStatus"].endswith("ROLLBACK_FAILED")
        undone = "Not all could be rolled back." if half else "What had been done was rolled back."
        raise DeploymentError(
            f"Stack {name} could not be {what}: {_first_failure(change_set['StackId'], started)} "
            f"{undone} Mend the cause, then run this again."
        )


def _planned(change_set: str) -> "DescribeChangeSetOutputTypeDef":
    """The change set, once it is known what it would change."""
    for _ in looks(PATIENCE):
        described = _api().describe_change_set(ChangeSetName=change_set)
        if described["Status"] in ("CREATE_COMPLETE", "FAILED"):
            return described
    raise DeploymentError("CloudFormation took too long to plan the change. Run this again.")


def _events(stack_id: str) -> list["StackEventTypeDef"]:
    pages = _api().get_paginator("describe_stack_events").paginate(StackName=stack_id)
    return [event for page in pages for event in page["StackEvents"]]


def _event_ids(stack_id: str) -> set[str]:
    return {event["EventId"] for event in _events(stack_id)}


def _first_failure(stack_id: str, before: set[str] | None = None) -> str:
    """The first resource that failed, and why; the others only failed because of it."""
    failed = [
        event
        for event in reversed(_events(stack_id))
        if event["ResourceStatus"].endswith("_FAILED") and event["EventId"] not in (before or ())
    ]
    if not failed:
        return "CloudFormation does not say why."
    first = failed[0]
    kind, reason = first["ResourceType"], first.get("ResourceStatusReason", "no reason given")
    return f"{first['LogicalResourceId']} ({kind}) failed: {reason.rstrip('.')}."
