"""The process that workers are forked from may end in any way: another one takes its place."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from harness import Aws, eventually, refused
from test_faults import alive, descendants

from cognito_sandbox import Sandbox

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks up processes in /proc")
WHERE = """
import os, subprocess, time
daemon = subprocess.Popen(["sh", "-c", "setsid sleep 600 & echo $!"], stdout=subprocess.PIPE)
daemon = int(daemon.stdout.readline())
def handler(event, context):
    time.sleep((event or {}).get("for", 0))
    return {"worker": os.getpid(), "parent": os.getppid(), "daemon": daemon, "code": os.getcwd()}
"""


@pytest.fixture
def own() -> Iterator[Aws]:
    with Sandbox() as sandbox:
        yield Aws(sandbox.endpoint, sandbox.access_key)


def health(aws: Aws) -> Any:
    return aws.get("/_sandbox/health")["status"]


def mended(aws: Aws, start: float) -> Any:
    """What a function returns once health has told of the new one, within two seconds.

    The time for which other programs had the processors is not counted.
    """
    assert eventually(lambda: health(aws) == "starting", 2)
    assert eventually(lambda: health(aws) == "ready", 20)
    took = time.monotonic() - start
    after = aws.function(WHERE, Timeout=10).result()
    _, waited, _ = Path(f"/proc/{after['parent']}/schedstat").read_text().split()
    assert took - int(waited) / 1e9 < 2
    return after


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_a_new_one_is_there_within_two_seconds(own: Aws, how: signal.Signals) -> None:
    function = own.function(WHERE)
    before = function.result()
    os.kill(before["parent"], how)
    after = mended(own, time.monotonic())
    assert after["parent"] != before["parent"]
    assert not any(alive(before[name]) for name in ("parent", "worker", "daemon"))
    assert not Path(before["code"]).exists()


def test_an_invocation_meanwhile_waits_for_it(own: Aws) -> None:
    function = own.function(WHERE, Timeout=10)
    parent = function.result()["parent"]
    os.kill(parent, signal.SIGSTOP)
    other = own.function(WHERE, Timeout=10)
    assert other.result()["parent"] == function.result()["parent"] != parent


def test_what_ran_in_it_ends_as_if_killed(own: Aws) -> None:
    function = own.function(WHERE, Timeout=60)
    parent = function.result()["parent"]
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(function.result, {"for": 60})
        time.sleep(0.3)
        os.kill(parent, signal.SIGKILL)
        error = running.result(timeout=5)
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith("Runtime exited with error: signal: killed")


@pytest.fixture
def one_process() -> Iterator[Path]:
    """A control group of one process: whoever is put into it may not fork."""
    first_version = Path("/sys/fs/cgroup/pids")
    group = (first_version if first_version.exists() else first_version.parent) / "one-process"
    try:
        group.mkdir()
        (group / "pids.max").write_text("1")
    except OSError:
        pytest.skip("this machine lets nobody limit the number of processes")
    yield group
    assert eventually(lambda: not (group / "cgroup.procs").read_text())
    group.rmdir()


@contextmanager
def none_survives(server: int) -> Iterator[None]:
    """Each process that this one starts is killed at once."""
    enough = threading.Event()

    def kill() -> None:
        while not enough.wait(0.02):
            for each in descendants(server):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    yield
    enough.set()
    killer.join()


def test_one_that_may_not_fork_is_replaced_within_two_seconds(own: Aws, one_process: Path) -> None:
    parent, other = own.function(WHERE).result()["parent"], own.function(WHERE, Timeout=10)
    (one_process / "cgroup.procs").write_text(str(parent))
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(other.result)
        after = mended(own, time.monotonic())
        assert running.result(timeout=10)["parent"] == after["parent"] != parent


def test_an_invocation_waits_its_time_limit_at_most(own: Aws) -> None:
    function = own.function(WHERE, Timeout=1)
    parent = function.result()["parent"]
    server = int(Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[1])
    with none_survives(server):
        assert eventually(lambda: health(own) == "starting", 2)
        start = time.monotonic()
        with refused("TooManyRequestsException"):
            function.invoke()
        assert 0.9 < time.monotonic() - start < 2
    assert eventually(lambda: health(own) == "ready", 10)
    assert function.result()["parent"] != parent


@pytest.mark.parametrize("times", [1, 3])
def test_a_signal_to_all_of_its_processes_leaves_no_folder(times: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "cognito_sandbox"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    aws = Aws(process.stdout.readline().removeprefix("Sandbox ready at ").strip())
    directory = Path(aws.function(WHERE).result()["code"]).parents[1]
    everyone = [process.pid, *descendants(process.pid)]
    assert len(everyone) >= 3
    for _ in range(times):
        for each in everyone:
            if alive(each):
                os.kill(each, signal.SIGTERM)
    process.communicate(timeout=10)
    assert not directory.exists()
    assert eventually(lambda: not any(map(alive, everyone)))
