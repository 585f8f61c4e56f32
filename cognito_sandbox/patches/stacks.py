"""CloudFormation stacks that tell what they do, and roll back: moto's do neither."""

from collections.abc import Callable
from typing import Any

from moto.cloudformation import models, parsing
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.parsing import ResourceMap
from moto.core.common_models import CloudFormationModel as Resource

from cognito_sandbox.cognito.errors import CognitoError
from cognito_sandbox.events.http.apis import ApiError
from cognito_sandbox.patches import templates
from cognito_sandbox.store import needs

NEEDS = (
    "moto.cloudformation.models:CloudFormationBackend.delete_stack",
    "moto.cloudformation.models:CloudFormationBackend.execute_change_set",
    "moto.cloudformation.models:Event",
    "moto.cloudformation.models:Stack._add_stack_event",
    "moto.cloudformation.models:Stack._create_output_map",
    "moto.cloudformation.models:Stack._create_resource_map",
    "moto.cloudformation.models:Stack._parse_template",
    "moto.cloudformation.models:Stack.create_resources",
    "moto.cloudformation.models:Stack.update",
    "moto.cloudformation.models:Stack.verify_readiness",
    "moto.cloudformation.models:ValidationError",
    "moto.cloudformation.models:cloudformation_backends",
    "moto.cloudformation.parsing:ResourceMap._delete_resource",
    "moto.cloudformation.parsing:ResourceMap.build_resource_diff",
    "moto.cloudformation.parsing:ResourceMap.load",
    "moto.cloudformation.parsing:parse_and_create_resource",
    "moto.cloudformation.parsing:parse_and_update_resource",
)
Description = dict[str, Any]  # of a template or a part of it, as it is written
KEPT = ("Retain", "RetainExceptOnCreate")
DELETED = 100  # so many deleted stacks are remembered
create_resource = parsing.parse_and_create_resource


def install() -> None:
    """Put this module's ways in the place of moto's."""
    needs.check(NEEDS)
    parsing.parse_and_create_resource = _create_resource
    models.Stack.create_resources = _create
    models.Stack.update = _update
    models.CloudFormationBackend.execute_change_set = _execute_change_set
    models.CloudFormationBackend.delete_stack = _delete_stack


def _backend(owner: ResourceMap) -> CloudFormationBackend:
    account, region = owner._account_id, owner._region_name
    return models.cloudformation_backends[account][region]


def _tell(
    stack: Stack, name: str, kind: str, status: str, resource: Resource | None, reason: str = ""
) -> None:
    identifier = getattr(resource, "physical_resource_id", None) or ""
    event = models.Event(
        stack.stack_id, stack.name, name, identifier, kind, status, reason or None, None
    )
    stack.events.append(event)


def _step(stack: Stack, name: str, kind: str, verb: str, work: Callable[[], Resource]) -> Resource:
    """Do one thing to one resource, and tell of it; a failure is told once, where it happened."""
    _tell(stack, name, kind, f"{verb}_IN_PROGRESS", None)
    try:
        resource = work()
    except Exception as error:
        if not hasattr(error, "resource"):
            error.resource = name  # type: ignore[attr-defined]
            _tell(stack, name, kind, f"{verb}_FAILED", None, _reason(error))
        raise
    _tell(stack, name, kind, f"{verb}_COMPLETE", resource, getattr(resource, "note", ""))
    return resource


def _reason(error: Exception) -> str:
    named = error.kind if isinstance(error, ApiError | CognitoError) else type(error).__name__
    return f"{getattr(error, 'message', None) or error} ({named})"


def _create_resource(
    logical_id: str,
    resource_json: Description,
    resources_map: ResourceMap,
    *args: object,
    **kwargs: object,
) -> Resource | None:
    if not _is_wanted(resources_map, resource_json):
        return None
    stack = _backend(resources_map).stacks[resources_map.stack_id]
    for dependency in _depends_on(resource_json):
        _ = resources_map[dependency]

    def work() -> Resource:
        return create_resource(logical_id, resource_json, resources_map, *args, **kwargs)

    return _step(stack, logical_id, resource_json["Type"], "CREATE", work)


def _change(stack: Stack, template: Description, parameters: Description | None) -> None:
    """Bring the resources from what they are to what the template says; removals come last."""
    resources = stack.resource_map
    old = resources._resource_json_map
    modified = resources.build_resource_diff(template, parameters)["Modify"]
    resources._template, resources._resource_json_map = template, template["Resources"]
    if parameters is not None:
        resources.input_parameters = parameters
    resources.load()
    for name in template["Resources"]:
        if name in modified and resources._parsed_resources.get(name) is not None:
            _modify(stack, name, old[name])
        _ = resources[name]  # makes it, and what it refers to, unless that is done
    for name in reversed(list(old)):
        if not _is_wanted(resources, template["Resources"].get(name)):
            _remove(stack, name, old[name])


def _is_wanted(resources: ResourceMap, description: Description | None) -> bool:
    condition = (description or {}).get("Condition")
    return description is not None and (
        condition is None or bool(resources.lazy_condition_map[condition])
    )


def _depends_on(resource: Description) -> list[str]:
    names = resource.get("DependsOn", [])
    return [names] if isinstance(names, str) else names


def _modify(stack: Stack, name: str, old: Description) -> None:
    """Update a resource, or put another in its place where its type cannot be updated."""
    resources = stack.resource_map
    new, parsed = resources._resource_json_map[name], resources._parsed_resources

    def work() -> Resource:
        updated = parsing.parse_and_update_resource(
            name, new, resources, resources._account_id, resources._region_name
        )
        if updated is None:
            replaced = parsed.pop(name)
            try:
                updated = resources[name]
            except Exception:
                parsed[name], resources._resource_json_map[name] = replaced, old
                raise
            resources._delete_resource(replaced, old)
        parsed[name] = updated
        return updated

    _step(stack, name, new["Type"], "UPDATE", work)


def _remove(stack: Stack, name: str, description: Description) -> None:
    resources = stack.resource_map
    resource = resources._parsed_resources.get(name)
    if resource is None or description.get("DeletionPolicy") in KEPT:
        return

    def work() -> Resource:
        resources._delete_resource(resource, description)
        return resource

    _step(stack, name, description["Type"], "DELETE", work)
    del resources._parsed_resources[name]


def _remove_all(stack: Stack) -> None:
    """Remove all resources, in the reverse order of their making."""
    described = stack.resource_map._resource_json_map
    made = [name for name in stack.resource_map._parsed_resources if name in described]
    for name in reversed(made):
        _remove(stack, name, described[name])
    # moto makes a resource whenever it is looked at: nothing must be left to look at.
    stack.resource_map._resource_json_map = {}
    stack.output_map._output_json_map = {}


def _enter(stack: Stack, status: str, reason: str | None = None) -> None:
    stack.status = status
    stack._add_stack_event(status, resource_status_reason=reason)


def _create(stack: Stack) -> None:
    stack.status = "CREATE_IN_PROGRESS"
    stack.description = stack.template_dict.get("Description")
    try:
        _change(stack, stack.template_dict, None)
        stack.verify_readiness()  # custom resources may still be under way
    except Exception as error:
        _enter(stack, "ROLLBACK_IN_PROGRESS", _failed("create", error))
        _roll_back(stack, "ROLLBACK", lambda: _remove_all(stack))


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
    return named if resource else _reason(error)


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
    _change(stack, stack.template_dict, parameters)
    stack.output_map = stack._create_output_map()


def _execute_change_set(
    backend: CloudFormationBackend, change_set_name: str, stack_name: str | None = None
) -> None:
    change_set = templates.find_change_set(backend, change_set_name, stack_name)
    stack = backend.stacks[change_set.stack_id]
    if change_set.change_set_type == "CREATE":
        _create_from(stack, change_set)
    else:
        _update(stack, change_set.template, None, change_set.parameters, change_set.tags)
    complete = "ROLLBACK" not in stack.status
    change_set.execution_status = "EXECUTE_COMPLETE" if complete else "EXECUTE_FAILED"


def _create_from(stack: Stack, change_set: ChangeSet) -> None:
    stack.template, stack.parameters = change_set.template, change_set.parameters
    stack._parse_template()
    _enter(stack, "CREATE_IN_PROGRESS", "User Initiated")
    stack.resource_map = stack._create_resource_map()
    stack.output_map = stack._create_output_map()
    _create(stack)


def _delete_stack(backend: CloudFormationBackend, name_or_stack_id: str) -> None:
    stacks = backend.stacks.values()
    for stack in [s for s in stacks if name_or_stack_id in (s.name, s.stack_id)]:
        _enter(stack, "DELETE_IN_PROGRESS", "User Initiated")
        try:
            _remove_all(stack)
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
    for name, change_set in list(backend.change_sets.items()):
        if change_set.stack_id == stack_id:
            backend.change_sets.pop(name, None)
    for old in list(backend.deleted_stacks)[:-DELETED]:
        backend.deleted_stacks.pop(old, None)
