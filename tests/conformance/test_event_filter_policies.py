"""Which messages a filter policy lets pass (events contract 4, 7.1)."""

import json
from typing import Any

import pytest

from cognito_sandbox.events.filter_policies import BODY, FilterError, Matcher, check

ATTRIBUTES: dict[str, dict[str, Any]] = {
    "name": {"Type": "String", "Value": "Ann"},
    "digits": {"Type": "String", "Value": "42"},
    "age": {"Type": "Number", "Value": "42"},
    "price": {"Type": "Number", "Value": "9.50"},
    "tags": {"Type": "String.Array", "Value": '["red", null, true, 7]'},
    "address": {"Type": "String", "Value": "10.0.0.7"},
    "picture": {"Type": "Binary", "Value": "AA=="},
}
PASSING: list[dict[str, Any]] = [
    {},
    {"name": ["Bob", "Ann"]},
    {"name": [{"equals-ignore-case": "ANN"}]},
    {"name": [{"anything-but": {"suffix": "b"}}]},
    {"name": [{"anything-but": {"wildcard": "B*b"}}]},
    {"name": [{"anything-but": {"prefix": "B"}}]},
    {"name": [{"wildcard": "A*n"}]},
    {"address": [{"cidr": "10.0.0.0/24"}]},
    {"age": [42]},
    {"price": [9.5]},
    {"age": [{"numeric": [">", 40, "<=", 42]}]},
    {"tags": ["red"]},
    {"tags": [None]},
    {"tags": [True]},
    {"tags": [7]},
    {"gone": [{"exists": False}]},
    {"picture": [{"exists": False}]},
    {"$or": [{"name": ["Bob"]}, {"age": [42]}]},
]
KEPT_BACK: list[dict[str, Any]] = [
    {"name": ["ann"]},
    {"name": ["Ann"], "age": [43]},
    {"name": [{"anything-but": {"suffix": "nn"}}]},
    {"name": [{"anything-but": {"wildcard": "A*"}}]},
    {"name": [{"wildcard": "A*x"}]},
    {"name": [None]},
    {"gone": [None]},
    {"gone": [{"anything-but": "Ann"}]},
    {"digits": [42]},
    {"digits": [{"numeric": ["=", 42]}]},
    {"name": [{"numeric": ["=", 42]}]},
    {"address": [{"cidr": "10.0.1.0/24"}]},
    {"tags": [False]},
]


@pytest.mark.parametrize("policy", PASSING, ids=json.dumps)
def test_attributes_pass(policy: dict[str, Any]) -> None:
    check(policy, None)
    assert Matcher(policy, None).matches(ATTRIBUTES, "hello")


@pytest.mark.parametrize("policy", KEPT_BACK, ids=json.dumps)
def test_attributes_are_kept_back(policy: dict[str, Any]) -> None:
    check(policy, None)
    assert not Matcher(policy, None).matches(ATTRIBUTES, "hello")


def test_a_message_without_attributes_has_none() -> None:
    assert Matcher({"name": [{"exists": False}]}, None).matches(None, "hello")
    assert not Matcher({"name": ["Ann"]}, None).matches(None, "hello")


@pytest.mark.parametrize(
    ("policy", "passes"),
    [
        ({"name": [{"equals-ignore-case": "ANN"}]}, True),
        ({"nothing": [None]}, True),
        ({"gone": [None]}, False),
        ({"items": {"kind": [{"wildcard": "b*k"}]}}, True),
        ({"items": {"kind": [{"anything-but": {"suffix": "k"}}]}}, False),
        ({"age": [{"numeric": [">", 40]}]}, True),
        ({"digits": [{"numeric": [">", 40]}]}, False),
    ],
    ids=json.dumps,
)
def test_bodies(policy: dict[str, Any], passes: bool) -> None:
    body = {"name": "Ann", "nothing": None, "age": 42, "digits": "42", "items": [{"kind": "book"}]}
    check(policy, BODY)
    assert Matcher(policy, BODY).matches(None, json.dumps(body)) is passes


@pytest.mark.parametrize("body", ["no JSON", "[1]", '"text"', "null"])
def test_a_body_that_is_no_object_is_kept_back(body: str) -> None:
    assert not Matcher({"gone": [{"exists": False}]}, BODY).matches(None, body)


@pytest.mark.parametrize(
    ("policy", "scope", "told"),
    [
        ({str(n): ["a"] for n in range(6)}, None, "FilterPolicy: Filter policy can not have more"),
        ({"a": {"b": ["c"]}}, None, "Filter policy scope MessageAttributes does not support"),
        ({"a": [1] * 151}, None, "FilterPolicy: Filter policy is too complex"),
        ({"a": {"b": {"c": [1] * 51}}}, BODY, "FilterPolicy: Filter policy is too complex"),
        ({"a": [{"starts": "b"}]}, None, "FilterPolicy: "),
        ({"a": [{"numeric": [">", 2, "<", 1]}]}, None, "FilterPolicy: "),
        ({"a": [{"numeric": ["=", "1"]}]}, None, "FilterPolicy: "),
        ({"a": "b"}, None, "FilterPolicy: "),
    ],
)
def test_what_is_no_policy(policy: dict[str, Any], scope: str | None, told: str) -> None:
    with pytest.raises(FilterError) as refusal:
        check(policy, scope)
    assert str(refusal.value).startswith(told)
