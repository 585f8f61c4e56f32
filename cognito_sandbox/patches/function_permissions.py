"""Who may invoke a function: moto takes any name for somebody, and any revision."""

import functools
import json
import re
import uuid
from collections.abc import Callable
from typing import Any

from moto.awslambda import models
from moto.awslambda.exceptions import InvalidParameterValueException

from cognito_sandbox.patches.function_updates import check_revision, conflict
from cognito_sandbox.store import needs

NEEDS = (
    "moto.awslambda.models:LambdaBackend.remove_permission",
    "moto.awslambda.policy:Policy.add_statement",
    "moto.awslambda.policy:Policy.del_statement",
    "moto.awslambda.policy:Policy.principal_formatter",
    "moto.awslambda.responses:LambdaResponse.remove_permission",
)
ACCOUNT, ARN = re.compile(r"\d{12}"), re.compile(r"arn:[^:]+:(iam|sts)::\d{12}:.+")
SERVICE = re.compile(r"[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com)")
NO_TOKEN = "The sandbox does not have EventSourceToken: it would let in whoever has none, too."
NOBODY = "The provided principal was invalid. Please check the principal and try again."


def install() -> None:
    needs.check(NEEDS)
    models.LambdaBackend.remove_permission = _remove_permission
    models.Policy.add_statement = _policy_of_this_revision(models.Policy.add_statement)
    models.Policy.principal_formatter = _principal


def _principal(_: models.Policy, given: Any) -> Any:
    """As a policy names it."""
    if given == "*" or not isinstance(given, str):
        return given
    if ACCOUNT.fullmatch(given):
        return {"AWS": f"arn:aws:iam::{given}:root"}
    if ARN.fullmatch(given):
        return {"AWS": given}
    if SERVICE.fullmatch(given):
        return {"Service": given}
    raise InvalidParameterValueException(NOBODY)


def _policy_of_this_revision(add: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(add)
    def check_and_add(policy: models.Policy, raw: Any, qualifier: str | None = None) -> Any:
        given = json.loads(raw)
        check_revision(given.get("RevisionId"), policy.revision)
        if given.get("EventSourceToken"):
            raise InvalidParameterValueException(NO_TOKEN)
        sid = given.get("StatementId")
        if any(each.get("Sid") == sid for each in policy.statements if sid):
            told = f"The statement id ({sid}) provided already exists. "
            told += "Please provide a new statement id, or remove the existing statement."
            raise conflict(told)
        return add(policy, raw, qualifier)

    return check_and_add


def _remove_permission(
    self: models.LambdaBackend, function_name: str, sid: str, revision: str | list[str] = ""
) -> None:
    """moto hands the revision on as the list that a query is."""
    policy = self.get_function(function_name).policy
    check_revision(revision[0] if isinstance(revision, list) else revision, policy.revision)
    policy.del_statement(sid)
    policy.revision = str(uuid.uuid4())
