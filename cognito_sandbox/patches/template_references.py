"""What a template refers to must be there: AWS says so before it makes anything."""

import re
from collections.abc import Iterator
from typing import Any

from moto.cloudformation.exceptions import ValidationError

from cognito_sandbox.patches import template_functions
from cognito_sandbox.patches.template_functions import Values, calls

NEEDS = ("moto.cloudformation.exceptions:ValidationError", *template_functions.NEEDS)
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


def check(template: Part, values: Values) -> None:
    """Of a template whose transforms are done; what others would add is not known."""
    if template.get("Transform"):
        return
    template_functions.check(template, values)
    _check_conditions(template.get("Conditions", {}))
    resources, outputs = template["Resources"], template.get("Outputs", {})
    known = resources.keys() | template.get("Parameters", {}).keys()
    _check_block("Resources", resources, known, template)
    _check_block("Outputs", outputs, known, template)
    _check_circles(resources)


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
        raise unknown_condition(str(name), block)


def unknown_condition(name: str, block: str) -> ValidationError:
    text = f"Unresolved condition dependency {name} in the {block} block of the template"
    return ValidationError(message=f"{FORMAT} {text}")


def _check_conditions(conditions: Part) -> None:
    named = {
        given for name, given in calls(conditions) if (name, type(given)) == ("Condition", str)
    }
    for name in sorted(named - conditions.keys()):
        raise unknown_condition(name, "Conditions")


def _check_circles(resources: Part) -> None:
    left = resources.keys() - set(ordered(resources))
    if left:
        text = f"Circular dependency between resources: [{', '.join(sorted(left))}]"
        raise ValidationError(message=text)


def ordered(resources: Part) -> list[str]:
    """Each after all that it depends on; those that go in a circle are left out."""
    done = []
    left = {
        name: ({*_references(each)} | {*_depends_on(each)}) & resources.keys()
        for name, each in resources.items()
    }
    while ready := [name for name, needed in left.items() if not needed & left.keys()]:
        done += ready
        for name in ready:
            del left[name]
    return done


def _depends_on(resource: Part) -> list[Any]:
    named = resource.get("DependsOn", [])
    return named if isinstance(named, list) else [named]


def uses(resource: Part, template: Part) -> set[str]:
    """The parameters and resources that it refers to, by its conditions, too."""
    named, seen = set(_references(resource)), set[str]()
    conditions = {*_conditions(resource), resource.get("Condition")} - {None}
    while left := [str(name) for name in conditions - seen]:
        for name in left:
            part = template.get("Conditions", {}).get(name)
            named |= set(_references(part))
            conditions |= {given for function, given in calls(part) if function == "Condition"}
        seen |= set(left)
    return named


def dependents(name: str, template: Part) -> set[str]:
    """The resources that refer to this one."""
    return {other for other, each in template["Resources"].items() if name in _references(each)}


def _references(part: object) -> Iterator[str]:
    for function, given in calls(part):
        if function == "Ref" and isinstance(given, str):
            yield given
        elif function == "Fn::GetAtt":
            name = given.split(".")[0] if isinstance(given, str) else given[0]
            if isinstance(name, str):
                yield name
        elif function == "Fn::Sub":
            yield from _variables(given)


def _variables(given: object) -> Iterator[str]:
    text, own = given if isinstance(given, list) and len(given) == 2 else (given, {})
    if isinstance(text, str):
        names = (name.strip() for name in VARIABLE.findall(text))
        yield from (name.split(".")[0] for name in names if name not in own)


def _conditions(part: object) -> Iterator[str]:
    for function, given in calls(part):
        if function == "Fn::If":
            yield given[0]
