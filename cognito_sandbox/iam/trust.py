"""A role's trust policy: who may assume the role?"""

import json
from functools import lru_cache
from typing import Any

from cognito_sandbox.iam.conditions import UnsureError, pattern
from cognito_sandbox.iam.policies import conditions
from cognito_sandbox.iam.principals import Facts


@lru_cache(512)
def trusts(document: str, service: str, account: str) -> bool:
    """May this service assume the role, for this account? A Deny wins; in doubt, it may not."""
    facts = Facts({"aws:sourceaccount": account})
    effects = [
        statement.get("Effect")
        for statement in _listed(json.loads(document).get("Statement"))
        if _names(statement, service) and _applies(statement, facts)
    ]
    return "Allow" in effects and "Deny" not in effects


def _names(statement: dict[str, Any], service: str) -> bool:
    principal = statement.get("Principal")
    services = _listed(principal.get("Service")) if isinstance(principal, dict) else [principal]
    actions = [str(each) for each in _listed(statement.get("Action"))]
    assumes = any(pattern(each, True).fullmatch("sts:AssumeRole") for each in actions)
    return assumes and bool({service, "*"} & set(services))


def _applies(statement: dict[str, Any], facts: Facts) -> bool:
    try:
        return all(each.holds(facts, str) for each in conditions(statement))
    except UnsureError:
        return bool(statement.get("Effect") == "Deny")


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
