"""The log lines of one execution environment, in Lambda's own words: text, or JSON on request."""

import json
import math
import struct
import time

from cognito_sandbox.lambdas.runnable import LogEvent, Runnable

LONGEST_EVENT = 256 * 1024 - 26  # CloudWatch Logs takes no longer message
TAIL = 4096


class Journal:
    """What one invocation leaves in the log stream."""

    def __init__(self, function: Runnable, stream: str) -> None:
        self.function, self.stream = function, stream
        self.json = function.logging_config.get("LogFormat") == "JSON"
        self.events: list[LogEvent] = []
        self.said: list[str] = []  # without what Lambda writes about each run
        self._line = b""

    def add(self, text: str, at: int | None = None) -> None:
        self._write(text, at)
        self.said.append(text)

    def _write(self, text: str, at: int | None = None) -> None:
        latest = self.events[-1]["timestamp"] if self.events else 0
        stamp = max(at or time.time_ns() // 1_000_000, latest)
        for start in range(0, len(text), LONGEST_EVENT):
            message = text[start : start + LONGEST_EVENT]
            self.events.append({"timestamp": stamp, "message": message})

    def add_event(self, frame: bytes) -> None:
        (at,) = struct.unpack_from(">Q", frame)
        self.add(frame[8:].decode("utf-8", "replace"), at)

    def add_print(self, frame: bytes) -> None:
        """Printed text: each line is an event, once it is whole."""
        *lines, self._line = (self._line + frame[8:]).split(b"\n")
        (at,) = struct.unpack_from(">Q", frame)
        for line in lines:
            self.add(line.decode("utf-8", "replace") + "\n", at)

    def end_output(self, raw: str) -> None:
        """What is left of a last line, and what reached the process's output past Python."""
        rest, self._line = self._line.decode("utf-8", "replace"), b""
        for line in [*([rest + "\n"] if rest else []), *raw.splitlines(keepends=True)]:
            self.add(line)

    def platform(self, kind: str, text: str, **record: object) -> None:
        if not self.json:
            self._write(text)
            return
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        entry = {"time": stamp, "type": f"platform.{kind}", "record": record}
        self._write(json.dumps(entry) + "\n")

    def init_start(self) -> None:
        version = f"{self.function.run_time.replace('python', 'python:')}.v0"
        arn = f"arn:aws:lambda:{self.function.region}::runtime:{'0' * 64}"
        self.platform(
            "initStart",
            f"INIT_START Runtime Version: {version}\tRuntime Version ARN: {arn}\n",
            initializationType="on-demand",
            phase="init",
            runtimeVersion=version,
            runtimeVersionArn=arn,
        )

    def init_report(self, milliseconds: float, error: str) -> None:
        self.platform(
            "initReport",
            f"INIT_REPORT Init Duration: {milliseconds:.2f} ms\tPhase: init\tStatus: error"
            f"\tError Type: {error}\n",
            phase="init",
            status="error",
            errorType=error,
            metrics={"durationMs": round(milliseconds, 3)},
        )

    def start(self, request_id: str) -> None:
        version = str(self.function.version)
        text = f"START RequestId: {request_id} Version: {version}\n"
        self.platform("start", text, requestId=request_id, version=version)

    def report(
        self, request_id: str, ran: float, memory: int, init: float | None, failure: str | None
    ) -> None:
        billed, size = math.ceil(ran + (init or 0)), self.function.memory_size
        metrics = {
            "durationMs": round(ran, 3),
            "billedDurationMs": billed,
            "memorySizeMB": size,
            "maxMemoryUsedMB": memory,
        }
        text = (
            f"REPORT RequestId: {request_id}\tDuration: {ran:.2f} ms\tBilled Duration: {billed} ms"
            f"\tMemory Size: {size} MB\tMax Memory Used: {memory} MB\t"
        )
        if init is not None:
            metrics["initDurationMs"] = round(init, 3)
            text += f"Init Duration: {init:.2f} ms\t"
        status = {"status": "success"}
        if failure == "timeout":
            status, text = {"status": "timeout"}, text + "Status: timeout"
        elif failure:
            status = {"status": "error", "errorType": failure}
            text += f"Status: error\tError Type: {failure}"
        if not self.json:
            self._write(f"END RequestId: {request_id}\n")
        self.platform("report", text + "\n", requestId=request_id, metrics=metrics, **status)

    def tail(self) -> bytes:
        text = "".join(event["message"] for event in self.events[-500:])
        return text.encode()[-TAIL:]
