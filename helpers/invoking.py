"""Run a function with an event of your choice: what it returned, logged and took.

>>> invoke(outputs["AutoConfirmFunction"], events.sample("PreSignUp_SignUp"))
"""

import base64
import html
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from helpers import cloud, show
from helpers._inner import log_lines
from helpers.errors import AnswerError, told_briefly

if TYPE_CHECKING:
    from helpers._inner.tables import Table

__all__ = ["Invocation", "invoke"]


@dataclass(frozen=True, repr=False)
class Invocation:
    """One run of a function: shown, it is what the function changed in the event, and its log."""

    sent: Any
    returned: Any
    failed: bool
    log: str

    @property
    def request_id(self) -> str:
        """What the log calls this run."""
        return log_lines.request_id(log_lines.lines(self.log)) or ""

    @property
    def milliseconds(self) -> float:
        """How long the handler took."""
        return log_lines.milliseconds(log_lines.lines(self.log)) or 0.0

    @property
    def cold(self) -> bool:
        """Was a new execution environment made for it?"""
        return log_lines.is_cold(log_lines.lines(self.log))

    @cached_property
    def changes(self) -> "Table":
        """Of a trigger: the returned event against the one sent; nothing, if none came back."""
        back = self.is_event and self._of_a_trigger
        return show.changes(self.sent, self.returned if back else self.sent)

    @property
    def is_event(self) -> bool:
        """Did the whole event come back, as Cognito wants it?"""
        events = isinstance(self.returned, dict) and isinstance(self.sent, dict)
        return events and not self.failed and self.sent.keys() <= self.returned.keys()

    @cached_property
    def lines(self) -> "Table":
        """What the function logged, without Lambda's own lines."""
        from helpers._inner.tables import Table

        return Table(log_lines.said(log_lines.lines(self.log)), columns=["Level", "Message"])

    def __repr__(self) -> str:
        tables = [repr(table) for table in (self.changes, self.lines) if not table.empty]
        return "\n\n".join([self._told(), *tables])

    def _repr_html_(self) -> str:
        tables = [table._repr_html_() for table in (self.changes, self.lines) if not table.empty]
        return "\n".join([f"<p>{html.escape(self._told())}</p>", *tables])

    def _told(self) -> str:
        start = " after a cold start" if self.cold else ""
        return f"It took {self.milliseconds} ms{start}, and {self._outcome()}."

    @property
    def _of_a_trigger(self) -> bool:
        return isinstance(self.sent, dict) and "triggerSource" in self.sent

    def _outcome(self) -> str:
        if self.failed:
            return f"failed with {self.returned['errorType']}: {self.returned['errorMessage']}"
        if not self._of_a_trigger:
            return f"returned {json.dumps(self.returned)}"
        if self.returned is None:
            return "returned nothing, which Cognito refuses"
        if not self.is_event:
            return f"returned a {type(self.returned).__name__}, and not the whole event: refused"
        return "returned the event" + (", changed" if len(self.changes) else " as it was")


def invoke(function: str, event: Any) -> Invocation:
    """Run a function with this event, and wait for its answer.

    >>> invoke("my-function", events.sample("PreSignUp_SignUp")).changes
    """
    try:
        payload = json.dumps(event)
    except (TypeError, ValueError) as error:
        raise AnswerError(f"An event is JSON, and this is not: {error}.") from None
    with told_briefly():
        answer = cloud.client("lambda").invoke(
            FunctionName=function, Payload=payload, LogType="Tail"
        )
        returned = json.load(answer["Payload"])
    log = base64.b64decode(answer["LogResult"]).decode(errors="replace")
    return Invocation(event, returned, "FunctionError" in answer, log)
