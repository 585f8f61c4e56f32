"""What a resource's own policy says of somebody: those of its statements that name them."""

import json
from collections.abc import Mapping
from typing import Any

from cognito_sandbox.iam.conditions import UnsureError
from cognito_sandbox.iam.decisions import ALLOW, effect
from cognito_sandbox.iam.policies import Request, listed
from cognito_sandbox.iam.principals import Facts

Names = Mapping[str, set[str]]  # by the kinds of principals: AWS, Service
NONE = "It is no policy document, whose statements each have Effect, Principal and Action."
VERSIONS = ("2008-10-17", "2012-10-17")


def lets_in(
    document: str, service: str, action: str, resource: str, source: str, account: str
) -> bool:
    """May a service of AWS do this, on behalf of something of an account? In doubt, it may not."""
    facts = Facts(
        {
            "aws:principalisawsservice": "true",
            "aws:principalservicename": service,
            "aws:resourceaccount": account,
            "aws:securetransport": "true",
            "aws:sourceaccount": account,
            "aws:sourcearn": source,
            "aws:sourceowner": None,
            "aws:viaawsservice": "false",
        }
    )
    who: Names = {"Service": {service}, "AWS": set()}
    try:
        return effect_for(document, who, Request(action, (resource,), facts)) == ALLOW
    except UnsureError:
        return False


def is_one(document: str) -> bool:
    """Is this a policy that says of somebody what they may do?"""
    try:
        policy = json.loads(document)
        statements = listed(policy["Statement"])
        is_known = policy.get("Version", VERSIONS[0]) in VERSIONS
        return (
            is_known
            and bool(statements)
            and all(
                each["Effect"] in ("Allow", "Deny")
                and not {"Principal", "NotPrincipal"}.isdisjoint(each)
                and not {"Action", "NotAction"}.isdisjoint(each)
                for each in statements
            )
        )
    except (KeyError, RecursionError, TypeError, ValueError):
        return False


def effect_for(document: str, who: Names, request: Request) -> str | None:
    """A document that makes no sense, which AWS would not take, says nothing."""
    try:
        return effect([_about(document, who)], request)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _about(document: str, who: Names) -> str:
    """The statements that name somebody, as a policy like those of identities."""
    given = json.loads(document)
    statements = [each for each in listed(given.get("Statement")) if _names(each, who)]
    return json.dumps(given | {"Statement": [_placed(each) for each in statements]})


def _placed(statement: dict[str, Any]) -> dict[str, Any]:
    """A role's statements have no resource: they are about the role."""
    return statement if "NotResource" in statement else {"Resource": "*"} | statement


def _names(statement: dict[str, Any], who: Names) -> bool:
    if "NotPrincipal" in statement:
        raise UnsureError("the sandbox cannot evaluate a NotPrincipal")
    principal = statement.get("Principal")
    if not isinstance(principal, dict):
        return principal == "*"
    return any(
        each in ("*", *names) for kind, names in who.items() for each in listed(principal.get(kind))
    )
