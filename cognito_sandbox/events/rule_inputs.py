"""What a rule's target gets of an event: all, a part, a constant, or a text made of parts.

(events contract 7.2)
"""

import json
import re
from typing import Any

from cognito_sandbox import clock
from cognito_sandbox.events.destinations import iso_seconds

Event = dict[str, Any]
Target = dict[str, Any]  # as PutTargets names its members
PLACEHOLDER = re.compile(r"<([^<>]*)>")
STEP = r"\.([\w/-]+)|\[(\d+)\]|\['([^']+)'\]|\[\"([^\"]+)\"\]"
PART, PATH = re.compile(STEP), re.compile(rf"\$({STEP})*")
RESERVED = (
    *("aws.events.rule-arn", "aws.events.rule-name", "aws.events.event"),
    *("aws.events.event.json", "aws.events.event.ingestion-time"),
)


class InputError(Exception):
    """A target's input that AWS refuses."""


def check(target: Target) -> None:
    """Refuse an input that can never be made."""
    ways = [name for name in ("Input", "InputPath", "InputTransformer") if target.get(name)]
    if len(ways) > 1:
        told = f"Only one of {', '.join(ways)} must be provided for target {target['Id']}."
        raise InputError(told)
    if target.get("Input"):
        _check_json(target)
    if target.get("InputPath"):
        _check_path(target, "InputPath", target["InputPath"])
    given = target.get("InputTransformer") or {}
    for path in (given.get("InputPathsMap") or {}).values():
        _check_path(target, "InputPathsMap", path)
    known = {*(given.get("InputPathsMap") or {}), *RESERVED}
    for name in PLACEHOLDER.findall(given.get("InputTemplate") or ""):
        if name not in known:
            told = f"InputTemplate for target {target['Id']} contains invalid placeholder {name}."
            raise InputError(told)


def _check_json(target: Target) -> None:
    try:
        json.loads(target["Input"])
    except ValueError:
        raise InputError(f"JSON syntax error in input for target {target['Id']}.") from None


def _check_path(target: Target, member: str, path: str) -> None:
    if "*" in path:
        told = f"The sandbox does not have wildcards in {member}: name the part that you want."
        raise NotImplementedError(told)
    if not PATH.fullmatch(path):
        told = (
            f"Invalid {member} for target {target['Id']}: {path} is no path. Write $.detail, say."
        )
        raise InputError(told)


def made(target: Target, event: Event, rule_arn: str) -> str:
    """The text that the target gets."""
    if target.get("Input"):
        return str(target["Input"])
    if target.get("InputPath"):
        return json.dumps(_at(target["InputPath"], event))
    given = target.get("InputTransformer")
    if not given:
        return json.dumps(event)
    paths = given.get("InputPathsMap") or {}
    values = {name: _at(path, event) for name, path in paths.items()}
    return _filled(given["InputTemplate"], values | _reserved(event, rule_arn))


def _at(path: str, event: Event) -> Any:
    """What is there, by a path such as $.detail.items[0]; None if nothing is."""
    found: Any = event
    for name, number, *quoted in PART.findall(path):
        try:
            found = found[int(number)] if number else found[name or "".join(quoted)]
        except (KeyError, IndexError, TypeError):
            return None
    return found


def _reserved(event: Event, rule_arn: str) -> dict[str, Any]:
    rest = {name: value for name, value in event.items() if name != "detail"}
    names = rule_arn, rule_arn.rpartition("/")[2], rest, event, iso_seconds(clock.now())
    return dict(zip(RESERVED, names, strict=True))


def _filled(template: str, values: dict[str, Any]) -> str:
    """In quotes, a value is inserted as text; elsewhere, as JSON."""
    filled, in_quotes, end = "", False, 0
    for found in PLACEHOLDER.finditer(template):
        between = template[end : found.start()]
        in_quotes ^= len(re.findall(r'(?<!\\)"', between)) % 2 == 1
        value = values.get(found[1])
        filled += between + (_text(value) if in_quotes else _json(value))
        end = found.end()
    return filled + template[end:]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return json.dumps(value)[1:-1]
    return json.dumps(value).replace('"', "")


def _json(value: object) -> str:
    return '""' if value is None else json.dumps(value)
