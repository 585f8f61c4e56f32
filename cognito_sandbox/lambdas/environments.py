"""Execution environments: started cold, kept warm, one for each invocation under way."""

import functools
import shutil
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from cognito_sandbox.lambdas import package
from cognito_sandbox.lambdas.channel import HEADER, INVOKE
from cognito_sandbox.lambdas.fork_client import ForkClient, Worker

IDLE_SECONDS = 300.0
IDLE_AT_MOST = 32
AT_MOST = 100


class ThrottledError(Exception):
    """As many environments as the sandbox allows are busy."""


class EndedError(Exception):
    """The worker is gone: it exited or was killed before it answered."""


class Environment:
    """One worker process, for one version of one function."""

    def __init__(self, function: Any, forks: ForkClient) -> None:
        self.function, self._forks = function, forks
        self.key = (function.function_arn, function.revision)
        self.stream = f"{time.strftime('%Y/%m/%d')}/[{function.version}]{uuid.uuid4().hex}"
        self.warm, self.idle_since = False, 0.0
        self.home = forks.directory / uuid.uuid4().hex
        self._output, self._buffer = self.home / ".output", bytearray()
        self._worker = self._fork()

    def _fork(self) -> Worker:
        self.home.mkdir(mode=0o700)
        unpacked = self._forks.directory
        root = package.unpack(self.function.code_bytes, self.function.code_sha, unpacked)
        folders = [
            package.unpack(code, name, unpacked) for name, code in self.function.layer_code()
        ]
        inner = f"python/lib/{self.function.run_time}/site-packages"
        layers = [str(folder / path) for folder in folders for path in ("python", inner)]
        settings = package.variables(self.function, root, self.home, self.stream)
        return self._forks.fork(settings, layers, self._output)

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
        if not self._output.exists() or not self._output.stat().st_size:
            return ""
        text = self._output.read_text("utf-8", "backslashreplace")
        with self._output.open("r+b") as output:
            output.truncate(0)
        return text

    def end(self) -> int:
        status = self._forks.end(self._worker)
        shutil.rmtree(self.home, ignore_errors=True)
        return status


def _older(limit: float, environment: Environment) -> bool:
    return environment.idle_since < limit


class Environments:
    """All environments of a sandbox."""

    def __init__(self, forks: ForkClient, idle_seconds: float = IDLE_SECONDS) -> None:
        self._forks, self._idle_seconds = forks, idle_seconds
        self._lock = threading.Lock()
        self._idle: defaultdict[tuple[str, str], list[Environment]] = defaultdict(list)
        self._busy = 0
        self._closing = threading.Event()
        threading.Thread(target=self._sweep, daemon=True).start()

    def acquire(self, function: Any) -> Environment:
        """A warm environment of this very version of the function, or a new one."""
        key = (function.function_arn, function.revision)
        with self._lock:
            if self._busy >= AT_MOST:
                raise ThrottledError
            self._busy += 1
            warm = self._idle[key].pop() if self._idle[key] else None
        self._end_idle(lambda old: old.key[0] == key[0] and old.key != key)
        try:
            return warm or Environment(function, self._forks)
        except BaseException:
            self._leave()
            raise

    def release(self, environment: Environment) -> None:
        environment.idle_since = time.monotonic()
        with self._lock:
            self._idle[environment.key].append(environment)
            self._busy -= 1
            times = sorted(each.idle_since for idle in self._idle.values() for each in idle)
        if len(times) > IDLE_AT_MOST:
            self._end_idle(functools.partial(_older, times[-IDLE_AT_MOST]))

    def discard(self, environment: Environment) -> int:
        self._leave()
        return environment.end()

    def _leave(self) -> None:
        with self._lock:
            self._busy -= 1

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
