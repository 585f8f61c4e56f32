"""What a function prints, logs and raises, in the words of Lambda's Python runtime."""

import io
import json
import logging
import os
import time
import traceback
from typing import Any

from cognito_sandbox.lambdas.channel import PRINT, Channel

WARNING = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. "
    "However, in rare cases, a Lambda runtime update can cause unexpected function behavior. For "
    "functions using managed runtimes, runtime updates can be triggered by a function change, or "
    "can be applied automatically. To determine if the runtime has been updated, check the runtime "
    "version in the INIT_START log entry. If this error correlates with a change in the runtime "
    "version, you may be able to mitigate this error by temporarily rolling back to the previous "
    "runtime version. For more information, see "
    "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html\r"
)


class Output(io.RawIOBase):
    """Stands for stdout or stderr: what is printed goes to the log at once."""

    def __init__(self, channel: Channel, descriptor: int) -> None:
        self.channel, self.descriptor = channel, descriptor

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.descriptor

    def write(self, data: Any) -> int:
        self.channel.say(PRINT, bytes(data))
        return len(data)

    @classmethod
    def stream(cls, channel: Channel, descriptor: int) -> io.TextIOWrapper:
        raw: Any = cls(channel, descriptor)
        return io.TextIOWrapper(raw, "utf-8", "backslashreplace", write_through=True)


class JsonFormatter(logging.Formatter):
    """A function's log lines when its LoggingConfig asks for JSON."""

    usual = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "aws_request_id"}

    def format(self, record: logging.LogRecord) -> str:
        whole = isinstance(record.msg, dict) and not record.args
        entry = {
            "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname,
            "message": record.msg if whole else record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[0]:
            entry["stackTrace"] = traceback.format_tb(record.exc_info[2])
            entry["errorType"] = record.exc_info[0].__name__
            entry["errorMessage"] = str(record.exc_info[1])
        entry["requestId"] = vars(record)["aws_request_id"]
        if record.exc_info:
            entry["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
        extras = {k: v for k, v in vars(record).items() if k not in self.usual | entry.keys()}
        return json.dumps(entry | extras, default=str, ensure_ascii=False) + "\n"


class LogHandler(logging.Handler):
    """The root logger's handler, which the runtime installs before the function is imported."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self.channel, self.request_id = channel, ""
        self.setFormatter(
            JsonFormatter()
            if os.environ["AWS_LAMBDA_LOG_FORMAT"] == "JSON"
            else logging.Formatter(
                "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n",
                "%Y-%m-%dT%H:%M:%S",
            )
        )

    def emit(self, record: logging.LogRecord) -> None:
        record.aws_request_id = self.request_id
        self.channel.log(self.format(record))

    @classmethod
    def install(cls, channel: Channel) -> "LogHandler":
        logging.Formatter.converter = time.gmtime
        handler, root = cls(channel), logging.getLogger()
        root.addHandler(handler)
        level = os.environ.get("AWS_LAMBDA_LOG_LEVEL")
        if level:
            root.setLevel({"TRACE": "DEBUG", "FATAL": "CRITICAL"}.get(level, level))
        return handler


def log_error(channel: Channel, error: dict[str, Any]) -> None:
    if os.environ["AWS_LAMBDA_LOG_FORMAT"] == "JSON":
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        channel.log(json.dumps({"timestamp": stamp, "level": "ERROR", **error}))
        return
    message = f": {error['errorMessage']}" if error["errorMessage"] else ""
    lines = [f"[ERROR] {error['errorType']}{message}", "Traceback (most recent call last):"]
    for line in (line for entry in error["stackTrace"] for line in entry.splitlines()):
        text = line.lstrip(" ")
        lines.append("\u00a0" * (len(line) - len(text)) + text)
    channel.log("\n".join(lines))
