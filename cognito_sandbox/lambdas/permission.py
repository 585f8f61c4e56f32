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
    """A matching Allow, and no matching Deny."""
    facts = {"aws:sourcearn": source_arn, "aws:sourceaccount": source_account}
    effects = [s["Effect"] for s in statements if _matches(s, service, facts)]
    return "Allow" in effects and "Deny" not in effects


def _matches(statement: dict[str, Any], service: str, facts: dict[str, str]) -> bool:
    principal = statement.get("Principal")
    services = principal.get("Service") if isinstance(principal, dict) else principal
    if not {service, "*"} & set(_listed(services)):
        return False
    actions = _listed(statement.get("Action"))
    if not any(fnmatchcase("lambda:InvokeFunction", action) for action in actions):
        return False
    return all(
        operator in OPERATORS
        and any(OPERATORS[operator](facts.get(key.lower(), ""), value) for value in _listed(values))
        for operator, conditions in statement.get("Condition", {}).items()
        for key, values in conditions.items()
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
