"""Which of an HTTP API's routes a request takes. (events contract 8.1)"""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote

from cognito_sandbox.events.http.apis import Api, Settings

DEFAULT = "$default"
Rank = tuple[bool, list[bool], bool]


class Match(NamedTuple):
    """A route, and what the path has in the place of its variables."""

    route: Settings
    parameters: dict[str, str]


def stage_of(api: Api, path: str) -> tuple[Settings | None, str]:
    """The stage that the path begins with, and its rest; else the default stage."""
    _, first, *rest = path.split("/")
    stage = api.stages.get(first) if first else None
    if stage is None:
        return api.stages.get(DEFAULT), path
    return stage, "/" + "/".join(rest)


def choose(routes: Iterable[Settings], method: str, path: str) -> Match | None:
    """The route that says most about this request: whole before greedy, named before ANY."""
    found: list[tuple[Rank, Match]] = []
    default = None
    for route in routes:
        verb, _, pattern = route["RouteKey"].partition(" ")
        if verb == DEFAULT:
            default = Match(route, {})
        elif verb in (method, "ANY"):
            parameters = match(pattern, path)
            if parameters is not None:
                found.append((_rank(pattern, verb), Match(route, parameters)))
    return min(found, key=lambda each: each[0])[1] if found else default


def match(pattern: str, path: str) -> dict[str, str] | None:
    """What stands in the place of a path's {variables}; {the last+} may be several segments."""
    wanted, given = pattern.split("/")[1:], path.split("/")[1:]
    parameters: dict[str, str] = {}
    if wanted and wanted[-1].endswith("+}"):
        count = len(wanted) - 1
        rest = "/".join(given[count:])
        if not rest:
            return None
        parameters[wanted[-1][1:-2]] = unquote(rest)
        wanted, given = wanted[:count], given[:count]
    if len(wanted) != len(given):
        return None
    for segment, value in zip(wanted, given, strict=True):
        if segment.startswith("{") and value:
            parameters[segment[1:-1]] = unquote(value)
        elif segment != unquote(value):
            return None
    return parameters


def _rank(pattern: str, verb: str) -> Rank:
    return pattern.endswith("+}"), rank(pattern), verb == "ANY"


def rank(pattern: str) -> list[bool]:
    """The smaller, the more of a path's segments are named."""
    return [segment.startswith("{") for segment in pattern.split("/")]
