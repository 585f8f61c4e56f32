"""Filter policies: which of a topic's messages a subscription gets.

A policy is a pattern, for the message's attributes or for its body. (events contract 4, 7.1)
"""

import json
from collections.abc import Iterator
from typing import Any, cast

from cognito_sandbox.events import patterns
from cognito_sandbox.events.patterns import Json, Pattern

Attributes = dict[str, dict[str, Any]]  # each its Type and its Value
BODY, ATTRIBUTES = SCOPES = ("MessageBody", "MessageAttributes")
KEYS, COMBINATIONS = 5, 150


class FilterError(ValueError):
    """A policy that SNS refuses; the message says why."""


class Matcher:
    """A policy at work; an empty one lets all messages pass."""

    def __init__(self, policy: Pattern, scope: str | None) -> None:
        self._policy, self._scope = policy, scope or ATTRIBUTES

    def matches(self, attributes: Attributes | None, message: str) -> bool:
        if not self._policy:
            return True
        shown = _body(message) if self._scope == BODY else dict(_values(attributes or {}))
        return isinstance(shown, dict) and patterns.matches(self._policy, shown)


def check(policy: Pattern, scope: str | None) -> None:
    """Refuse what SNS would refuse."""
    if len(policy) > KEYS:
        raise FilterError(f"FilterPolicy: Filter policy can not have more than {KEYS} keys")
    if scope != BODY and any(isinstance(wanted, dict) for wanted in policy.values()):
        raise FilterError(f"Filter policy scope {ATTRIBUTES} does not support nested filter policy")
    try:
        if policy:
            patterns.check(policy)
    except patterns.PatternError as error:
        raise FilterError(f"FilterPolicy: {error}") from None
    if _combinations(policy) > COMBINATIONS:
        raise FilterError("FilterPolicy: Filter policy is too complex")


def _combinations(policy: Json, depth: int = 1) -> int:
    """Alternatives are multiplied, those further down as often as they are deep."""
    count = 1
    for key, wanted in policy.items() if isinstance(policy, dict) else ():
        if isinstance(wanted, list):
            count *= len(wanted) * depth
        for inner in wanted if key == "$or" and isinstance(wanted, list) else [wanted]:
            count *= _combinations(inner, depth + 1)
    return count


def _body(message: str) -> Json:
    try:
        return cast(Json, json.loads(message))
    except (ValueError, RecursionError):
        return None


def _values(attributes: Attributes) -> Iterator[tuple[str, Json]]:
    """What filters see of attributes: texts, numbers and lists; nothing of what is binary."""
    for name, attribute in attributes.items():
        kind, value = str(attribute["Type"]), attribute["Value"]
        if kind == "String.Array":
            yield name, _body(value)
        elif kind.startswith("Number"):
            yield name, float(value)
        elif kind.startswith("String"):
            yield name, value
