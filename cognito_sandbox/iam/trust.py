"""A role's trust policy: who may assume the role?"""

import json
from functools import lru_cache
from typing import Any

from cognito_sandbox.iam.conditions import UnsureError
from cognito_sandbox.iam.decisions import ALLOW, DENY, effect
from cognito_sandbox.iam.policies import Request, listed
from cognito_sandbox.iam.principals import Facts, Principal

ACTION = "sts:AssumeRole"


@lru_cache(512)
def trusts(document: str, service: str, account: str) -> bool:
    """May this service assume the role, for this account? In doubt, it may not."""
    facts = Facts({"aws:sourceaccount": account})
    try:
        return _effect(document, "Service", {service}, facts) == ALLOW
    except UnsureError:
        return False


def refusal(document: str, role: str, caller: Principal, facts: Facts) -> str | None:
    """AWS's sentence, if the role does not trust the caller; UnsureError if nobody can tell.

    A session goes by its own ARN and by its role's; each identity, by its account's.
    """
    root = f"arn:aws:iam::{caller.account}:root"
    names = {caller.arn, str(caller.facts["aws:principalarn"]), caller.account, root}
    found = _effect(document, "AWS", names, facts)
    if found == ALLOW:
        return None
    asked = f"User: {caller.arn} is not authorized to perform: {ACTION} on resource: {role}"
    return f"{asked} with an explicit deny in a resource-based policy" if found == DENY else asked


def _effect(document: str, kind: str, names: set[str], facts: Facts) -> str | None:
    """A document that makes no sense, which AWS would not take, trusts nobody."""
    try:
        return effect([_about(document, kind, names)], Request(ACTION, ("*",), facts))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _about(document: str, kind: str, names: set[str]) -> str:
    """The statements that name somebody, as a policy like those of identities."""
    given = json.loads(document)
    statements = [
        each | {"Resource": "*"}
        for each in listed(given.get("Statement"))
        if _names(each, kind, names)
    ]
    return json.dumps(given | {"Statement": statements})


def _names(statement: dict[str, Any], kind: str, names: set[str]) -> bool:
    if "NotPrincipal" in statement:
        raise UnsureError("the sandbox cannot evaluate a NotPrincipal")
    principal = statement.get("Principal")
    named = listed(principal.get(kind)) if isinstance(principal, dict) else [principal]
    return any(each in ("*", *names) for each in named)
