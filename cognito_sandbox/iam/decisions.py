"""Is a request allowed? An explicit Deny first, then the boundary, then the identity's policies."""

from collections.abc import Iterable
from typing import NamedTuple

from cognito_sandbox.iam.conditions import UnsureError
from cognito_sandbox.iam.policies import Request, Statement, parse

ALLOW, DENY = "Allow", "Deny"


class Policies(NamedTuple):
    """The policy documents that an identity has, and the document of its permissions boundary."""

    identity: tuple[str, ...]
    boundary: str | None = None


def refusal(policies: Policies, request: Request, by_resource: str | None) -> str | None:
    """Why the request is refused, in AWS's words that follow the resource; None if it is allowed.

    `by_resource` is what the resource's own policy says. UnsureError, if the answer depends on
    something that the sandbox cannot evaluate.
    """
    found = effect(policies.identity, request)
    if found == DENY:
        return "with an explicit deny in an identity-based policy"
    if by_resource == DENY:
        return "with an explicit deny in a resource-based policy"
    limit = ALLOW if policies.boundary is None else effect((policies.boundary,), request)
    if limit == DENY:
        return "with an explicit deny in a permissions boundary"
    if found is None and by_resource != ALLOW:
        return f"because no identity-based policy allows the {request.action} action"
    if limit is None:
        return f"because no permissions boundary allows the {request.action} action"
    return None


def effect(documents: Iterable[str], request: Request) -> str | None:
    """What these policies say: Allow, Deny, or nothing."""
    allowed, unsure = False, []
    for statement in (each for document in documents for each in parse(document)):
        try:
            if not statement.applies(request):
                continue
        except UnsureError as error:
            unsure.append((statement, error))
            continue
        if statement.effect == DENY:
            return DENY
        allowed = True
    _raise_decisive(allowed, unsure)
    return ALLOW if allowed else None


def _raise_decisive(allowed: bool, unsure: list[tuple[Statement, UnsureError]]) -> None:
    """An Allow in doubt matters if nothing else allows, a Deny in doubt if something may."""
    may_be_allowed = allowed or any(statement.effect == ALLOW for statement, _ in unsure)
    for statement, error in unsure:
        if may_be_allowed if statement.effect == DENY else not allowed:
            raise error
