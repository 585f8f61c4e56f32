"""Execution environments: started cold, kept warm, one for each invocation under way."""

import functools
import hashlib
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from cognito_sandbox.iam import sessions
from cognito_sandbox.lambdas import folders, isolation, package
from cognito_sandbox.lambdas.channel import HEADER, INVOKE
from cognito_sandbox.lambdas.fork_client import Forks, ForkServer, ForkServerGoneError, Worker
from cognito_sandbox.lambdas.journal import Journal
from cognito_sandbox.lambdas.runnable import Runnable

IDLE_SECONDS = 300.0
IDLE_AT_MOST = 32
AT_MOST = 100


class ThrottledError(Exception):
    """As many environments as the sandbox allows are busy, or none can be started in time."""


class ReservedError(ThrottledError):
    """The function has as many environments at work as are reserved for it."""


class EndedError(Exception):
    """The worker is gone: it exited or was killed before it answered."""


class Environment:
    """One worker process, for one version of one function."""

    def __init__(self, function: Runnable, server: ForkServer) -> None:
        self.function, self.revision, self._server = function, function.revision, server
        self.key = (function.function_arn, function.revision)
        day = time.strftime("%Y/%m/%d", time.gmtime())
        self.stream = f"{day}/[{function.version}]{uuid.uuid4().hex}"
        self.warm, self.idle_since = False, 0.0
        self.unused: tuple[Journal, float] | None = None  # loaded: log lines, time
        self._home = server.directory / "environments" / uuid.uuid4().hex
        self._output, self._buffer = self._home / "output", bytearray()
        self._code: list[Path] = []
        self.session = sessions.begin(function.role, function.function_name, function.function_arn)
        try:
            self._worker = self._fork()
        except BaseException:
            sessions.end(self.session)
            self._remove_folders()
            raise

    @property
    def is_outdated(self) -> bool:
        """Has its function been changed or deleted, or has its fork server gone?"""
        return self._server.is_gone or self.revision != self.function.revision

    def _fork(self) -> Worker:
        function, server = self.function, self._server
        tmp = Path("/tmp") if server.isolated else self._home / "tmp"
        for folder in (self._home, self._home / "tmp"):
            folder.mkdir(mode=0o700)
        root, layers = self._unpacked()
        inner = f"python/lib/{function.run_time}/site-packages"
        inside = [path for path in (inner, "python") if (layers / path).is_dir()]
        shown = isolation.LAYERS if server.shows_layers else layers
        order = {
            "environment": package.variables(function, root, tmp, self.stream)
            | self.session.variables()
            | {"PYTHONPATH": str(server.directory / "runtime")},
            "folders": [str(root), *(f"{shown}/{path}" for path in inside)],
            "layers": str(layers) if server.shows_layers else None,
            "output": str(self._output),
            "storage": function.ephemeral_storage,
        }
        return server.fork(order)

    def _unpacked(self) -> tuple[Path, Path]:
        """The function's code, and all of its layers together: an empty folder, without any."""
        function, code = self.function, self._server.code
        self._code.append(code.take(function.code_sha, function.code_bytes))
        layers = function.layer_code()
        name = hashlib.sha256(" ".join(sha for sha, _ in layers).encode()).hexdigest()
        self._code.append(code.take(name, *(zipped for _, zipped in layers)))
        return self._code[0], self._code[1]

    def send(self, message: bytes) -> None:
        self._worker.connection.settimeout(None)
        try:
            self._worker.connection.sendall(HEADER.pack(INVOKE, len(message)) + message)
        except OSError as error:
            raise EndedError from error

    def receive(self, deadline: float) -> tuple[bytes, bytes]:
        """The worker's next frame; TimeoutError at the deadline, EndedError if it is gone."""
        while True:
            if len(self._buffer) >= HEADER.size:
                kind, size = HEADER.unpack_from(self._buffer)
                end = HEADER.size + size
                if len(self._buffer) >= end:
                    payload = bytes(self._buffer[HEADER.size : end])
                    del self._buffer[:end]
                    return kind, payload
            self._buffer += self._more(deadline)

    def _more(self, deadline: float) -> bytes:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._worker.connection.settimeout(left)
        try:
            data = self._worker.connection.recv(1 << 20)
        except TimeoutError:
            raise
        except OSError as error:
            raise EndedError from error
        if not data:
            raise EndedError
        return data

    def raw_output(self) -> str:
        """What reached the process's output past Python's streams, such as a child's echo."""
        try:
            if not self._output.stat().st_size:
                return ""
            with self._output.open("r+b") as output:
                text = output.read().decode("utf-8", "backslashreplace")
                output.truncate(0)
        except FileNotFoundError:
            return ""
        return text

    def end(self) -> int:
        sessions.end(self.session)
        status = self._worker.end()
        self._remove_folders()
        return status

    def _remove_folders(self) -> None:
        folders.remove(self._home)
        for folder in self._code:
            self._server.code.leave(folder)


def _name(function: Runnable) -> str:
    """What all versions of a function share: its ARN without a version."""
    return ":".join(function.function_arn.split(":")[:7])


def _older(limit: float, environment: Environment) -> bool:
    return environment.idle_since < limit


class Environments:
    """All environments of a sandbox."""

    def __init__(self, forks: Forks, idle_seconds: float = IDLE_SECONDS) -> None:
        self._forks, self._idle_seconds = forks, idle_seconds
        self._lock = threading.Lock()
        self._idle: defaultdict[tuple[str, str], list[Environment]] = defaultdict(list)
        self._busy = Counter[str]()
        self._closing = threading.Event()
        threading.Thread(target=self._sweep, daemon=True).start()

    def acquire(self, function: Runnable) -> Environment:
        """A warm environment of this very version of the function, or a new one."""
        key = (function.function_arn, function.revision)
        with self._lock:
            if (
                function.concurrency is not None
                and self._busy[_name(function)] >= function.concurrency
            ):
                raise ReservedError
            if self._busy.total() >= AT_MOST:
                raise ThrottledError
            self._busy[_name(function)] += 1
        try:
            return self._warm(key) or self._new(function, time.monotonic() + function.timeout)
        except BaseException:
            self._leave(function)
            raise

    def _warm(self, key: tuple[str, str]) -> Environment | None:
        while True:
            with self._lock:
                if not self._idle[key]:
                    return None
                warm = self._idle[key].pop()
            if not warm.is_outdated:
                return warm
            warm.end()

    def _new(self, function: Runnable, deadline: float) -> Environment:
        """Cold; if the fork server goes meanwhile, from the next one."""
        while True:
            try:
                return Environment(function, self._forks.server(deadline))
            except (ForkServerGoneError, FileNotFoundError):  # it takes its directory with it
                if time.monotonic() > deadline:
                    raise ThrottledError from None
                time.sleep(0.02)

    def release(self, environment: Environment) -> None:
        if environment.is_outdated:
            self.discard(environment)
            return
        environment.idle_since = time.monotonic()
        with self._lock:
            self._idle[environment.key].append(environment)
            self._busy[_name(environment.function)] -= 1
            times = sorted(each.idle_since for idle in self._idle.values() for each in idle)
        if len(times) > IDLE_AT_MOST:
            self._end_idle(functools.partial(_older, times[-IDLE_AT_MOST]))

    def discard(self, environment: Environment) -> int:
        self._leave(environment.function)
        return environment.end()

    def _leave(self, function: Runnable) -> None:
        with self._lock:
            self._busy[_name(function)] -= 1

    def end_outdated(self) -> None:
        """Once a function is changed or deleted; those at work end when they are done."""
        self._end_idle(lambda environment: environment.is_outdated)

    def _sweep(self) -> None:
        while not self._closing.wait(min(self._idle_seconds / 2, 5)):
            limit = time.monotonic() - self._idle_seconds
            self._end_idle(functools.partial(_older, limit))

    def _end_idle(self, unwanted: Callable[[Environment], bool]) -> None:
        ended = []
        with self._lock:
            for key, environments in list(self._idle.items()):
                ended += [each for each in environments if unwanted(each)]
                kept = [each for each in environments if not unwanted(each)]
                if kept:
                    self._idle[key] = kept
                else:
                    del self._idle[key]
        for environment in ended:
            environment.end()

    def close(self) -> None:
        self._closing.set()
        self._forks.close()
