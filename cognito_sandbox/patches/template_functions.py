"""The functions of the template language have their form: AWS says so before it makes anything."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.cloudformation.exceptions import ValidationError

NEEDS = ("moto.cloudformation.exceptions:ValidationError",)
Part = dict[str, Any]  # of a template
Values = Mapping[str, str]  # of its parameters, AWS's own included, as far as they are known
LISTED = "requires two parameters, (1) a string delimiter and (2) a"
NUMBERED = "requires a list of at least 2 and at most 10 boolean parameters."


def _is_list_of(*sizes: int) -> Callable[[Any], bool]:
    return lambda given: isinstance(given, list) and len(given) in sizes


def _is_text(given: Any) -> bool:
    return isinstance(given, str)


def _is_text_or_call(given: Any) -> bool:
    return isinstance(given, str | dict)


def _is_choice(given: Any) -> bool:
    return _is_list_of(3)(given) and isinstance(given[0], str)


def _is_attribute(given: Any) -> bool:
    return "." in given if isinstance(given, str) else _is_list_of(2)(given)


def _is_substitution(given: Any) -> bool:
    if _is_list_of(2)(given):
        return isinstance(given[0], str) and isinstance(given[1], dict)
    return isinstance(given, str)


FORMS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "Fn::And": (_is_list_of(*range(2, 11)), f"every Fn::And object {NUMBERED}"),
    "Fn::Base64": (_is_text_or_call, "every Fn::Base64 object must have a String-typed value."),
    "Fn::Equals": (
        _is_list_of(2),
        "every Fn::Equals object requires a list of 2 string parameters.",
    ),
    "Fn::FindInMap": (
        _is_list_of(3, 4),
        "every Fn::FindInMap object requires three parameters, the map name, map key and the "
        "attribute for return value",
    ),
    "Fn::GetAtt": (
        _is_attribute,
        "every Fn::GetAtt object requires two non-empty parameters, the resource name and the "
        "resource attribute",
    ),
    "Fn::If": (
        _is_choice,
        "Fn::If requires a list argument with the first element being a condition",
    ),
    "Fn::Join": (_is_list_of(2), f"every Fn::Join object {LISTED} list of strings to be joined."),
    "Fn::Not": (_is_list_of(1), "every Fn::Not object requires one boolean parameter."),
    "Fn::Or": (_is_list_of(*range(2, 11)), f"every Fn::Or object {NUMBERED}"),
    "Fn::Select": (
        _is_list_of(2),
        "Fn::Select requires a list argument with two elements: an integer index and a list",
    ),
    "Fn::Split": (_is_list_of(2), f"every Fn::Split object {LISTED} string to be split."),
    "Fn::Sub": (
        _is_substitution,
        "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a "
        "string as first argument, and an optional second argument to specify a mapping of values "
        "to replace in the string",
    ),
    "Ref": (_is_text, "every Ref object must have a single String value."),
}

FORMLESS = ("Fn::GetAZs", "Fn::ImportValue", "Fn::ToJsonString")
NOT_HERE = ("Fn::Cidr", "Fn::Length", "Fn::Transform")
BOOLEAN = ("Condition", "Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or")
NOT_BOOLEAN = "Conditions can only be boolean operations on parameters and other conditions"


def calls(part: Any) -> Iterator[tuple[str, Any]]:
    """All functions of the template language in it, with what they are given."""
    if isinstance(part, dict):
        if len(part) == 1:
            yield from part.items()
        for each in part.values():
            yield from calls(each)
    elif isinstance(part, list):
        for each in part:
            yield from calls(each)


def check(template: Part, values: Values) -> None:
    """Of all functions the form; of maps, whether they are there."""
    for block in ("Conditions", "Resources", "Outputs"):
        for function, given in calls(template.get(block, {})):
            _check_form(function, given)
            if function == "Fn::FindInMap":
                _check_map(given, template.get("Mappings", {}), values)
    for condition in template.get("Conditions", {}).values():
        _check_condition(condition)


def _check_form(function: str, given: Any) -> None:
    if function in NOT_HERE:
        raise ValidationError(message=f"The sandbox does not have {function}. Write its value.")
    if function.startswith("Fn::") and function not in (*FORMS, *FORMLESS):
        known = ", ".join([*FORMS, *FORMLESS])
        text = f"Encountered unsupported function: {function} Supported functions are: [{known}]"
        raise ValidationError(message=f"Template error: {text}")
    has_form, told = FORMS.get(function, (None, ""))
    if has_form and not has_form(given):
        raise ValidationError(message=f"Template error: {told}")


def _check_condition(condition: Any) -> None:
    """moto takes for false what is no condition."""
    function = next(iter(condition), None) if isinstance(condition, dict) else None
    if function not in BOOLEAN or len(condition) != 1:
        raise ValidationError(message=f"Template format error: {NOT_BOOLEAN}")
    if function in ("Fn::And", "Fn::Not", "Fn::Or"):
        for each in condition[function]:
            _check_condition(each)


def _known(key: Any, values: Values) -> str | None:
    """What is written there, or the value that it refers to."""
    if isinstance(key, dict) and len(key) == 1:
        return values.get(str(key.get("Ref")))
    return key if isinstance(key, str) else None


def _check_map(given: list[Any], maps: Part, values: Values) -> None:
    if len(given) == 4:
        text = "a DefaultValue of Fn::FindInMap: write it into the map"
        raise ValidationError(message=f"The sandbox does not have {text}.")
    name, *keys = (_known(each, values) for each in given)
    if name is None:  # it is yet to be made
        return
    if name not in maps:
        text = f"Mapping named '{name}' is not present in the 'Mappings' section of template."
        raise ValidationError(message=f"Template error: {text}")
    first, second = keys
    if first and second and second not in maps[name].get(first, {}):
        told = "::".join((name, first, second))
        raise ValidationError(message=f"Template error: Unable to get mapping for {told}")
