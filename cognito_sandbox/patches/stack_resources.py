"""The resources of a stack, one by one: made, changed and removed, and each step told of."""

from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any

from moto.cloudformation import models, parsing
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.parsing import ResourceMap
from moto.core.common_models import CloudFormationModel as Resource

from cognito_sandbox.patches import stack_changes, template_references

NEEDS = (
    "moto.cloudformation.models:Event",
    "moto.cloudformation.models:cloudformation_backends",
    "moto.cloudformation.parsing:ResourceMap._delete_resource",
    "moto.cloudformation.parsing:ResourceMap.load",
    "moto.cloudformation.parsing:parse_and_create_resource",
    "moto.cloudformation.parsing:parse_and_update_resource",
)
Description = dict[str, Any]  # of a template or a part of it, as it is written
MISSHAPEN = (AttributeError, IndexError, TypeError, ValueError)  # moto's, of what it cannot use
KEPT = ("Retain", "RetainExceptOnCreate")
create_resource = parsing.parse_and_create_resource


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
            _tell(stack, name, kind, f"{verb}_FAILED", None, reason_of(error))
        raise
    _tell(stack, name, kind, f"{verb}_COMPLETE", resource, getattr(resource, "note", ""))
    return resource


def reason_of(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error} is missing in its properties, or is none of what they may say."
    if isinstance(error, MISSHAPEN):
        return f"One of its properties has not the form that it should have: {error}."
    return f"{getattr(error, 'message', None) or error} ({_code(error)})"


def _code(error: Exception) -> str:
    """AWS's name for an error: each kind that we and moto have keeps it in a member of its own."""
    members = (getattr(error, name, None) for name in ("kind", "error_type", "code"))
    return next((each for each in members if isinstance(each, str)), type(error).__name__)


def create(
    logical_id: str,
    resource_json: Description,
    resources_map: ResourceMap,
    *args: object,
    **kwargs: object,
) -> Resource | None:
    if not stack_changes.is_wanted(resources_map, resource_json):
        return None
    stack = _backend(resources_map).stacks[resources_map.stack_id]
    for dependency in _depends_on(resource_json):
        _ = resources_map[dependency]

    def work() -> Resource:
        return create_resource(logical_id, resource_json, resources_map, *args, **kwargs)

    return _step(stack, logical_id, resource_json["Type"], "CREATE", work)


def change(stack: Stack, template: Description, parameters: Description | None) -> None:
    """Bring the resources from what they are to what the template says; removals come last."""
    resources = stack.resource_map
    old = resources._resource_json_map
    wanted = stack_changes.wanted(resources, template, parameters)
    stack_changes.refuse_other_types(stack_changes.made(resources), wanted)
    modified = stack_changes.modified(resources, template, parameters)
    resources._template, resources._resource_json_map = template, template["Resources"]
    if parameters is not None:
        resources.input_parameters = parameters
    resources.load()
    for name in template_references.ordered(template["Resources"]):
        before = resources._parsed_resources.get(name)
        if name in modified and before is not None and name in wanted:
            identifier = before.physical_resource_id
            _modify(stack, name, old[name])
            if resources[name].physical_resource_id != identifier:
                modified |= template_references.dependents(name, template)
        _ = resources[name]  # makes it, unless that is done
    for name in reversed(list(old)):
        if name not in wanted:
            _clean_up(stack, name, old[name])


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


def _clean_up(stack: Stack, name: str, description: Description) -> None:
    """As in AWS, what cannot be removed then is told of, and stays behind."""
    with suppress(Exception):
        _remove(stack, name, description)
    stack.resource_map._parsed_resources.pop(name, None)


def remove_all(stack: Stack, but: Collection[str] = ()) -> None:
    """Remove all resources, in the reverse order of their making."""
    described = stack.resource_map._resource_json_map
    made = [name for name in stack.resource_map._parsed_resources if name in described]
    for name in reversed(made):
        if name not in but:
            _remove(stack, name, described[name])
    # moto makes a resource whenever it is looked at: nothing must be left to look at.
    stack.resource_map._resource_json_map = {}
    stack.output_map._output_json_map = {}
