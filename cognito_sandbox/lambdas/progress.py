"""A function's way to a state that can be worked with: created or updated, for some milliseconds.

Whoever asks how a function is waits them out: AWS's SDKs look again after seconds only.
"""

import time
import uuid
from typing import Any

from cognito_sandbox.lambdas.runnable import Runnable

REASON, CODE = "The function is being created.", "Creating"  # of updates, too
TAKES = 0.005  # seconds from the answer to the call on; in AWS one or more
AT_MOST = 1.0  # if nobody asks for an answer


class Progress:
    """What is under way, what runs meanwhile, and the RevisionId: another one at each end of it."""

    def __init__(self) -> None:
        self._first = self._last = str(uuid.uuid4())
        self._until, self._told = 0.0, False
        self._before: Runnable | None = None

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Read from a file: whatever was under way is done, and this machine's clock another."""
        vars(self).update(state)
        self.settle()

    def create(self) -> None:
        self._begin(None)

    def update(self, before: Runnable) -> None:
        """Until the update is done, what the function was before runs."""
        self._begin(before)

    def _begin(self, before: Runnable | None) -> None:
        self._before, self._told = before, False
        self._until = time.monotonic() + AT_MOST
        self._first, self._last = str(uuid.uuid4()), str(uuid.uuid4())

    def settle(self) -> None:
        """Be done at once, if it is not, and keep nothing of what was before."""
        self._until = 0.0
        self._before = None

    def wait(self) -> None:
        self._tell()
        time.sleep(max(self._until - time.monotonic(), 0))

    def _tell(self) -> None:
        if not self._told:
            self._told, self._until = True, min(self._until, time.monotonic() + TAKES)

    @property
    def _is_under_way(self) -> bool:
        return time.monotonic() < self._until

    @property
    def is_pending(self) -> bool:
        return self._before is None and self._is_under_way  # in this order: see settle()

    @property
    def before(self) -> Runnable | None:
        """What the function was, while it is updated."""
        return self._before if self._is_under_way else None

    @property
    def revision(self) -> str:
        return self._first if self._is_under_way else self._last

    def described(self) -> dict[str, Any]:
        """As Lambda's API shows it."""
        self._tell()
        if self.is_pending:
            reason = {"StateReason": REASON, "StateReasonCode": CODE}
            return {"State": "Pending", "RevisionId": self.revision} | reason
        shown = {"State": "Active", "RevisionId": self.revision, "LastUpdateStatus": "Successful"}
        if self.before:
            shown |= {
                "LastUpdateStatus": "InProgress",
                "LastUpdateStatusReason": REASON,
                "LastUpdateStatusReasonCode": CODE,
            }
        return shown
