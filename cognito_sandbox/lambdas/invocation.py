"""One invocation of a function: its time limit, its result or error, its log lines."""

import json
import signal
import struct
import time
import uuid
from typing import Any, NamedTuple

from cognito_sandbox.lambdas import channel, runs
from cognito_sandbox.lambdas.environments import EndedError, Environment, Environments
from cognito_sandbox.lambdas.journal import Journal
from cognito_sandbox.lambdas.runnable import Runnable

INIT_SECONDS = 10.0
LARGEST_RESULT = 6_291_556


class Outcome(NamedTuple):
    """How an invocation ended; `error` is Lambda's error type, None if the handler returned."""

    payload: bytes
    error: str | None = None
    log_tail: bytes = b""
    timed_out: str = ""
    request_id: str = ""
    traceback: str = ""  # of a function that cannot be loaded: more than Lambda tells

    @property
    def error_message(self) -> str:
        return str(json.loads(self.payload).get("errorMessage", ""))


def invoke(
    environments: Environments,
    function: Runnable,
    event: bytes,
    context: dict[str, Any] | None = None,
    request_id: str = "",
    asked: str = "",
) -> Outcome:
    """Run the function once, in an environment that is warm or started for it.

    `asked` is the ARN by which it was invoked, such as an alias's.
    """
    environment = environments.acquire(function)
    call = _Call(function, event, context, environment, request_id, asked)
    run = runs.begin(function.function_name, call.request_id, call.cold, event)
    try:
        outcome = call.run()
        call.write_log(outcome)  # before anybody else can write to this stream
    except (TimeoutError, EndedError) as problem:
        outcome = _give_up(environments, call, problem)
    except BaseException:
        environments.discard(environment)
        raise
    else:
        environments.release(environment)
    runs.end(run, call.milliseconds, outcome.payload, outcome.error, call.journal.said)
    return outcome._replace(log_tail=call.journal.tail(), request_id=call.request_id)


def load(environments: Environments, function: Runnable) -> Outcome | None:
    """Have an environment ready before the first event comes; else why it cannot be."""
    environment = environments.acquire(function)
    call = _Call(function, b"", None, environment, "")
    try:
        call.load()
    except (TimeoutError, EndedError) as problem:
        return _give_up(environments, call, problem)
    except BaseException:
        environments.discard(environment)
        raise
    environments.release(environment)
    return None


def _give_up(environments: Environments, call: "_Call", problem: Exception) -> Outcome:
    call.journal.end_output(call.environment.raw_output())
    exit_code = environments.discard(call.environment)
    outcome = call.timed_out() if isinstance(problem, TimeoutError) else call.died(exit_code)
    call.write_log(outcome)
    return outcome


class _Call:
    """The conversation with one environment about one event."""

    def __init__(
        self,
        function: Runnable,
        event: bytes,
        context: dict[str, Any] | None,
        environment: Environment,
        request_id: str,
        asked: str = "",
    ) -> None:
        self.function, self.event, self.context = function, event, context
        self.arn = asked or function.function_arn
        self.environment = environment
        self.request_id = environment.session.request_id = request_id or str(uuid.uuid4())
        self.journal = Journal(function, environment.stream)
        self.init: float | None = None
        self.limit, self.memory, self.started = float(function.timeout), 0, time.monotonic()
        self.init_error: Outcome | None = None
        self.ended = 0.0
        self.cold = not environment.warm or environment.unused is not None

    @property
    def milliseconds(self) -> float:
        return ((self.ended or time.monotonic()) - self.started) * 1000

    def load(self) -> None:
        """Initialise, and leave it to the first run to tell of it."""
        if not self.environment.warm:
            self._initialise()
            self.environment.unused = self.journal, self.init or 0.0

    def run(self) -> Outcome:
        if not self.environment.warm:
            self._initialise()
        elif self.environment.unused:
            self.journal, self.init = self.environment.unused
            self.environment.unused = None
        self._start()
        call = {
            "request_id": self.request_id,
            "arn": self.arn,
            "deadline_ms": int((time.time() + self.limit) * 1000),
            "client_context": self.context,
        }
        self.environment.send(json.dumps(call).encode() + b"\n" + self.event)
        kind, payload = self._listen(self.started + self.limit)
        self.ended = time.monotonic()
        if kind == channel.ERROR:
            return Outcome(payload, json.loads(payload)["errorType"])
        if len(payload) > LARGEST_RESULT:
            return _error(
                "Function.ResponseSizeTooLarge",
                "Response payload size exceeded maximum allowed payload size "
                f"({LARGEST_RESULT} bytes).",
            )
        return Outcome(payload)

    def _start(self) -> None:
        self.journal.start(self.request_id)
        self.started = time.monotonic()

    def _initialise(self) -> None:
        self.journal.init_start()
        self.limit = INIT_SECONDS
        kind, payload = self._listen(self.started + INIT_SECONDS)
        self.init = (time.monotonic() - self.started) * 1000
        if kind == channel.FAILED_INIT:
            failure = json.loads(payload)
            error, trace = failure["errorType"], failure.pop("traceback")
            self.journal.init_report(self.init, error)
            described = json.dumps(failure).encode()
            self.init_error, self.init = Outcome(described, error, traceback=trace), None
            self._start()
            raise EndedError
        self.environment.warm, self.limit = True, float(self.function.timeout)

    def _listen(self, deadline: float) -> tuple[bytes, bytes]:
        """Journal what the worker logs, until it answers."""
        while True:
            kind, frame = self.environment.receive(deadline)
            if kind == channel.LOG:
                self.journal.add_event(frame)
            elif kind == channel.PRINT:
                self.journal.add_print(frame)
            else:
                (kilobytes,) = struct.unpack_from(">I", frame)
                self.memory = kilobytes // 1024
                self.journal.end_output(self.environment.raw_output())
                return kind, frame[4:]

    def timed_out(self) -> Outcome:
        text = f"Task timed out after {self.limit:.2f} seconds"
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03}Z"
        line = f"{stamp} {self.request_id} {text}"
        self.journal.add(line + "\n\n")
        outcome = _error("Sandbox.Timedout", f"RequestId: {self.request_id} Error: {text}")
        return Outcome(outcome.payload, outcome.error, timed_out=line)

    def died(self, exit_code: int) -> Outcome:
        if self.init_error:
            return self.init_error
        how = f"exit status {exit_code}"
        if exit_code < 0:
            how = f"signal: {signal.strsignal(-exit_code) or -exit_code}".lower()
        reason = f"with error: {how}" if exit_code else "without providing a reason"
        message = f"RequestId: {self.request_id} Error: Runtime exited {reason}"
        self.journal.add(f"{message}\nRuntime.ExitError\n")
        return _error("Runtime.ExitError", message)

    def write_log(self, outcome: Outcome) -> None:
        ran, failure = self.milliseconds, self._failure(outcome)
        self.journal.report(self.request_id, ran, self.memory, self.init, failure)
        self.function.write_log(self.environment.stream, self.journal.events)

    def _failure(self, outcome: Outcome) -> str | None:
        """What the REPORT line says of the platform's own failures; a raised error is none."""
        if outcome.timed_out:
            return "timeout"
        platform = (outcome.error or "").startswith(("Runtime.Exit", "Function."))
        return outcome.error if platform or self.init_error else None


def _error(kind: str, message: str) -> Outcome:
    return Outcome(json.dumps({"errorType": kind, "errorMessage": message}).encode(), kind)
