"""One way to hand an event to a function and to learn what came of it."""

import json
from typing import Any, NamedTuple

from cognito_sandbox.lambdas.environments import ThrottledError
from cognito_sandbox.store import functions

LARGEST_EVENT = 6_291_456  # bytes that Lambda takes


class Delivery(NamedTuple):
    """What came of an invocation; `ran` is False if the function could not even be tried."""

    ran: bool
    payload: bytes = b""
    failed: bool = True
    request_id: str = ""
    version: str = "$LATEST"

    @property
    def error_message(self) -> str:
        """What the function raised, if it did."""
        told = json.loads(self.payload) if self.ran and self.failed else {}
        return str(told.get("errorMessage", ""))


NOT_RUN = Delivery(ran=False)


def deliver(
    function_arn: str,
    payload: bytes,
    context: dict[str, Any] | None = None,
    request_id: str = "",
) -> Delivery:
    """Invoke the function with an event, and wait for its answer."""
    function = functions.find(function_arn)
    if not function:
        return NOT_RUN
    try:
        outcome = function.run(payload, context, request_id, function_arn)
    except (ThrottledError, functions.RoleError):
        return NOT_RUN
    failed = outcome.error is not None
    return Delivery(True, outcome.payload, failed, outcome.request_id, str(function.version))
