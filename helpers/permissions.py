"""Who may run a function: Cognito needs a statement in the function's resource policy.

>>> allow(pool_id, function_arn)
>>> with withheld(pool_id, function_arn):
...     ...  # here Cognito is refused
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from helpers import cloud
from helpers.errors import told_briefly, unless

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

    from helpers._inner.tables import Table

__all__ = ["allow", "table", "withheld"]

COGNITO = "cognito-idp.amazonaws.com"


def allow(pool_id: str, function: str) -> "Table":
    """Let this user pool run the function, if it may not yet; who may run it now.

    >>> allow(pool_id, outputs["AutoConfirmFunctionArn"])
    """
    pool_arn = _pool_arn(pool_id)
    if not any(_is_for(pool_arn, statement) for statement in _statements(function)):
        with told_briefly():
            _api().add_permission(
                FunctionName=function,
                StatementId=f"pool-{pool_id}",
                Action="lambda:InvokeFunction",
                Principal=COGNITO,
                SourceArn=pool_arn,
                SourceAccount=pool_arn.split(":")[4],
            )
    return table(function)


@contextmanager
def withheld(pool_id: str, function: str) -> Iterator[None]:
    """For a while, do not let this user pool run the function.

    >>> with withheld(pool_id, function_arn), show.expect("UnexpectedLambdaException"):
    ...     cognito.sign_up(client_id, "ann", password, "ann@example.com")
    """
    pool_arn = _pool_arn(pool_id)
    try:
        for statement in _statements(function):
            if _is_for(pool_arn, statement):
                with told_briefly():
                    _api().remove_permission(FunctionName=function, StatementId=statement["Sid"])
        yield
    finally:
        allow(pool_id, function)


def table(function: str) -> "Table":
    """Who may run the function, and on whose behalf.

    >>> table("my-function")
    """
    from helpers._inner.tables import Table

    rows = [
        (_service(statement), statement["Action"], _source(statement))
        for statement in _statements(function)
    ]
    return Table(sorted(rows), columns=["Service", "May", "On behalf of"])


def _api() -> "LambdaClient":
    return cloud.client("lambda")


def _pool_arn(pool_id: str) -> str:
    with told_briefly():
        found = cloud.client("cognito-idp").describe_user_pool(UserPoolId=pool_id)
    return str(found["UserPool"]["Arn"])


def _statements(function: str) -> list[dict[str, Any]]:
    with unless("ResourceNotFoundException"), told_briefly():
        policy = json.loads(_api().get_policy(FunctionName=function)["Policy"])
        return list(policy["Statement"])
    with told_briefly():
        _api().get_function_configuration(FunctionName=function)  # else there is no function
    return []


def _service(statement: dict[str, Any]) -> str:
    principal = statement["Principal"]
    return str(principal.get("Service", principal) if isinstance(principal, dict) else principal)


def _source(statement: dict[str, Any]) -> str:
    conditions = statement.get("Condition", {}).get("ArnLike", {})
    return str({key.lower(): value for key, value in conditions.items()}.get("aws:sourcearn", ""))


def _is_for(pool_arn: str, statement: dict[str, Any]) -> bool:
    return (_service(statement), _source(statement)) == (COGNITO, pool_arn)
