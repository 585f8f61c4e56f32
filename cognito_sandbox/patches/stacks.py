"""CloudFormation stacks that tell what they do, and roll back: moto's do neither."""

from collections.abc import Callable, Collection

from moto.cloudformation import models, parsing
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.common_models import CloudFormationModel as Resource
from moto.core.responses import EmptyResult

from cognito_sandbox.patches import change_sets, stack_changes, stack_resources
from cognito_sandbox.patches.stack_resources import Description
from cognito_sandbox.store import needs

NEEDS = (
    "moto.cloudformation.models:CloudFormationBackend.delete_stack",
    "moto.cloudformation.models:CloudFormationBackend.execute_change_set",
    "moto.cloudformation.models:Stack._add_stack_event",
    "moto.cloudformation.models:Stack._create_output_map",
    "moto.cloudformation.models:Stack._create_resource_map",
    "moto.cloudformation.models:Stack._parse_template",
    "moto.cloudformation.models:Stack.create_resources",
    "moto.cloudformation.models:Stack.stack_resources",
    "moto.cloudformation.models:Stack.update",
    "moto.cloudformation.models:Stack.verify_readiness",
    "moto.cloudformation.models:ValidationError",
    "moto.cloudformation.responses:CloudFormationResponse.delete_stack",
)
RETAINED = (
    "Invalid operation on stack [{}]. When you delete a stack, specify which resources to retain "
    "only when the stack is in the DELETE_FAILED state."
)
DELETED = 100  # so many deleted stacks are remembered


def install() -> None:
    """Put this module's ways in the place of moto's."""
    needs.check((*NEEDS, *stack_changes.NEEDS, *stack_resources.NEEDS))
    parsing.parse_and_create_resource = stack_resources.create
    models.Stack.create_resources = _create
    models.Stack.update = _update
    models.Stack.stack_resources = property(_made)
    models.CloudFormationBackend.execute_change_set = _execute_change_set
    models.CloudFormationBackend.delete_stack = _delete_stack
    CloudFormationResponse.delete_stack = _answer_deletion


def _made(stack: Stack) -> list[Resource]:
    """Without what its condition leaves out, which moto has as None."""
    return [resource for resource in stack.resource_map.values() if resource is not None]


def _enter(stack: Stack, status: str, reason: str | None = None) -> None:
    stack.status = status
    stack._add_stack_event(status, resource_status_reason=reason)


def _create(stack: Stack) -> None:
    stack.status = "CREATE_IN_PROGRESS"
    stack.description = stack.template_dict.get("Description")
    try:
        stack_resources.change(stack, stack.template_dict, None)
        stack.verify_readiness()  # custom resources may still be under way
        _tell_outputs(stack)
    except Exception as error:
        _enter(stack, "ROLLBACK_IN_PROGRESS", _failed("create", error))
        _roll_back(stack, "ROLLBACK", lambda: stack_resources.remove_all(stack))


def _roll_back(stack: Stack, name: str, undo: Callable[[], None]) -> None:
    try:
        undo()
    except Exception as error:
        _enter(stack, f"{name}_FAILED", _failed("roll back", error))
    else:
        _enter(stack, f"{name}_COMPLETE")


def _failed(verb: str, error: Exception) -> str:
    resource = getattr(error, "resource", None)
    named = f"The following resource(s) failed to {verb}: [{resource}]."
    return named if resource else stack_resources.reason_of(error)


def _update(
    stack: Stack,
    template: str,
    role_arn: str | None = None,
    parameters: Description | None = None,
    tags: dict[str, str] | None = None,
) -> None:
    before = stack.template, dict(stack.resource_map.input_parameters)
    _enter(stack, "UPDATE_IN_PROGRESS", "User Initiated")
    try:
        _become(stack, template, parameters)
    except Exception as error:
        _enter(stack, "UPDATE_ROLLBACK_IN_PROGRESS", _failed("update", error))
        _roll_back(stack, "UPDATE_ROLLBACK", lambda: _become(stack, *before))
        return
    stack.role_arn = role_arn or stack.role_arn
    stack.parameters = parameters or stack.parameters
    stack.tags = stack.tags if tags is None else tags
    _enter(stack, "UPDATE_COMPLETE")


def _become(stack: Stack, template: str, parameters: Description | None) -> None:
    stack.template = template
    stack._parse_template()
    stack_resources.change(stack, stack.template_dict, parameters)
    stack.output_map = stack._create_output_map()
    _tell_outputs(stack)


def _tell_outputs(stack: Stack) -> None:
    """What cannot be told fails the stack; moto would fail whoever describes it."""
    for name in stack.output_map:
        _ = stack.output_map[name]


def _execute_change_set(
    backend: CloudFormationBackend, change_set_name: str, stack_name: str | None = None
) -> None:
    change_set = change_sets.find_executable(backend, change_set_name, stack_name)
    stack = backend.stacks[change_set.stack_id]
    change_sets.forget(backend, stack.stack_id, kept=change_set)
    if change_set.change_set_type == "CREATE":
        _create_from(stack, change_set)
    else:
        _update(stack, change_set.template, None, change_set.parameters, change_set.tags or None)
    complete = "ROLLBACK" not in stack.status
    change_set.execution_status = "EXECUTE_COMPLETE" if complete else "EXECUTE_FAILED"


def _create_from(stack: Stack, change_set: ChangeSet) -> None:
    stack.template, stack.parameters = change_set.template, change_set.parameters
    stack.tags = change_set.tags
    stack._parse_template()
    _enter(stack, "CREATE_IN_PROGRESS", "User Initiated")
    stack.resource_map = stack._create_resource_map()
    stack.output_map = stack._create_output_map()
    _create(stack)


def _answer_deletion(response: CloudFormationResponse) -> EmptyResult:
    """moto does not read which resources are to stay."""
    backend, name = response.cloudformation_backend, response._get_param("StackName")
    _delete_stack(backend, name, response._get_param("RetainResources", []))
    return EmptyResult()


def _delete_stack(
    backend: CloudFormationBackend, name_or_stack_id: str, retained: Collection[str] = ()
) -> None:
    stacks = backend.stacks.values()
    for stack in [s for s in stacks if name_or_stack_id in (s.name, s.stack_id)]:
        if retained and stack.status != "DELETE_FAILED":
            raise models.ValidationError(message=RETAINED.format(stack.stack_id))
        _enter(stack, "DELETE_IN_PROGRESS", "User Initiated")
        try:
            stack_resources.remove_all(stack, retained)
        except Exception as error:
            _enter(stack, "DELETE_FAILED", _failed("delete", error))
            return
        exported = [
            name for name, e in backend.exports.items() if e.exporting_stack_id == stack.stack_id
        ]
        for name in exported:
            del backend.exports[name]
        _enter(stack, "DELETE_COMPLETE")
        backend.deleted_stacks[stack.stack_id] = backend.stacks.pop(stack.stack_id)
        _forget(backend, stack.stack_id)


def _forget(backend: CloudFormationBackend, stack_id: str) -> None:
    """A deleted stack's change sets, and the stacks that were deleted long ago."""
    change_sets.forget(backend, stack_id)
    for old in list(backend.deleted_stacks)[:-DELETED]:
        backend.deleted_stacks.pop(old, None)
