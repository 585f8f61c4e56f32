"""Policy documents: what a statement says, and whether it applies to a request."""

import json
import re
from functools import lru_cache
from typing import Any, NamedTuple

from cognito_sandbox.iam.conditions import MARK, STAR, Condition, Facts, UnsureError, pattern

VARIABLE = re.compile(r"\$\{([^},]+)(?:,\s*'([^']*)')?\}")
LITERALS = {"*": STAR, "?": MARK, "$": "$"}
EVERYTHING = ("*",)


class Request(NamedTuple):
    """One action on one resource, and what is known of who asks for it.

    A resource may go by several ARNs, the first of which is told. None at all: unknown here.
    """

    action: str
    resources: tuple[str, ...]
    facts: Facts


class Statement(NamedTuple):
    """A statement of a policy."""

    effect: str
    actions: tuple[str, ...]
    other_actions: bool  # NotAction
    resources: tuple[str, ...]
    other_resources: bool  # NotResource
    conditions: tuple[Condition, ...]
    variables: bool

    def applies(self, request: Request) -> bool:
        """UnsureError where the sandbox cannot tell."""
        return (
            self._names_action(request.action)
            and self._names_resource(request)
            and all(each.holds(request.facts, self._expander(request)) for each in self.conditions)
        )

    def _names_action(self, action: str) -> bool:
        named = any(pattern(each, ignore_case=True).fullmatch(action) for each in self.actions)
        return named != self.other_actions

    def _names_resource(self, request: Request) -> bool:
        if self.resources == EVERYTHING:
            return not self.other_resources
        if not request.resources:
            text = "the sandbox does not know which resource this action is for"
            raise UnsureError(f'{text}: only a statement for the resource "*" can allow it here')
        patterns = [pattern(self._expanded(each, request.facts)) for each in self.resources]
        named = any(each.fullmatch(arn) for each in patterns for arn in request.resources)
        return named != self.other_resources

    def _expander(self, request: Request) -> Any:
        return lambda text: self._expanded(text, request.facts)

    def _expanded(self, text: str, facts: Facts) -> str:
        if not self.variables or "${" not in text:
            return text
        return VARIABLE.sub(lambda found: _value(found, facts), text)


def _value(found: re.Match[str], facts: Facts) -> str:
    name, default = found[1].strip(), found[2]
    if name in LITERALS:
        return LITERALS[name]
    try:
        value = facts[name.lower()]
    except KeyError:
        text = f"the sandbox does not know the policy variable ${{{name}}}"
        raise UnsureError(text) from None
    return value if value is not None else default if default is not None else "\0"


@lru_cache(2048)
def parse(document: str) -> tuple[Statement, ...]:
    """The statements of a policy: read once, for a policy's next version has another text."""
    parsed = json.loads(document)
    variables = parsed.get("Version") == "2012-10-17"
    return tuple(_statement(each, variables) for each in listed(parsed.get("Statement")))


def _statement(given: dict[str, Any], variables: bool) -> Statement:
    return Statement(
        effect=given["Effect"],
        actions=_texts(given.get("Action", given.get("NotAction"))),
        other_actions="NotAction" in given,
        resources=_texts(given.get("Resource", given.get("NotResource"))),
        other_resources="NotResource" in given,
        conditions=conditions(given),
        variables=variables,
    )


def conditions(statement: dict[str, Any]) -> tuple[Condition, ...]:
    return tuple(
        Condition(operator, key, _texts(values))
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, values in keys.items()
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(
        str(each).lower() if isinstance(each, bool) else str(each) for each in listed(value)
    )


def listed(value: object) -> list[Any]:
    """Policies write a single thing without its list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
