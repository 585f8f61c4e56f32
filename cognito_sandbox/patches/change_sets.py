"""Change sets: FAILED where they would change nothing, and executed once. moto's are neither.

A name is a stack's own, and once one is executed the stack's others are gone.
"""

from collections.abc import Iterator
from typing import Any

from moto.cloudformation import responses
from moto.cloudformation.exceptions import CloudFormationError, ValidationError
from moto.cloudformation.models import Change, ChangeSet
from moto.core.responses import ActionResult, EmptyResult

from cognito_sandbox.patches import stack_changes, stack_parameters

NEEDS = (
    "moto.cloudformation.models:Change",
    "moto.cloudformation.models:ChangeSet.diff",
    "moto.cloudformation.responses:CloudFormationResponse.create_change_set",
    "moto.cloudformation.responses:CloudFormationResponse.delete_change_set",
    "moto.cloudformation.responses:CloudFormationResponse.describe_change_set",
)
REVIEWED = "REVIEW_IN_PROGRESS"  # a stack that waits for its first change set to be executed
UNCHANGED = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)
create_change_set = responses.CloudFormationResponse.create_change_set


class ChangeSetNotFoundError(CloudFormationError):
    code = "ChangeSetNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"ChangeSet [{name}] does not exist")


class InvalidChangeSetStatusError(CloudFormationError):
    code = "InvalidChangeSetStatus"


def find_executable(backend: Any, change_set_name: str, stack: str | None) -> Any:
    found = _find(backend, change_set_name, stack)
    told = f"ChangeSet [{found.change_set_id}] cannot be executed in its current"
    if found.status == "FAILED":
        raise InvalidChangeSetStatusError(f"{told} status of [FAILED]")
    if found.execution_status != "AVAILABLE":
        raise InvalidChangeSetStatusError(f"{told} execution status of [{found.execution_status}]")
    return found


def _find(backend: Any, change_set_name: str, stack: str | None) -> Any:
    """By ARN, or by its name and its stack's: the newest, where one was executed before."""
    for arn, each in reversed(list(backend.change_sets.items())):
        is_of_stack = stack in (None, each.stack_name, each.stack_id)
        if change_set_name in (arn, each.change_set_name) and is_of_stack:
            return each
    raise ChangeSetNotFoundError(change_set_name)


def forget(backend: Any, stack_id: str, kept: Any = None) -> None:
    """All of the stack's but this one: they were made for the stack as it was."""
    for arn, each in list(backend.change_sets.items()):
        if each.stack_id == stack_id and each is not kept:
            backend.change_sets.pop(arn, None)


def _describe(response: Any) -> ActionResult:
    return ActionResult(_named(response))


def _delete(response: Any) -> EmptyResult:
    response.cloudformation_backend.change_sets.pop(_named(response).change_set_id, None)
    return EmptyResult()


def _named(response: Any) -> Any:
    name, stack = response._get_param("ChangeSetName"), response._get_param("StackName")
    return _find(response.cloudformation_backend, name, stack)


def create(response: Any, stack: Any) -> ActionResult:
    """For the stack that has the name, if there is one."""
    is_new = response._get_param("ChangeSetType") == "CREATE"
    if is_new and stack and stack.status != REVIEWED:
        told = f"Stack [{stack.name}] already exists and cannot be created again with the changeSet"
        raise ValidationError(message=f"{told} [{response._get_param('ChangeSetName')}].")
    answer = create_change_set(response)
    made = response.cloudformation_backend.change_sets[answer.result["Id"]]
    if not is_new:
        _mark(made)
    elif stack:
        _hand_over(response.cloudformation_backend, made, stack)
    return ActionResult({"Id": made.change_set_id, "StackId": made.stack_id})


def _mark(made: Any) -> None:
    """moto forgets the values that are defaults, the tags, and what SAM's transform does."""
    has_same_values = stack_parameters.has_same_values(made.stack, made.parameters, made.tags)
    same = has_same_values and made.template_dict == made.stack.template_dict
    made.status = "FAILED" if same else "CREATE_COMPLETE"
    made.execution_status = "UNAVAILABLE" if same else "AVAILABLE"
    made.status_reason = UNCHANGED if same else None


def _changes(made: Any) -> Iterator[Change]:
    """What its execution would do; moto looks at no parameter and no condition."""
    resources, template = made.stack.resource_map, made.template_dict
    modified = stack_changes.modified(resources, template, made.parameters)
    before = stack_changes.made(resources)
    after = stack_changes.wanted(resources, template, made.parameters)
    for name, each in (before | after).items():
        if name not in before:
            yield Change("Add", name, each["Type"])
        elif name not in after:
            yield Change("Remove", name, each["Type"])
        elif name in modified:
            yield Change("Modify", name, each["Type"])


def _hand_over(backend: Any, made: Any, stack: Any) -> None:
    """To the stack that waits, where moto has made another of the same name."""
    del backend.stacks[made.stack_id]
    made.stack, made.stack_id = stack, stack.stack_id


def install() -> None:
    """Put these ways in the place of moto's; templates.py checks what comes to `create`."""
    ChangeSet.diff = lambda made: list(_changes(made))
    responses.CloudFormationResponse.describe_change_set = _describe
    responses.CloudFormationResponse.delete_change_set = _delete
