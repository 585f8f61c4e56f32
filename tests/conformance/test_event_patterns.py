"""EventBridge's pattern language (events contract 7.1)."""

import json
from typing import Any

import pytest

from cognito_sandbox.events.patterns import PatternError, matches, parse

EVENT: dict[str, Any] = {
    "source": "shop",
    "detail": {
        "name": "Ann",
        "age": 42,
        "ratio": 1.5,
        "new": True,
        "nothing": None,
        "empty": "",
        "tags": ["red", "blue"],
        "address": "10.0.0.7",
        "items": [{"id": 1, "kind": "book"}, {"id": 2, "kind": "pen"}],
    },
}
MATCHING = [
    {"source": ["shop"]},
    {"source": ["other", "shop"]},
    {"detail": {"age": [42]}},
    {"detail": {"new": [True]}},
    {"detail": {"nothing": [None]}},
    {"detail": {"empty": [""]}},
    {"detail": {"tags": ["blue"]}},
    {"detail": {"items": {"kind": ["pen"], "id": [2]}}},
    {"detail": {"name": [{"prefix": "A"}]}},
    {"detail": {"name": [{"prefix": {"equals-ignore-case": "an"}}]}},
    {"detail": {"name": [{"suffix": "nn"}]}},
    {"detail": {"name": [{"equals-ignore-case": "ANN"}]}},
    {"detail": {"name": [{"wildcard": "A*n"}]}},
    {"detail": {"name": [{"anything-but": "Bob"}]}},
    {"detail": {"name": [{"anything-but": ["Bob", "Cid"]}]}},
    {"detail": {"name": [{"anything-but": {"prefix": "B"}}]}},
    {"detail": {"name": [{"anything-but": {"suffix": ["b", "d"]}}]}},
    {"detail": {"age": [{"numeric": [">", 40, "<=", 42]}]}},
    {"detail": {"ratio": [{"numeric": ["=", 1.5]}]}},
    {"detail": {"age": [{"exists": True}]}},
    {"detail": {"nothing": [{"exists": True}]}},
    {"detail": {"gone": [{"exists": False}]}},
    {"gone": {"deeper": [{"exists": False}]}},
    {"detail": {"address": [{"cidr": "10.0.0.0/24"}]}},
    {"$or": [{"source": ["other"]}, {"detail": {"age": [42]}}]},
]
OTHERS = [
    {"source": ["Shop"]},
    {"source": ["shop"], "detail": {"age": [43]}},
    {"detail": {"age": ["42"]}},
    {"detail": {"age": [True]}},
    {"detail": {"new": [1]}},
    {"detail": {"name": [None]}},
    {"detail": {"gone": [None]}},
    {"detail": {"items": {"kind": ["pen"], "id": [1]}}},
    {"detail": {"name": [{"prefix": "a"}]}},
    {"detail": {"name": [{"wildcard": "A*x"}]}},
    {"detail": {"name": [{"wildcard": r"A\*n"}]}},
    {"detail": {"name": [{"anything-but": ["Ann", "Bob"]}]}},
    {"detail": {"gone": [{"anything-but": "Ann"}]}},
    {"detail": {"name": [{"numeric": [">", 0]}]}},
    {"detail": {"age": [{"numeric": [">", 42]}]}},
    {"detail": {"age": [{"exists": False}]}},
    {"detail": {"gone": [{"exists": True}]}},
    {"detail": {"address": [{"cidr": "10.0.1.0/24"}]}},
    {"detail": {"name": [{"cidr": "10.0.1.0/24"}]}},
    {"$or": [{"source": ["other"]}, {"detail": {"age": [43]}}]},
]
NO_PATTERNS = [
    *("null", '"text"', "{", "[]", "{}"),
    *('{"source": "shop"}', '{"source": []}', '{"source": [["shop"]]}', '{"source": [{}]}'),
    *('{"source": [{"starts": "s"}]}', '{"source": [{"prefix": 1}]}', '{"$or": []}'),
    *('{"a": [{"numeric": [">"]}]}', '{"a": [{"numeric": ["~", 1]}]}', '{"a": [{"exists": 1}]}'),
    *('{"a": [{"anything-but": []}]}', '{"a": [{"cidr": "here"}]}', '{"a": {}}'),
    '{"a": [{"prefix": "a", "suffix": "b"}]}',
    *('{"a": [{"numeric": ["<", 1, ">", 2]}]}', '{"a": [{"numeric": [">", 2, "<", 1]}]}'),
]


@pytest.mark.parametrize("pattern", MATCHING, ids=json.dumps)
def test_matches(pattern: dict[str, Any]) -> None:
    assert matches(parse(json.dumps(pattern)), EVENT)


@pytest.mark.parametrize("pattern", OTHERS, ids=json.dumps)
def test_does_not_match(pattern: dict[str, Any]) -> None:
    assert not matches(parse(json.dumps(pattern)), EVENT)


@pytest.mark.parametrize("text", NO_PATTERNS)
def test_is_no_pattern(text: str) -> None:
    with pytest.raises(PatternError):
        parse(text)
