"""What a function may do: the statements of its role, and one of them taken away for a while.

>>> roles.table("auto_confirm")
>>> with roles.without_permission("auto_confirm", "dynamodb:GetItem"):
...     ...  # here the function is refused
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from helpers import cloud, experiments, stack
from helpers._inner.progress import Progress
from helpers.errors import AnswerError, told_briefly

if TYPE_CHECKING:
    from helpers._inner.tables import Table

__all__ = ["table", "without_permission"]

Policies = dict[str, dict[str, Any]]  # a role's own policies, by name
SETTLES = 15  # seconds until all of AWS knows of a change to a role


def table(name: str, stack_name: str = stack.NAME) -> "Table":
    """What the handler's role lets it do, and on what.

    >>> table("auto_confirm")
    """
    from helpers._inner.tables import Table

    rows = [
        (each["Effect"], ", ".join(_actions(each)), each["Resource"])
        for policy in _policies(_role(name, stack_name)).values()
        for each in policy["Statement"]
    ]
    return Table(rows, columns=["Effect", "Action", "Resource"])


@contextmanager
def without_permission(name: str, action: str, stack_name: str = stack.NAME) -> Iterator[None]:
    """For a while, take one action from what the handler's role allows.

    >>> with without_permission("activity_log", "dynamodb:UpdateItem"):
    ...     cognito.sign_in(client_id, "ann", password)
    """
    role = _role(name, stack_name)
    before = _policies(role)
    there = [each for policy in before.values() for each in policy["Statement"]]
    allowed = sorted(each for statement in there for each in _actions(statement))
    if action not in allowed:
        raise AnswerError(f"The role does not allow {action}. It allows {', '.join(allowed)}.")
    try:
        _write(role, {policy: _without(action, body) for policy, body in before.items()})
        yield
    finally:
        _write(role, before)


def _role(name: str, stack_name: str) -> str:
    deployed = experiments.function(name, stack.outputs(stack_name))
    with told_briefly():
        found = cloud.client("lambda").get_function_configuration(FunctionName=deployed)
    return str(found["Role"]).rpartition("/")[2]


def _policies(role: str) -> Policies:
    with told_briefly():
        pages = _api().get_paginator("list_role_policies").paginate(RoleName=role)
        names = [name for page in pages for name in page["PolicyNames"]]
        found = (_api().get_role_policy(RoleName=role, PolicyName=name) for name in names)
        return {each["PolicyName"]: each["PolicyDocument"] for each in found}


def _write(role: str, policies: Policies) -> None:
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


def _without(action: str, policy: dict[str, Any]) -> dict[str, Any]:
    kept = [
        each | {"Action": [one for one in _actions(each) if one != action]}
        for each in policy["Statement"]
    ]
    return policy | {"Statement": [each for each in kept if each["Action"]]}


def _actions(statement: dict[str, Any]) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else list(actions)


def _api() -> Any:
    return cloud.client("iam")
