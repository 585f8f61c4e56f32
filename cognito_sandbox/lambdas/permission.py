"""A function's resource policy: may this service invoke it for this resource?"""

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "ArnEquals": fnmatchcase,
    "ArnLike": fnmatchcase,
    "StringEquals": str.__eq__,
    "StringLike": fnmatchcase,
}


def permits(
    statements: list[dict[str, Any]], service: str, source_arn: str, source_account: str
) -> bool:
    facts = {"aws:sourcearn": source_arn, "aws:sourceaccount": source_account}
    return _allows(statements, service, "lambda:InvokeFunction", facts)


def permits_url(statements: list[dict[str, Any]], auth_type: str) -> bool:
    """May anybody invoke it by its URL?"""
    facts = {"lambda:functionurlauthtype": auth_type}
    return _allows(statements, "*", "lambda:InvokeFunctionUrl", facts)


def _allows(statements: list[dict[str, Any]], who: str, action: str, facts: dict[str, str]) -> bool:
    """A matching Allow, and no matching Deny."""
    effects = [s["Effect"] for s in statements if _matches(s, who, action, facts)]
    return "Allow" in effects and "Deny" not in effects


def _matches(statement: dict[str, Any], who: str, action: str, facts: dict[str, str]) -> bool:
    principal = statement.get("Principal")
    named = principal.values() if isinstance(principal, dict) else [principal]
    if not {who, "*"} & {each for listed in named for each in _listed(listed)}:
        return False
    if not any(fnmatchcase(action, allowed) for allowed in _listed(statement.get("Action"))):
        return False
    return all(
        operator in OPERATORS
        and any(OPERATORS[operator](facts.get(key.lower(), ""), value) for value in _listed(values))
        for operator, conditions in statement.get("Condition", {}).items()
        for key, values in conditions.items()
    )


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
