"""Calls whose errors come from here: no report shows what was sent, nor the code of botocore."""

from typing import Any

__tracebackhide__ = True


def call(client: Any, operation: str, **parameters: object) -> Any:
    """Call AWS; what is refused is told by boto3's own error."""
    from botocore.exceptions import ClientError, ParamValidationError

    try:
        return getattr(client, operation)(**parameters)
    except (ClientError, ParamValidationError) as error:
        refused = error
    raise refused.with_traceback(None)


def delete_pool(cognito: Any, pool_id: str) -> None:
    """Delete a pool, one that is protected as well."""
    pool = cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    if pool.get("DeletionProtection") == "ACTIVE":
        cognito.update_user_pool(UserPoolId=pool_id, DeletionProtection="INACTIVE")
    cognito.delete_user_pool(UserPoolId=pool_id)
