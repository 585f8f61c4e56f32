"""A subscription's attributes: what SNS takes, and in which words it refuses the rest.

(events contract 4)
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from cognito_sandbox.events import filter_policies
from cognito_sandbox.events.filter_policies import ATTRIBUTES, SCOPES

SCOPE, POLICY = "FilterPolicyScope", "FilterPolicy"
RAW, LETTERS = "RawMessageDelivery", "RedrivePolicy"
OF_OTHERS = ("DeliveryPolicy", "SubscriptionRoleArn")
KNOWN = (SCOPE, RAW, POLICY, LETTERS, *OF_OTHERS)  # a policy is checked for the scope before it
NOT_HERE = "ReplayPolicy"
TARGET = "deadLetterTargetArn"
QUEUE = re.compile(r"arn:[^:]+:sqs:[^:]+:\d+:[^:]+")
USUAL = {SCOPE: ATTRIBUTES, RAW: False}
TRUTHS = {"true": True, "false": False}


class SettingError(ValueError):
    """An attribute that SNS refuses; the message says why."""


def check_all(protocol: str, given: Mapping[str, Any]) -> None:
    """Refuse what a new subscription would not have."""
    for name, value in given.items():
        if name not in (*KNOWN, NOT_HERE):
            raise SettingError(f"Unknown attribute {name}")
        check(protocol, name, value, given.get(SCOPE))


def check(protocol: str, name: str, value: Any, scope: str | None) -> None:
    """Refuse what would have no effect; the scope is that of a filter policy."""
    if name == NOT_HERE:
        raise NotImplementedError(f"The sandbox does not have a subscription's {name}.")
    if name in OF_OTHERS and value:
        raise SettingError(f"{name}: neither functions nor queues have one. Leave it out.")
    if name == SCOPE and value not in SCOPES:
        allowed = " or ".join(SCOPES)
        raise SettingError(f"{name}: Invalid value [{value}]. Please use either {allowed}")
    if name == RAW and truth(name, value) and protocol == "lambda":
        raise SettingError("Delivery protocol [lambda] does not support raw message delivery.")
    if name == POLICY and value:
        _check_policy(value, scope)
    if name == LETTERS and value:
        _check_letters(value)


def truth(name: str, value: Any) -> bool:
    """SNS takes capitals, too."""
    text = str(value).lower()
    if text not in TRUTHS:
        raise SettingError(f"{name}: Invalid value [{value}]. Must be true or false.")
    return TRUTHS[text]


def differ(kept: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Would these attributes change those of a subscription?"""
    return any(
        _meaning(value) != _meaning(kept.get(name, USUAL.get(name, "")))
        for name, value in given.items()
    )


def _meaning(value: Any) -> Any:
    try:
        return json.loads(value.lower() if value.lower() in TRUTHS else value)
    except (AttributeError, ValueError):  # no text, or no JSON
        return value


def _check_policy(text: str, scope: str | None) -> None:
    try:
        filter_policies.check(_object(POLICY, text), scope)
    except filter_policies.FilterError as error:
        raise SettingError(str(error)) from None


def _check_letters(text: str) -> None:
    policy = _object(LETTERS, text)
    for name in policy:
        if name != TARGET:
            raise SettingError(f"{LETTERS}: invalid JSON. Attribute {name} is unknown.")
    if policy and not QUEUE.fullmatch(str(policy[TARGET])):
        raise SettingError(f"{LETTERS}: {TARGET} is an invalid arn")


def _object(name: str, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingError(f"{name}: failed to parse JSON. {error}") from None
    if not isinstance(found, dict):
        raise SettingError(f"{name}: failed to parse JSON. It is not an object.")
    return found
