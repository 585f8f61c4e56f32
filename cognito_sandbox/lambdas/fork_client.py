"""The server's side of the workers: starts the fork server, has it fork and end them."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
LAUNCH = """
import sys
sys.path = [sys.argv[1], *(path for path in sys.path if path != sys.argv[1])]
from cognito_sandbox.lambdas.fork_server import main
main(sys.argv[2])
"""


class ForkServerGoneError(Exception):
    """There is no process any more to fork workers from: the sandbox is ending."""


@dataclass
class Worker:
    """A running worker: its process, and the connection over which it is spoken to."""

    pid: int
    connection: socket.socket


class ForkClient:
    """The process from which all workers are forked, and the private directory they live in."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="cognito-sandbox-"))
        self._lock = threading.RLock()
        self._control, self._theirs = socket.socketpair()
        self._answers = self._control.makefile("rb")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; the first order does so, too."""
        with self._lock, self._theirs:
            if self._process is None:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-c", LAUNCH, str(PROJECT), str(self.directory)],
                    stdin=self._theirs.fileno(),
                    env=self._bare_environment(),
                    cwd=self.directory,
                    start_new_session=True,
                )

    def _bare_environment(self) -> dict[str, str]:
        """Only what Python needs; NO_PROXY also keeps macOS from asking the system for proxies."""
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LD_LIBRARY_PATH", "LANG")}
        nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        return kept | nowhere | {"HOME": str(self.directory), "NO_PROXY": "*"}

    def fork(self, environment: dict[str, str], layers: list[str], output: Path) -> Worker:
        ours, theirs = socket.socketpair()
        order = {
            "environment": environment,
            "layers": layers,
            "output": str(output),
            "project": str(PROJECT),
        }
        with theirs:
            return Worker(self._order(order, theirs), ours)

    def end(self, worker: Worker) -> int:
        """Kill the worker and its children; returns its exit code, negative for a signal."""
        worker.connection.close()
        return self._order({"end": worker.pid})

    def _order(self, order: dict[str, Any], *passed: socket.socket) -> int:
        message = json.dumps(order).encode() + b"\n"
        with self._lock:
            self.start()
            try:
                descriptors = [each.fileno() for each in passed]
                sent = socket.send_fds(self._control, [message], descriptors)
                self._control.sendall(message[sent:])
                answer = self._answers.readline()
            except OSError:
                answer = b""
        if not answer:
            raise ForkServerGoneError
        return int(answer)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        if self._process:
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
        shutil.rmtree(self.directory, ignore_errors=True)
