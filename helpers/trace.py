"""Record what happens between you, Cognito, its functions and the other services.

>>> with trace() as story:
...     cognito.sign_up(client_id, "ann", password, "ann@example.com")
>>> story
"""

import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from helpers import cloud, experiments, logs, runs, stack
from helpers._inner import calls, pictures, sandbox
from helpers._inner.pictures import YOU, Step
from helpers._inner.progress import Progress
from helpers._inner.waiting import looks
from helpers.errors import NoStackError

if TYPE_CHECKING:
    from helpers._inner.tables import Table

__all__ = ["Step", "Story", "trace"]

NAMES = {"cognito-identity-provider": "Cognito", "dynamodb": "DynamoDB"}
NAMES |= {"lambda": "Lambda", "sqs": "SQS"}
# Whoever calls these waits for no function.
NEVER_WAIT = {"dynamodb", "eventbridge", "kinesis", "s3", "sns", "sqs"}
UNKNOWN = "(In an account, a function's own calls are not recorded.)"
PATIENCE = 15.0  # seconds to wait for log lines, which arrive late in an account


class Story:
    """What was recorded; used again as a context manager, it goes on where it was."""

    def __init__(self, *functions: str, unasked: bool = False) -> None:
        self._functions, self._unasked = functions, unasked
        self._since = self._until = 0.0  # seconds since 1970, or not yet
        self._calls: list[calls.Call] = []
        self._steps: list[Step] = []
        self._heard = 0  # so many of the calls are in the steps

    def start(self) -> "Story":
        """Record from now on, until `stop`.

        >>> story = trace().start()
        >>> story.stop()
        """
        self._since, self._until = self._since or time.time(), 0.0
        if self._calls.append not in calls.listeners:
            calls.listeners.append(self._calls.append)
        return self

    def stop(self) -> None:
        """Record no more."""
        self._until = time.time()
        if self._calls.append in calls.listeners:
            calls.listeners.remove(self._calls.append)

    __enter__ = start

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def steps(self) -> list[Step]:
        """The arrows, in the order in which they happened."""
        made = list(self._calls)
        if len(made) > self._heard or (self._unasked and self._since):
            with calls.unheard():
                self._steps = self._tell(made)
            self._heard = len(made)
        return self._steps

    def _tell(self, made: list[calls.Call]) -> list[Step]:
        names = _names(self._functions)
        settled = _settled(names, self._since, self._until or time.time()) if names else []
        found = _by_call(made, settled)
        told = [(call.started, _told(call, found[call], names)) for call in made]
        if self._unasked:
            asked = [run for each in found.values() for run in each]
            alone = [run for run in settled if run not in asked]
            told += [(run.started, _run(run, "Lambda", names[run.function])) for run in alone]
        return [step for _, steps in sorted(told, key=itemgetter(0)) for step in steps]

    def table(self) -> "Table":
        """One row for each call and each run, with its time and its share of the whole.

        >>> story.table()
        """
        from helpers._inner.tables import Table

        steps = self.steps
        total = sum(s.milliseconds or 0 for s in steps if s.source == YOU) or 1
        rows, call = [], 0.0  # no call is waiting
        for step in steps:
            call = 0.0 if step.target == YOU else call
            if step.milliseconds is None:
                continue
            told = f"{step.milliseconds / call:.0%} of the call" if call else ""
            if step.source == YOU:
                call, told = step.milliseconds or 1.0, f"{step.milliseconds / total:.0%}"
            rows.append((step.source, step.target, step.what, f"{step.milliseconds:.1f}", told))
        return Table(rows, columns=["From", "To", "What", "Milliseconds", "Share"])

    def said(self) -> "Table":
        """One row for each call, or run without one: what the functions logged, what came of it.

        >>> story.said()
        """
        from helpers._inner.tables import Table

        rows, waiting = [], False
        for step in self.steps:
            if step.source == YOU:
                rows.append([step.what, "", ""])
                waiting = True
            elif step.target == YOU:
                rows[-1][2] = step.what
                waiting = False
            elif step.milliseconds is not None and not waiting:
                rows.append(["(no call of yours)", "", ""])
            elif step.kind == "note":
                rows[-1][1] += f", {step.what}" if rows[-1][1] else step.what
        return Table(rows, columns=["Call", "The functions said", "Came to"])

    def timeline(self) -> "pictures.Timeline":
        """How long each call and each run took, as bars; cold starts stand out.

        >>> story.timeline()
        """
        return pictures.Timeline([step for step in self.steps if step.milliseconds is not None])

    def __repr__(self) -> str:
        return pictures.arrows(self.steps)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        steps = self.steps
        return {"text/vnd.mermaid": pictures.mermaid(steps), "text/plain": pictures.arrows(steps)}


def trace(*functions: str, unasked: bool = False) -> Story:
    """A story to record, with the runs of these functions, or else of the stack's three.

    If you say so, also with those that no call of yours has waited for, such as a queue's.

    >>> with trace() as story:
    ...     cognito.sign_in(client_id, "ann", password)
    """
    with calls.unheard():
        for function in functions:
            logs.group(function)  # else there is no such function
    return Story(*functions, unasked=unasked)


def _names(functions: tuple[str, ...]) -> dict[str, str]:
    """What the functions are called in the story; without a stack, none is in it."""
    if functions:
        return {function: _called(function) for function in functions}
    with suppress(NoStackError):
        outputs = stack.outputs()
        return {experiments.function(name, outputs): name for name in experiments.names()}
    return {}


def _called(function: str) -> str:
    """A function of the project without the stack's name, which would not fit into the picture."""
    name = function.rpartition(":")[2]
    stack_name, _, own = name.rpartition("-")
    if stack_name.startswith(f"{stack.NAME}-"):
        return re.sub(r"(?<!^)([A-Z])", r"_\1", own).lower()  # its handler
    return own if stack_name == stack.NAME else name


def _told(call: calls.Call, found: list[runs.Run], names: dict[str, str]) -> list[Step]:
    service = NAMES.get(call.service, call.service)
    took = (call.ended - call.started) * 1000
    told = [Step(YOU, service, call.action, "ask", took)]
    for run in found:
        told += _run(run, service, names[run.function])
    end = "failure" if call.refused else "answer"
    return [*told, Step(service, YOU, call.refused or call.asked or "done", end)]


def _run(run: runs.Run, service: str, name: str) -> list[Step]:
    """What a function was asked, what it asked itself, what it logged, and its answer."""
    what, end = "cold start" if run.cold else "run", "failure" if run.failed else "answer"
    return [
        Step(service, name, what, "ask", run.milliseconds, run.cold),
        *_asked_by(run, name),
        *(Step(name, name, text, "note") for text in run.said),
        Step(name, service, end, end),
    ]


def _asked_by(run: runs.Run, name: str) -> Iterator[Step]:
    """The calls of a function, which only the sandbox can tell."""
    if not cloud.current().is_sandbox:
        yield Step(name, name, UNKNOWN, "note")
    for call in sandbox.ask("calls", function=run.function):
        if call["request_id"] == run.request_id:
            service = NAMES.get(call["service"], call["service"])
            refused = call["outcome"] != "ok"
            yield Step(name, service, call["action"].partition(":")[2], "ask")
            end = "failure" if refused else "answer"
            yield Step(service, name, call["outcome"] if refused else "done", end)


def _by_call(made: list[calls.Call], found: list[runs.Run]) -> dict[calls.Call, list[runs.Run]]:
    """Which runs belong to which call: those that started while it was waiting."""
    own: dict[calls.Call, list[runs.Run]] = {call: [] for call in made}
    for run in found:
        if waiting := [call for call in made if _waited(call, run)]:
            own[min(waiting, key=lambda call: _distance(call, run))].append(run)
    return own


def _waited(call: calls.Call, run: runs.Run) -> bool:
    """Was the call under way when the run started, as far as the clocks can tell?"""
    before, after = _slack()
    if call.service in NEVER_WAIT:
        return False
    return call.started - before <= run.started <= call.ended + after


def _slack() -> tuple[float, float]:
    """Seconds by which a run may seem to start before its call, or after it."""
    if cloud.current().is_sandbox:
        return 0.001, 0.0  # one clock, of which a log line keeps whole milliseconds
    return 1.0, 1.0  # two clocks


def _distance(call: calls.Call, run: runs.Run) -> float:
    """Seconds between the start of the run and the call; none if it fell into the call."""
    return max(call.started - run.started, run.started - call.ended, 0)


def _settled(functions: dict[str, str], since: float, until: float) -> list[runs.Run]:
    """The runs in the logs, once no more of them arrive."""
    before, after = _slack()
    first, last = since - before, until + after
    found: list[runs.Run] = []
    with Progress("Reading the logs") as progress:
        for _ in looks(0 if cloud.current().is_sandbox else PATIENCE, first=2):
            known = found
            found = [run for name in functions for run in runs.between(name, first, last)]
            if found and found == known:
                break
            progress.say("Reading the logs: waiting for the last lines")
    return sorted(_exactly(functions, found), key=lambda run: run.started)


def _exactly(functions: Iterable[str], found: list[runs.Run]) -> list[runs.Run]:
    """With the time at which each began: a log keeps whole milliseconds, the sandbox all of it."""
    known: dict[str, list[float]] = defaultdict(list)
    for made in [each for name in functions for each in sandbox.ask("runs", function=name)]:
        known[made["request_id"]].append(made["started"])

    def began(run: runs.Run) -> float:  # a run that is tried again has the same request id
        return min(known[run.request_id], key=lambda at: abs(at - run.started), default=run.started)

    return [replace(run, started=began(run)) for run in found]
