"""Calls whose errors come from here: no report shows what was sent, nor the code of botocore."""

from typing import Any

__tracebackhide__ = True


def call(client: Any, operation: str, **parameters: Any) -> Any:
    """Call AWS; what is refused is told by boto3's own error."""
    from botocore.exceptions import ClientError, ParamValidationError

    try:
        return getattr(client, operation)(**parameters)
    except (ClientError, ParamValidationError) as error:
        refused = error
    raise refused.with_traceback(None)
