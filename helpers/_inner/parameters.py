"""The values of a template's parameters: those given, else those that the stack has."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cognito_sandbox.spelling import meant
from helpers._inner.packaging import Template
from helpers.errors import DeploymentError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, StackTypeDef


def values_of(
    template: Template, given: Mapping[str, str], found: "StackTypeDef | None"
) -> list["ParameterTypeDef"]:
    """As CloudFormation takes them; one with a default may be left out."""
    known = template.get("Parameters") or {}
    if not (isinstance(given, Mapping) and all(isinstance(each, str) for each in given.values())):
        raise DeploymentError('Parameters are texts by their names: parameters={"Stage": "test"}')
    for name in given.keys() - known.keys():
        there = f". It has {', '.join(known) or 'none'}."
        raise DeploymentError(
            f'The template has no parameter "{name}"{meant(name, known) or there}'
        )
    had = {each["ParameterKey"] for each in found.get("Parameters", [])} if found else set()
    kept = (had & known.keys()) - given.keys()
    needed = [name for name, slot in known.items() if "Default" not in (slot or {})]
    missing = [f'"{name}": …' for name in needed if name not in given.keys() | kept]
    if missing:
        way = f"stack.deploy(…, parameters={{{', '.join(missing)}}})"
        raise DeploymentError(f"The template leaves it to you to say: {way}")
    told: list[ParameterTypeDef] = [
        {"ParameterKey": name, "ParameterValue": value} for name, value in given.items()
    ]
    told += [{"ParameterKey": name, "UsePreviousValue": True} for name in sorted(kept)]
    return told
