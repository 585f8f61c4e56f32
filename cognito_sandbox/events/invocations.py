"""An event on its way to a function that nobody waits for. (events contract 6)"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from cognito_sandbox import clock
from cognito_sandbox.events import invoke_configs
from cognito_sandbox.events.delivery import NOT_RUN, Delivery

PAUSES = (60.0, 120.0)  # before the second and the third attempt
LONGEST_PAUSE = 300.0  # between attempts to find room for a function that is throttled


@dataclass(frozen=True)
class Invocation:
    """One event on its way to a function."""

    function_arn: str
    qualifier: str
    payload: bytes
    context: dict[str, Any] | None = None
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    accepted: float = field(default_factory=clock.waiting_now)
    attempts: int = 0
    throttled: int = 0
    last: Delivery = NOT_RUN

    @property
    def target(self) -> str:
        latest = self.qualifier == "$LATEST"
        return self.function_arn if latest else f"{self.function_arn}:{self.qualifier}"

    @property
    def config(self) -> invoke_configs.InvokeConfig:
        return invoke_configs.find(self.function_arn, self.qualifier)

    @property
    def pause(self) -> float:
        """How long until the next attempt."""
        if self.throttled:
            return min(2.0 ** (self.throttled - 1), LONGEST_PAUSE)
        return PAUSES[self.attempts - 1]
