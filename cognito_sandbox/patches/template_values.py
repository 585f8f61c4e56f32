"""What functions of the template language give: moto takes some of their parameters as they stand,
and fails where there is nothing to choose.
"""

from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.parsing import ResourceMap

from cognito_sandbox.store import needs

NEEDS = ("moto.cloudformation.parsing:clean_json",)
clean_json = parsing.clean_json


def install() -> None:
    """Put the sandbox's way in front of moto's."""
    needs.check(NEEDS)
    parsing.clean_json = _value


def _value(part: Any, resources: ResourceMap) -> Any:
    if isinstance(part, dict) and len(part) == 1:
        ((function, given),) = part.items()
        if function == "Fn::FindInMap":
            return _mapped([_value(each, resources) for each in given], resources)
        if function == "Fn::Select":
            return _selected(*(_value(each, resources) for each in given))
        if function == "Fn::GetAZs":
            region = _value(given, resources) or resources._region_name
            return clean_json({function: region}, resources)
    return clean_json(part, resources)


def _mapped(path: list[Any], resources: ResourceMap) -> Any:
    try:
        return clean_json({"Fn::FindInMap": path}, resources)
    except (KeyError, TypeError):
        told = "::".join(map(str, path))
        raise ValidationError(message=f"Template error: Unable to get mapping for {told}") from None


def _selected(index: Any, listed: Any) -> Any:
    try:
        return dict(enumerate(listed))[int(index)]
    except (KeyError, TypeError, ValueError):
        text = f"Template error: Fn::Select cannot select nonexistent value at index {index}"
        raise ValidationError(message=text) from None
