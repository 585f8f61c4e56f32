"""What a function may do: the statements of its role, and one of them taken away for a while.

>>> roles.table("auto_confirm")
>>> with roles.without_permission("auto_confirm", "dynamodb:GetItem"):
...     ...  # here the function is refused
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from helpers import cloud, experiments, stack
from helpers._inner import role_policies
from helpers.errors import AnswerError, told_briefly

if TYPE_CHECKING:
    from helpers._inner.tables import Table

__all__ = ["table", "without_permission"]


def table(name: str, stack_name: str | None = None) -> "Table":
    """What the handler's role lets it do, and on what.

    >>> table("auto_confirm")
    """
    from helpers._inner.tables import Table

    policies = role_policies.read(_role(name, stack_name))
    rows = [
        (each["Effect"], ", ".join(role_policies.of(each)), each["Resource"])
        for policy in policies.values()
        for each in policy["Statement"]
    ]
    return Table(rows, columns=["Effect", "Action", "Resource"])


@contextmanager
def without_permission(name: str, action: str, stack_name: str | None = None) -> Iterator[None]:
    """For a while, take one action from what the handler's role allows.

    >>> with without_permission("activity_log", "dynamodb:UpdateItem"):
    ...     cognito.sign_in(client_id, "ann", password)
    """
    role = _role(name, stack_name)
    before = role_policies.mended(role_policies.read(role))
    allowed = role_policies.actions(before)
    if action not in allowed:
        raise AnswerError(f"The role does not allow {action}. It allows {', '.join(allowed)}.")
    try:
        role_policies.write(role, role_policies.without(action, before))
        yield
    finally:
        role_policies.write(role, before)


def _role(name: str, stack_name: str | None) -> str:
    outputs = stack.outputs(stack_name or experiments.stack_of(name))
    deployed = experiments.function(name, outputs)
    with told_briefly():
        found = cloud.client("lambda").get_function_configuration(FunctionName=deployed)
    return str(found["Role"]).rpartition("/")[2]
