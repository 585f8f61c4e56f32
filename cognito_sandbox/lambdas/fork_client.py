"""The server's side of the workers: keeps one fork server running, has it fork and end them."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

from cognito_sandbox.lambdas import folders, imports, processes
from cognito_sandbox.surroundings import bare_environment

LAUNCH = """
import sys
sys.path.append(sys.argv[1])
from cognito_sandbox.lambdas.fork_server import main
sys.path.remove(sys.argv[1])
main(*sys.argv[2:])
"""
PARENT = Path(__file__).parents[2]
FIRST_SECONDS = 10.0  # for the first to be ready
PAUSE = 0.2  # before the next start, lest one that cannot succeed takes the whole machine


class ForkServerGoneError(Exception):
    """There is no process to fork workers from: it ended, or the sandbox does."""


class Worker(NamedTuple):
    """A running worker: its process, the connection to it, and who can end it."""

    pid: int
    connection: socket.socket
    server: "ForkServer"

    def end(self) -> int:
        """Kill the worker and its children; returns its exit code, negative for a signal."""
        self.connection.close()
        return self.server.end(self.pid)


class ForkServer:
    """One process from which workers are forked, and the private directory they live in."""

    def __init__(self) -> None:
        self.directory = folders.new_directory()
        for name in ("code", "runtime", "environments"):
            (self.directory / name).mkdir()
        self._control, theirs = socket.socketpair()
        self._answers = self._control.makefile("rb")
        self._lock, self._workers = threading.Lock(), set[int]()
        self.is_gone = False
        arguments = [str(PARENT), str(self.directory), *imports.brought()]
        python = getattr(sys, "_base_executable", sys.executable)  # for it has no packages
        with theirs:
            self._process = subprocess.Popen(
                [python, "-I", "-S", "-c", LAUNCH, *arguments],
                stdin=theirs.fileno(),
                env=bare_environment(HOME=str(self.directory), NO_PROXY="*"),
                cwd=self.directory,
                start_new_session=True,
            )

    def await_ready(self) -> None:
        answer = self._answer()
        self.isolated, self.shows_layers = bool(answer["isolated"]), bool(answer["layers"])
        self.code = folders.CodeFolders(self.directory / "code", self.isolated)

    def wait(self) -> None:
        """Until the process has ended, or is stopped and of no use."""
        with contextlib.suppress(ChildProcessError):
            _, status = os.waitpid(self._process.pid, os.WUNTRACED)
            self.is_gone = True
            if os.WIFSTOPPED(status):
                processes.end(self._process.pid)
        self._process.returncode = -signal.SIGKILL  # nobody waits for it once more

    def fork(self, order: dict[str, Any]) -> Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                worker = Worker(self._order(order, theirs), ours, self)
            except ForkServerGoneError:
                ours.close()
                raise
        self._workers.add(worker.pid)
        return worker

    def end(self, pid: int) -> int:
        try:
            status = self._order({"end": pid})
        except ForkServerGoneError:
            return -signal.SIGKILL
        self._workers.discard(pid)
        return status

    def _order(self, order: dict[str, Any], *passed: socket.socket) -> int:
        message = json.dumps(order).encode() + b"\n"
        with self._lock:
            try:
                descriptors = [each.fileno() for each in passed]
                sent = socket.send_fds(self._control, [message], descriptors)
                self._control.sendall(message[sent:])
            except OSError:
                raise ForkServerGoneError from None
            return int(self._answer())

    def _answer(self) -> Any:
        with contextlib.suppress(OSError):
            if line := self._answers.readline():
                return json.loads(line)
        raise ForkServerGoneError

    def dismiss(self) -> None:
        """Have it end, with its workers, by itself."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)

    def kill(self) -> None:
        self._process.kill()

    def clear_up(self) -> None:
        """What a process leaves that was killed: workers, what these started, the directory."""
        self.dismiss()
        for worker in list(self._workers):
            processes.end(worker)
        processes.end_orphans()
        folders.remove(self.directory)


class Forks:
    """The fork server there is: whenever it ends, the next one is started."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._server: ForkServer | None = None
        self._ready = False
        self._begun = threading.Event()  # once there was one
        self._keeper = threading.Thread(target=self._keep_one, daemon=True)

    @property
    def is_ready(self) -> bool:
        return self._ready

    def await_first(self) -> None:
        """What comes after it, when it has ended, is not waited for."""
        self.start()
        self._begun.wait(FIRST_SECONDS)

    def start(self) -> None:
        """Start the process; the first wish for a worker does so, too."""
        with self._changed:
            if not self._keeper.ident:
                self._keeper.start()

    def server(self, deadline: float) -> ForkServer:
        """The one that is ready, or will be before the deadline."""
        self.start()
        with self._changed:
            left = deadline - time.monotonic()
            if not self._changed.wait_for(lambda: self._ready, left) or not self._server:
                raise ForkServerGoneError
            return self._server

    def _keep_one(self) -> None:
        while not self._closing.wait(0):
            with contextlib.suppress(OSError):
                server = self._server = ForkServer()
                threading.Thread(target=self._announce, args=[server], daemon=True).start()
                if self._closing.is_set():
                    server.dismiss()
                server.wait()
                self._ready = False
                server.clear_up()
            self._closing.wait(PAUSE)

    def _announce(self, server: ForkServer) -> None:
        with contextlib.suppress(ForkServerGoneError):
            server.await_ready()
            with self._changed:
                self._ready = True
                self._begun.set()
                self._changed.notify_all()

    def close(self) -> None:
        self._closing.set()
        if self._keeper.ident:
            if self._server:
                self._server.dismiss()
            self._keeper.join(5)
            if self._keeper.is_alive() and self._server:
                self._server.kill()
                self._keeper.join(5)
