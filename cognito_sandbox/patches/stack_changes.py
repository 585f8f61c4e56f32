"""Which resources an update changes: moto looks at no parameter in a text, condition or mapping."""

import copy
from collections.abc import Mapping
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.parsing import ResourceMap

from cognito_sandbox.patches import stack_parameters, template_references
from cognito_sandbox.patches.template_functions import calls

NEEDS = (
    "moto.cloudformation.exceptions:ValidationError",
    "moto.cloudformation.parsing:ResourceMap.load_conditions",
    "moto.cloudformation.parsing:ResourceMap.load_mapping",
    "moto.cloudformation.parsing:ResourceMap.load_parameters",
    "moto.cloudformation.parsing:ResourceMap.transform_mapping",
)
Part = dict[str, Any]  # of a template
OTHER_TYPES = (
    "Update of resource type is not permitted. The new template modifies resource type of the "
    "following resources: [{}]"
)


def modified(
    resources: ResourceMap, template: Part, parameters: Mapping[str, Any] | None
) -> set[str]:
    """Those that were there, and are written differently, or depend on what is now another."""
    old = resources._template
    changed = _changed_parameters(resources, template, parameters)
    sections = {name for name in ("Conditions", "Mappings") if old.get(name) != template.get(name)}
    before = resources._resource_json_map
    return {
        name
        for name, new in template["Resources"].items()
        if name in before
        and (_full(new) != _full(before[name]) or _is_touched(new, template, changed, sections))
    }


def _full(resource: Part) -> Part:
    """moto adds properties to what it makes."""
    return {"Properties": {}} | resource


def made(resources: ResourceMap) -> Part:
    """What is there, as it was described: a condition may have left out the rest."""
    parsed = resources._parsed_resources
    return {name: each for name, each in resources._resource_json_map.items() if name in parsed}


def wanted(resources: ResourceMap, template: Part, parameters: Mapping[str, Any] | None) -> Part:
    """What is to be there with these parameters, without what a condition leaves out."""
    after = copy.copy(resources)
    after._template, after._parsed_resources = template, dict(resources._parsed_resources)
    after.resolved_parameters = {}
    if parameters is not None:
        after.input_parameters = parameters
    after.load_mapping()
    after.transform_mapping()
    after.load_parameters()
    after.load_conditions()
    return {name: each for name, each in template["Resources"].items() if is_wanted(after, each)}


def is_wanted(resources: ResourceMap, description: Part) -> bool:
    condition = description.get("Condition")
    if condition is None:
        return True
    if condition not in resources.lazy_condition_map:  # of a template that a macro would change
        raise template_references.unknown_condition(condition, "Resources")
    return bool(resources.lazy_condition_map[condition])


def refuse_other_types(before: Part, after: Part) -> None:
    """moto asks the new type to change what the old one has made."""
    kept = before.keys() & after.keys()
    named = sorted(name for name in kept if after[name]["Type"] != before[name]["Type"])
    if named:
        raise ValidationError(message=OTHER_TYPES.format(", ".join(named)))


def _changed_parameters(
    resources: ResourceMap, template: Part, parameters: Mapping[str, Any] | None
) -> set[str]:
    if parameters is None:
        return set()
    before = stack_parameters.defaults(resources._template) | resources.input_parameters
    after = stack_parameters.defaults(template) | dict(parameters)
    return {name for name, value in after.items() if before.get(name) != value}


def _is_touched(resource: Part, template: Part, changed: set[str], sections: set[str]) -> bool:
    if changed & template_references.uses(resource, template):
        return True
    functions = {name for name, _ in calls(resource)}
    by_condition = "Fn::If" in functions or "Condition" in resource
    return ("Conditions" in sections and by_condition) or (
        "Mappings" in sections and "Fn::FindInMap" in functions
    )
