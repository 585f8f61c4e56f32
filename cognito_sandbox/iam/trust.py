"""A role's trust policy: who may assume the role?"""

from functools import lru_cache

from cognito_sandbox.iam.conditions import UnsureError
from cognito_sandbox.iam.decisions import ALLOW, DENY
from cognito_sandbox.iam.policies import Request
from cognito_sandbox.iam.principals import Facts, Principal
from cognito_sandbox.iam.resource_policies import effect_for

ACTION = "sts:AssumeRole"


@lru_cache(512)
def trusts(document: str, service: str, account: str) -> bool:
    """May this service assume the role, for this account? In doubt, it may not."""
    request = Request(ACTION, ("*",), Facts({"aws:sourceaccount": account}))
    try:
        return effect_for(document, {"Service": {service}}, request) == ALLOW
    except UnsureError:
        return False


def refusal(document: str, role: str, caller: Principal, facts: Facts) -> str | None:
    """AWS's sentence, if the role does not trust the caller; UnsureError if nobody can tell."""
    found = effect_for(document, {"AWS": caller.names}, Request(ACTION, ("*",), facts))
    if found == ALLOW:
        return None
    asked = f"User: {caller.arn} is not authorized to perform: {ACTION} on resource: {role}"
    return f"{asked} with an explicit deny in a resource-based policy" if found == DENY else asked
