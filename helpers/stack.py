"""A stack: deploy it, read its outputs, delete it, find what is left of it.

The tutorials' own, where no other is named: a template of yours works as well, SAM's or plain.
"""

import json
import re
import uuid
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cognito_sandbox.spelling import meant
from helpers import cloud, triggers
from helpers._inner import packaging, role_policies, stacks
from helpers._inner.packaging import Template
from helpers._inner.parameters import values_of
from helpers._inner.progress import Progress
from helpers.errors import (
    AnswerError,
    DeploymentError,
    HelpersError,
    NoStackError,
    told_briefly,
)

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.literals import ChangeSetTypeType
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, StackTypeDef
    from mypy_boto3_resourcegroupstaggingapi.type_defs import TagFilterTypeDef

    from helpers._inner.tables import Table

__all__ = ["NAME", "delete", "deploy", "leftovers", "more", "outputs", "plan", "table"]

NAME = "cognito-trigger-notebooks"
MUST_GO = {
    *("CREATE_FAILED", "DELETE_FAILED", "REVIEW_IN_PROGRESS"),
    *("ROLLBACK_COMPLETE", "ROLLBACK_FAILED"),
}
READY = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}
NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
NAMES = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,51}")  # functions are named after it, in 64 letters


def deploy(
    name: str = NAME,
    template: str | Path = packaging.TEMPLATE,
    parameters: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Create the stack or bring it up to date, from whatever state it is in; its outputs.

    A function's `Code` in the template may be a folder beside it, as may `CodeUri` in one of SAM.
    Nothing is built: libraries must lie in the folder. A parameter that is not given keeps the
    value that the stack has.

    >>> deploy()["UserPoolId"]
    >>> deploy(template="my/template.yaml", name="my-stack", parameters={"Stage": "test"})
    """
    _check(name)
    body = packaging.read(Path(template))
    with Progress(f"Stack {name}") as progress, told_briefly():
        found = stacks.settled(name, progress)
        _refuse_strangers(found, name)
        if found and found["StackStatus"] == "UPDATE_ROLLBACK_FAILED":
            stacks.api().continue_update_rollback(StackName=name)
            found = stacks.settled(name, progress)
        if found and found["StackStatus"] in MUST_GO:
            _delete(found, progress)
            found = None
        values = values_of(body, parameters or {}, found)
        text = json.dumps(packaging.packaged(body, Path(template).parent))
        _apply_change_set(name, "UPDATE" if found else "CREATE", text, values, progress)
    made = outputs(name)
    _mend_pools(body, made)
    _mend_roles(name)
    HelpersError.afterwards = ""  # what was cleaned up before is of no interest any more
    return made


def _mend_roles(name: str) -> None:
    """What an experiment cut short took from a role is no business of CloudFormation's either."""
    with told_briefly():
        found = stacks.api().describe_stack_resources(StackName=name)["StackResources"]
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
        found = stacks.find(name)
    if not found or ("Outputs" not in found and found["StackStatus"] not in READY):
        state = f"is in {found['StackStatus']} and has no outputs" if found else "does not exist"
        wanted = "" if name == NAME else f'"{name}", TEMPLATE'
        raise NoStackError(f"The stack {name} {state}. Bring it up: stack.deploy({wanted})")
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
    known = sorted(path.parent.name for path in packaging.MORE.glob("*/template.yaml"))
    if folder not in known:
        instead = meant(folder, known) or f". There are: {', '.join(known)}."
        raise AnswerError(f'There is no "{folder}" in lambda_src/more{instead}')
    return f"{NAME}-{folder.replace('_', '-')}", packaging.MORE / folder / "template.yaml"


def delete(name: str = NAME) -> None:
    """Delete the stack, all that is in it, and with the last stack the bucket of its code.

    >>> delete()
    """
    _check(name)
    with Progress(f"Deleting stack {name}") as progress, told_briefly():
        found = stacks.settled(name, progress)
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
    pages = stacks.api().get_paginator("describe_stacks").paginate()
    return [found for page in pages for found in page["Stacks"] if stacks.is_ours(found)]


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


def _check(name: str) -> None:
    if not (isinstance(name, str) and NAMES.fullmatch(name)):
        raise DeploymentError(
            f'"{name}" cannot name a stack: use at most 52 letters, digits and hyphens, a letter '
            "first."
        )


def _refuse_strangers(found: "StackTypeDef | None", name: str) -> None:
    if found and not stacks.is_ours(found):
        raise DeploymentError(
            f"A stack {name} exists that is not this project's; it was left alone. "
            f'Choose another name: stack.deploy("another-name")'
        )


def _delete(found: "StackTypeDef", progress: Progress) -> None:
    stack_id = found["StackId"]
    stacks.api().delete_stack(StackName=stack_id)
    left = stacks.settled(stack_id, progress)
    if left:
        raise DeploymentError(
            f"Stack {found['StackName']} could not be deleted: {stacks.first_failure(stack_id)} "
            "Remove what stands in the way, then run this again."
        )


def _apply_change_set(
    name: str,
    kind: "ChangeSetTypeType",
    template: str,
    parameters: list["ParameterTypeDef"],
    progress: Progress,
) -> None:
    change_set = stacks.api().create_change_set(
        StackName=name,
        ChangeSetName=f"deploy-{uuid.uuid4().hex}",
        ChangeSetType=kind,
        Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=parameters,
        Tags=[packaging.OWNER],
        TemplateBody=template,
    )
    described = stacks.planned(change_set["Id"])
    if described["Status"] == "FAILED":
        stacks.api().delete_change_set(ChangeSetName=change_set["Id"])
        reason = described.get("StatusReason", "")
        if any(text in reason for text in NO_CHANGES):
            return
        raise DeploymentError(f"The change to stack {name} was refused: {reason}")
    progress.say(f"Stack {name}: {len(described['Changes'])} resources to change")
    started = stacks.event_ids(change_set["StackId"])
    stacks.api().execute_change_set(ChangeSetName=change_set["Id"])
    found = stacks.settled(change_set["StackId"], progress, started=True)
    if not found or "ROLLBACK" in found["StackStatus"] or "FAILED" in found["StackStatus"]:
        what = "created" if kind == "CREATE" else "updated"
        half = found and found["StackStatus"].endswith("ROLLBACK_FAILED")
        undone = "Not all could be rolled back." if half else "What had been done was rolled back."
        failed = stacks.first_failure(change_set["StackId"], started)
        raise DeploymentError(
            f"Stack {name} could not be {what}: {failed} {undone} "
            "Mend the cause, then run this again."
        )
