"""The parameters of a stack: as they are sent, told, and held against what its template says."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from moto.cloudformation.exceptions import ValidationError

from cognito_sandbox.door import java_patterns

NEEDS = ("moto.cloudformation.exceptions:ValidationError",)
Slot = dict[str, Any]  # what a template says of a parameter
NOT_THERE_BEFORE = (
    "Invalid input for parameter key {}. Cannot specify usePreviousValue as true for a parameter "
    "key not in the previous template"
)


def check(slots: Mapping[str, Slot], given: Mapping[str, Any]) -> None:
    unknown = [name for name in given if name not in slots]
    if unknown:
        told = f"Parameters: [{', '.join(unknown)}] do not exist in the template"
        raise ValidationError(message=told)
    empty = [name for name in slots if _value(name, slots[name], given) is None]
    if empty:
        raise ValidationError(message=f"Parameters: [{', '.join(empty)}] must have values")
    for name, slot in slots.items():
        if not slot["Type"].startswith("AWS::SSM::"):
            _check_value(name, slot, _value(name, slot, given))


def read(listed: list[dict[str, Any]], previous: Mapping[str, Any]) -> dict[str, Any]:
    """As a request lists them: a value, or the stack's value so far where that is asked for."""
    known = {}
    for each in listed:
        if "ParameterKey" not in each:
            raise ValidationError(message="Each of the parameters must have a ParameterKey.")
        key, is_kept = each["ParameterKey"], each.get("UsePreviousValue") in (True, "true")
        if is_kept and key not in previous:
            raise ValidationError(message=NOT_THERE_BEFORE.format(key))
        known[key] = previous[key] if is_kept else each.get("ParameterValue", "")
    return known


def described(slots: Mapping[str, Slot]) -> list[dict[str, Any]]:
    """As ValidateTemplate tells of them."""
    return [
        {"ParameterKey": name, "NoEcho": bool(slot.get("NoEcho"))}
        | ({"DefaultValue": str(slot["Default"])} if "Default" in slot else {})
        | ({"Description": slot["Description"]} if "Description" in slot else {})
        for name, slot in slots.items()
    ]


def defaults(template: Slot) -> dict[str, str]:
    """The values of those that need not be given."""
    slots = (template.get("Parameters") or {}).items()
    return {name: _text(slot["Default"]) for name, slot in slots if slot.get("Default") is not None}


def so_far(stack: Any) -> dict[str, str]:
    """The stack's values, as they were said: moto keeps what was given only."""
    return {**defaults(stack.template_dict), **stack.parameters}


def told(stack: Any) -> list[dict[str, Any]]:
    """Those that are not to be echoed are not: moto takes their names for values."""
    hidden = stack.resource_map.no_echo_parameter_keys
    return [
        {"ParameterKey": key, "ParameterValue": "****" if key in hidden else value}
        for key, value in stack.resource_map.resolved_parameters.items()
    ]


def refuse_unchanged(response: Any, listed: list[Any], body: str, stack: Any) -> None:
    """Of UpdateStack only: a change set without changes is no error when it is made."""
    values = {each.get("ParameterKey"): each.get("ParameterValue") for each in listed}
    tags = {each["Key"]: each["Value"] for each in response._get_param("Tags", [])}
    if response._get_param("ChangeSetName"):
        return
    if body == stack.template and has_same_values(stack, values, tags):
        raise ValidationError(stack.name, message="No updates are to be performed.")


def has_same_values(stack: Any, values: Mapping[str, str], tags: Mapping[str, str] | None) -> bool:
    """Would its parameters and tags stay as they are? Without tags, those so far stay."""
    return values == so_far(stack) and (not tags or tags == stack.tags)


def values(slots: Mapping[str, Slot], given: Mapping[str, Any]) -> dict[str, str]:
    """The texts and numbers, as far as there are any."""
    found = {
        name: _value(name, slot, given)
        for name, slot in slots.items()
        if slot["Type"] in ("String", "Number")
    }
    return {name: _text(value) for name, value in found.items() if value is not None}


def _value(name: str, slot: Slot, given: Mapping[str, Any]) -> Any:
    return given.get(name, slot.get("Default"))


def _check_value(name: str, slot: Slot, value: Any) -> None:
    for each in _items(slot["Type"], value):
        for problem in _problems(slot, each):
            described = slot.get("ConstraintDescription")
            told = f"failed to satisfy constraint: {described}" if described else problem
            raise ValidationError(message=f"Parameter '{name}' {told}")


def _items(kind: str, value: Any) -> list[str]:
    is_list = kind == "CommaDelimitedList" or kind.startswith("List<")
    return [each.strip() for each in _text(value).split(",")] if is_list else [_text(value)]


def _text(value: Any) -> str:
    """As a parameter has it: YAML's true is a boolean."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _problems(slot: Slot, text: str) -> Iterator[str]:
    """What is wrong with it, in AWS's words."""
    if "Number" in slot["Type"]:
        number = _number(text)
        if number is None:
            yield "must be a number"
        else:
            yield from _out_of_range(slot, number)
    if "AllowedValues" in slot and text not in map(_text, slot["AllowedValues"]):
        yield "must be one of AllowedValues"
    if "AllowedPattern" in slot and not _matches(slot["AllowedPattern"], text):
        yield f"must match pattern {slot['AllowedPattern']}"
    if len(text) < int(slot.get("MinLength", 0)):
        yield f"must contain at least {slot['MinLength']} characters"
    if len(text) > int(slot.get("MaxLength", len(text))):
        yield f"must contain at most {slot['MaxLength']} characters"


def _out_of_range(slot: Slot, number: float) -> Iterator[str]:
    if "MinValue" in slot and number < float(slot["MinValue"]):
        yield f"must be a number not less than {slot['MinValue']}"
    if "MaxValue" in slot and number > float(slot["MaxValue"]):
        yield f"must be a number not greater than {slot['MaxValue']}"


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _matches(pattern: str, text: str) -> bool:
    try:
        return java_patterns.matches(pattern, text)
    except re.error as error:
        told = f"Template error: the AllowedPattern {pattern} is none: {error}"
        raise ValidationError(message=told) from None
