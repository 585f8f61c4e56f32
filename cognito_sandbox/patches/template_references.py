"""What a template refers to must be there: AWS says so before it makes anything."""

import re
from collections.abc import Iterator
from typing import Any

from moto.cloudformation.exceptions import ValidationError

NEEDS = ("moto.cloudformation.exceptions:ValidationError",)
Part = dict[str, Any]  # of a template
SECTIONS = ("Conditions", "Mappings", "Outputs", "Parameters")
VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
FORMAT = "Template format error:"


def check_sections(template: Part) -> None:
    """The sections are objects, and what moto reads of them has its shape."""
    for name in SECTIONS:
        if name in template and not isinstance(template[name], dict):
            raise ValidationError(message=f"{FORMAT} [/{name}] must be an object.")
    for section in ("Conditions", "Mappings"):
        for name, part in template.get(section, {}).items():
            if not isinstance(part, dict):
                raise ValidationError(message=f"{FORMAT} [/{section}/{name}] must be an object.")
    for name, resource in template["Resources"].items():
        if not isinstance(resource.get("Properties", {}), dict):
            where = f"[/Resources/{name}/Properties]"
            raise ValidationError(message=f"{FORMAT} {where} must be an object.")
        if not all(isinstance(each, str) for each in _depends_on(resource)):
            where = f"[/Resources/{name}/DependsOn]"
            raise ValidationError(message=f"{FORMAT} {where} must be a name, or a list of names.")
    for name, output in template.get("Outputs", {}).items():
        if not isinstance(output, dict) or "Value" not in output:
            text = f"{FORMAT} [/Outputs/{name}] Every Outputs member must contain a Value object."
            raise ValidationError(message=text)


def check(template: Part) -> None:
    """Of a template whose transforms are done; what others would add is not known."""
    if template.get("Transform"):
        return
    _check_choices(template)
    resources, outputs = template["Resources"], template.get("Outputs", {})
    known = resources.keys() | template.get("Parameters", {}).keys()
    _check_block("Resources", resources, known, template)
    _check_block("Outputs", outputs, known, template)


def _check_block(block: str, part: Part, known: set[str], template: Part) -> None:
    named = set(_references(part))
    if block == "Resources":
        named |= {name for each in part.values() for name in _depends_on(each)}
    missing = sorted(name for name in named - known if not name.startswith("AWS::"))
    if missing:
        text = f"Unresolved resource dependencies [{', '.join(missing)}] in the {block} block"
        raise ValidationError(message=f"{FORMAT} {text} of the template")
    conditions = {each.get("Condition") for each in part.values()} | set(_conditions(part))
    for name in conditions - {None} - template.get("Conditions", {}).keys():
        text = f"Unresolved condition dependency {name} in the {block} block of the template"
        raise ValidationError(message=f"{FORMAT} {text}")


def _check_choices(template: Part) -> None:
    """What chooses between values has its form, and its map is there."""
    for function, given in _calls(template):
        if function == "Fn::If" and not _is_choice(given):
            text = "Fn::If requires a list argument with the first element being a condition"
            raise ValidationError(message=f"Template error: {text}")
        if function == "Fn::FindInMap":
            _check_map(given, template.get("Mappings", {}))


def _is_choice(given: Any) -> bool:
    return isinstance(given, list) and len(given) == 3 and isinstance(given[0], str)


def _check_map(given: Any, maps: Part) -> None:
    if not isinstance(given, list) or len(given) not in (3, 4):
        text = "every Fn::FindInMap object requires three parameters, the map name, map key and "
        raise ValidationError(message=f"Template error: {text}the attribute for return value")
    name, *keys = given[:3]
    if len(given) == 4 or not isinstance(name, str):  # a default value, or a name yet to be made
        return
    if name not in maps:
        text = f"Mapping named '{name}' is not present in the 'Mappings' section of template."
        raise ValidationError(message=f"Template error: {text}")
    if all(isinstance(key, str) for key in keys) and keys[1] not in maps[name].get(keys[0], {}):
        told = "::".join(given)
        raise ValidationError(message=f"Template error: Unable to get mapping for {told}")


def _depends_on(resource: Part) -> list[Any]:
    named = resource.get("DependsOn", [])
    return named if isinstance(named, list) else [named]


def _calls(part: Any) -> Iterator[tuple[str, Any]]:
    """All functions of the template language in it, with what they are given."""
    if isinstance(part, dict):
        if len(part) == 1:
            yield from part.items()
        for each in part.values():
            yield from _calls(each)
    elif isinstance(part, list):
        for each in part:
            yield from _calls(each)


def _references(part: Any) -> Iterator[str]:
    for function, given in _calls(part):
        if function == "Ref" and isinstance(given, str):
            yield given
        elif function == "Fn::GetAtt":
            name = given.split(".")[0] if isinstance(given, str) else given[0]
            if isinstance(name, str):
                yield name
        elif function == "Fn::Sub":
            yield from _variables(given)


def _variables(given: Any) -> Iterator[str]:
    text, own = given if isinstance(given, list) and len(given) == 2 else (given, {})
    if isinstance(text, str):
        names = (name.strip() for name in VARIABLE.findall(text))
        yield from (name.split(".")[0] for name in names if name not in own)


def _conditions(part: Any) -> Iterator[str]:
    for function, given in _calls(part):
        if function == "Fn::If":
            yield given[0]
