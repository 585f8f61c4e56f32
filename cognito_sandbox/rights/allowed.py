"""May a principal do this? And if not, AWS's sentence that says so."""

import sys

from cognito_sandbox.iam.conditions import UnsureError
from cognito_sandbox.iam.decisions import DENY, refusal
from cognito_sandbox.iam.needs import Call, Need
from cognito_sandbox.iam.policies import Request
from cognito_sandbox.iam.principals import Principal
from cognito_sandbox.iam.resource_policies import effect_for
from cognito_sandbox.rights.resources import needs
from cognito_sandbox.store import buckets

ALWAYS = {"sts:GetCallerIdentity"}


def may(principal: Principal, call: Call) -> bool:
    """Where nobody waits for an answer, doubt is told on the sandbox's standard error."""
    return all(may_do(principal, each, call.region) for each in needs(call))


def may_do(principal: Principal, need: Need, region: str) -> bool:
    """The same for one thing that is to be done."""
    try:
        return why_not(principal, need, region) is None
    except UnsureError as doubt:
        print(f"Refused {principal.arn} {need.action}: {doubt}.", file=sys.stderr)
        return False


def why_not(principal: Principal, need: Need, region: str, service: str = "") -> str | None:
    """AWS's sentence, if the principal may not do this; UnsureError if nobody can tell."""
    if need.action in ALWAYS:
        return None
    spoken = _spoken(need.action)
    passed_to = f"{service}.amazonaws.com" if need.action == "iam:PassRole" else None
    request = Request(spoken, need.resources, principal.facts_for(region, passed_to))
    reason = refusal(principal.policies, request, _by_resource(principal, request))
    if reason is None:
        return None
    resource = need.resources[0] if need.resources else "*"
    quoted = f'"{resource}"' if need.action.startswith("s3:") else resource
    asked = f"User: {principal.arn} is not authorized to perform: {spoken}"
    return f"{asked} on resource: {quoted} {reason}"


def _by_resource(principal: Principal, request: Request) -> str | None:
    """What a bucket's policy says: an account that it allows something may give that on.

    Those of other resources are for AWS's services only here.
    """
    document = buckets.policy(request.resources[0]) if request.resources else None
    if not document:
        return None
    found = effect_for(document, {"AWS": principal.names}, request)
    own = {"AWS": principal.own_names}
    return found if found == DENY else effect_for(document, own, request)


def _spoken(action: str) -> str:
    """SQS and SNS write their actions in their own way when they refuse."""
    service, _, name = action.partition(":")
    return {"sqs": action.lower(), "sns": f"SNS:{name}"}.get(service, action)
