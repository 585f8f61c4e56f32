"""A role's own policies: read, written, and one action withheld in a way that can be undone.

A withheld action stays in its place under a name that no service has. So a role tells by itself
what it lacks, even if nobody could put it back: an interruption, or AWS out of reach.
"""

import json
import time
from typing import TYPE_CHECKING, Any, cast

from helpers import cloud
from helpers._inner.progress import Progress
from helpers.errors import told_briefly

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

Statement = dict[str, Any]
Policies = dict[str, dict[str, Any]]  # by name
WITHHELD = ":Withheld"
SETTLES = 15  # seconds until all of AWS knows of a change to a role


def read(role: str) -> Policies:
    """The role's own policies."""
    with told_briefly():
        pages = _api().get_paginator("list_role_policies").paginate(RoleName=role)
        names = [name for page in pages for name in page["PolicyNames"]]
        found = (_api().get_role_policy(RoleName=role, PolicyName=name) for name in names)
        return {each["PolicyName"]: cast(Statement, each["PolicyDocument"]) for each in found}


def write(role: str, policies: Policies) -> None:
    """Write them, and wait until they are in force."""
    with told_briefly():
        for name, body in policies.items():
            document = json.dumps(body)
            _api().put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document)
    if not cloud.current().is_sandbox:
        with Progress("Changing the role") as progress:
            for left in range(SETTLES, 0, -1):
                progress.say(f"Changing the role: AWS needs {left} more seconds to notice")
                time.sleep(1)


def mend(role: str) -> None:
    """Give back what was withheld, if anything is."""
    found = read(role)
    whole = mended(found)
    if whole != found:
        write(role, whole)


def without(action: str, policies: Policies) -> Policies:
    """The policies with this action withheld."""
    return _changed(policies, {action: action.replace(":", WITHHELD, 1)})


def mended(policies: Policies) -> Policies:
    """The policies with nothing withheld."""
    lacking = [action for action in actions(policies) if WITHHELD in action]
    return _changed(policies, {action: action.replace(WITHHELD, ":", 1) for action in lacking})


def actions(policies: Policies) -> list[str]:
    """All that they name, sorted."""
    return sorted(each for body in policies.values() for s in body["Statement"] for each in of(s))


def of(statement: Statement) -> list[str]:
    """The actions of one statement."""
    named = statement["Action"]
    return [named] if isinstance(named, str) else list(named)


def _changed(policies: Policies, names: dict[str, str]) -> Policies:
    return {
        policy: body
        | {
            "Statement": [
                statement | {"Action": [names.get(each, each) for each in of(statement)]}
                if names.keys() & set(of(statement))
                else statement
                for statement in body["Statement"]
            ]
        }
        for policy, body in policies.items()
    }


def _api() -> "IAMClient":
    return cloud.client("iam")
