"""Invents what an operation of AWS could be given, from AWS's own description of it."""

import json
import random
import re
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from harness import zipped

from cognito_sandbox.door import java_patterns

TEXTS = ("", " ", "a", "é", "\u202eann", "a" * 300, "'\"<&>", "a/b", "*", "{", "null", "0", "-1")
NUMBERS = (0, 1, -1, 5, 100, 2**31, 2**53, -(2**31))
ARNS = (
    "arn:aws:lambda:us-east-1:123456789012:function:none",
    "arn:aws:iam::123456789012:role/none",
    "arn:aws:x",
    "arn:aws:sqs:us-east-1:123456789012:queue",
    "arn:aws:lambda:us-east-1:123456789012:layer:none:1",
    "arn:aws:sns:us-east-1:123456789012:topic:more",
)
TEMPLATE = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
LENGTH = "ContentLength"  # of a body that is shorter, the rest would be waited for
DEEPEST = 6


class Inventor:
    """Invents parameters: often such as there are, at times such as nobody would send."""

    def __init__(self, seed: int, values: dict[str, str | bytes]) -> None:
        self._random, self._values = random.Random(seed), values

    def choose(self, things: Sequence[str]) -> str:
        return self._random.choice(things)

    def parameters(self, shape: Any) -> dict[str, Any]:
        return self._structure(shape, 0) if shape else {}

    def _structure(self, shape: Any, depth: int) -> dict[str, Any]:
        wanted = 0.35 if depth < 2 else 0.15
        chosen = [
            name
            for name in shape.members
            if name != LENGTH
            and self._random.random() < (0.93 if name in shape.required_members else wanted)
        ]
        if getattr(shape, "is_tagged_union", False):
            chosen = [self._random.choice(list(shape.members))]
        return {name: self._value(name, shape.members[name], depth + 1) for name in chosen}

    def _value(self, name: str, shape: Any, depth: int) -> Any:
        is_text = shape.type_name in ("string", "blob")
        if is_text and name in self._values and self._random.random() < 0.8:
            return self._values[name]
        if depth > DEEPEST and shape.type_name in ("structure", "list", "map"):
            return [] if shape.type_name == "list" else {}
        return getattr(self, f"_a_{shape.type_name}", self._a_string)(shape, depth)

    def _a_structure(self, shape: Any, depth: int) -> dict[str, Any]:
        return self._structure(shape, depth)

    def _a_list(self, shape: Any, depth: int) -> list[Any]:
        return [
            self._value("", shape.member, depth + 1)
            for _ in range(self._random.choice((0, 1, 1, 3)))
        ]

    def _a_map(self, shape: Any, depth: int) -> dict[str, Any]:
        keys = [
            str(self._value("", shape.key, depth + 1))
            for _ in range(self._random.choice((0, 1, 2)))
        ]
        return {key: self._value("", shape.value, depth + 1) for key in keys}

    def _a_string(self, shape: Any, _: int) -> str:
        if getattr(shape, "enum", None) and self._random.random() < 0.9:
            return str(self._random.choice(shape.enum))
        texts = [*TEXTS, *ARNS, TEMPLATE, "name", "name", uuid.uuid4().hex]
        if self._random.random() < 0.7:  # most should come further than to the first check
            pattern, least = shape.metadata.get("pattern", "(?s).*"), shape.metadata.get("min", 0)
            fitting = [each for each in texts if _fits(pattern, each)]
            texts = [each for each in fitting if len(each) >= least] or texts
        return self._random.choice(texts)

    def _a_blob(self, _: Any, __: int) -> bytes:
        return self._random.choice((b"", b"{}", b"\xff\xfe", b"[" * 50_000, zipped(index="x = 1")))

    def _a_boolean(self, _: Any, __: int) -> bool:
        return self._random.random() < 0.5

    def _a_integer(self, _: Any, __: int) -> int:
        return self._random.choice(NUMBERS)

    _a_long = _a_integer

    def _a_double(self, _: Any, __: int) -> float:
        return self._random.choice((0.0, 0.5, -1.0, 1e300))

    _a_float = _a_double

    def _a_timestamp(self, _: Any, __: int) -> datetime:
        return datetime.fromtimestamp(self._random.choice((0, 1, 2_000_000_000)), UTC)


def _fits(pattern: str, text: str) -> bool:
    try:
        return java_patterns.matches(pattern, text)
    except re.error:  # Java reads some that Python does not
        return True
