"""What goes wrong in functions or around the sandbox must not spoil the rest."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from harness import Aws, Pool, eventually

from cognito_sandbox import Sandbox, SandboxError

LINUX = sys.platform == "linux"  # only there, processes that went their own way are found again
PIDS = """
import json, os, subprocess, time
def handler(event, context):
    child = subprocess.Popen(["sleep", "600"])
    apart = subprocess.Popen(["sleep", "600"], start_new_session=%s)
    print(json.dumps({"worker": os.getpid(), "child": child.pid, "apart": apart.pid}))
    %s
"""
HANG_IN_C = "import re; re.match(r'(a+)+$', 'a' * 40 + 'b')"  # holds the interpreter's lock


def alive(pid: int) -> bool:
    """Is there such a process, other than as a zombie?"""
    status = Path(f"/proc/{pid}/stat")
    try:
        os.kill(pid, 0)
        return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):  # it may go between two looks
        return False


@pytest.mark.parametrize("body", ["time.sleep(600)", HANG_IN_C], ids=["sleeping", "in C code"])
def test_a_hanging_handler_is_ended_with_its_children(aws: Aws, body: str) -> None:
    function = aws.function(PIDS % (False, body), Timeout=1)
    error = function.result()
    assert error["errorType"] == "Sandbox.Timedout"
    (pids,) = function.events()
    assert eventually(lambda: not any(alive(pid) for pid in pids.values()))


def test_ten_megabytes_of_log(aws: Aws) -> None:
    one = aws.function(
        "def handler(event, context):\n    print('x' * 10_000_000)\n    return 'ok'\n"
    )
    assert one.result() == "ok"
    assert sum(len(line.strip()) for line in one.log() if line.startswith("x")) == 10_000_000
    many = aws.function(
        "def handler(event, context):\n"
        "    for n in range(100_000):\n"
        "        print('x' * 99)\n"
        "    return 'ok'\n",
        Timeout=60,
    )
    assert many.result() == "ok"
    stream = many.streams()[0]
    stored = aws.logs.describe_log_streams(logGroupName=many.group)["logStreams"][0]
    assert stored["logStreamName"] == stream
    assert stored["storedBytes"] > 10_000_000


@pytest.mark.parametrize(
    "child", ["os._exit(0)", "time.sleep(600)", "pass"], ids=["exits", "stays", "returns too"]
)
def test_a_handler_that_forks(aws: Aws, child: str) -> None:
    function = aws.function(
        "import os, time\n"
        "def handler(event, context):\n"
        "    print('before')\n"
        "    if os.fork() == 0:\n"
        "        print('in the child')\n"
        f"        {child}\n"
        "    return event['n']\n"
    )
    start = time.monotonic()
    assert [function.result({"n": n}) for n in range(3)] == [0, 1, 2]
    assert time.monotonic() - start < 2
    assert function.log().count("before\n") == 3


def test_a_dead_worker_is_replaced(aws: Aws) -> None:
    function = aws.function("import os\ndef handler(event, context):\n    return os.getpid()\n")
    first = function.result()
    os.kill(first, signal.SIGKILL)
    assert function.result()["errorType"] == "Runtime.ExitError"
    assert function.result() != first


def server(*options: str) -> tuple[subprocess.Popen[str], str]:
    """Start `python -m cognito_sandbox` as a user would; the process, and its first line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cognito_sandbox", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    return process, process.stdout.readline()


def endpoint_of(line: str) -> str:
    assert line.startswith("Sandbox ready at http://127.0.0.1:")
    return line.removeprefix("Sandbox ready at ").strip()


def end_hard(process: subprocess.Popen[str]) -> None:
    process.kill()


def end_softly(process: subprocess.Popen[str]) -> None:
    process.terminate()


def interrupt(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)


@pytest.mark.parametrize("end", [end_hard, end_softly, interrupt])
def test_the_end_of_the_server_is_the_end_of_all(
    end: Callable[[subprocess.Popen[str]], None],
) -> None:
    process, line = server("--port", "0")
    aws = Aws(endpoint_of(line))
    warm = aws.function(PIDS % (LINUX, "pass"))
    warm.invoke({})
    stuck = aws.function(PIDS % (LINUX, HANG_IN_C), Timeout=60)
    stuck.invoke({}, InvocationType="Event")
    (pids,) = warm.events()
    workers = set(pids.values()) | descendants(process.pid)
    directories = {Path(f"/proc/{pids['worker']}/cwd").resolve().parent}
    assert len(workers) >= 2
    end(process)
    process.communicate(timeout=10)
    assert eventually(lambda: not any(alive(pid) for pid in workers))
    assert eventually(lambda: not any(directory.exists() for directory in directories))


def descendants(pid: int) -> set[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True).stdout
    parents = {int(a): int(b) for a, b in (line.split() for line in listed.splitlines())}
    found, size = {pid}, 0
    while len(found) > size:
        size = len(found)
        found |= {child for child, parent in parents.items() if parent in found}
    return found - {pid}


def test_a_sandbox_ends_with_the_program_that_started_it() -> None:
    code = (
        "import os, time\n"
        "from cognito_sandbox import start\n"
        "sandbox = start()\n"
        "print(sandbox.endpoint, sandbox._process.pid, flush=True)\n"
        "os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    pid = int(done.stdout.split()[1])
    assert eventually(lambda: not alive(pid))


def test_a_port_that_is_taken_is_told_in_one_line() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        process, line = server("--port", str(port))
        _, errors = process.communicate(timeout=10)
        assert (line, process.returncode) == ("", 1)
        assert errors.startswith(f"Port {port} cannot be used")
        assert "Traceback" not in errors
        assert errors.count("\n") == 1
        with pytest.raises(SandboxError, match=f"Port {port} cannot be used"), Sandbox(port) as s:
            _ = s.endpoint


def test_two_sandboxes_know_nothing_of_each_other(aws: Aws) -> None:
    with Sandbox() as other:
        second = Aws(other.endpoint, other.access_key)
        assert second.endpoint != aws.endpoint
        pool = second.pool()
        pool.sign_up()
        known = aws.cognito.list_user_pools(MaxResults=60)["UserPools"]
        assert pool.id not in {each["Id"] for each in known}
    with pytest.raises(OSError, match="refused"):
        second.get("/_sandbox/health")


def test_stopping_twice_and_stopping_early() -> None:
    sandbox = Sandbox()
    sandbox.stop()
    sandbox.stop()


def test_500_sign_ups_from_8_threads_lose_and_double_nothing(aws: Aws) -> None:
    handler = aws.echo("event['response']['autoConfirmUser'] = True")
    pool = aws.pool({"PreSignUp": handler})
    names = [f"user-{number}" for number in range(500)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(pool.sign_up, names))
    assert all(answer["UserConfirmed"] for answer in answers)
    assert len({answer["UserSub"] for answer in answers}) == 500
    assert every_name(pool) == sorted(names)
    assert sorted(event["userName"] for event in handler.events()) == sorted(names)


def every_name(pool: Pool) -> list[str]:
    pages = pool.aws.cognito.get_paginator("list_users").paginate(UserPoolId=pool.id)
    return sorted(user["Username"] for page in pages for user in page["Users"])


def test_one_name_from_8_threads_is_signed_up_once(aws: Aws) -> None:
    pool = aws.pool({"PreSignUp": aws.echo()})

    def attempt(_: int) -> str:
        try:
            return str(pool.sign_up("same")["UserSub"])
        except aws.cognito.exceptions.UsernameExistsException:
            return "exists"

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(attempt, range(8)))
    assert answers.count("exists") == 7


def test_parallel_sign_ups_do_not_wait_for_one_another(aws: Aws) -> None:
    pool = aws.pool({"PreSignUp": aws.echo("import time; time.sleep(1)")})
    start = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(pool.sign_up, ["a", "b", "c", "d"]))
    assert time.monotonic() - start < 3


def test_a_function_that_invokes_itself_is_stopped_by_the_limit(aws: Aws) -> None:
    function = aws.function(
        "import boto3, json\n"
        "from botocore.config import Config\n"
        "client = boto3.client('lambda', config=Config(retries={'total_max_attempts': 1}))\n"
        "def handler(event, context):\n"
        "    answer = client.invoke(\n"
        "        FunctionName=context.function_name, Payload=json.dumps(event))\n"
        "    return json.load(answer['Payload'])\n",
        Timeout=60,
    )
    error = function.result({})
    assert "TooManyRequestsException" in json.dumps(error)
    assert aws.function("def handler(event, context):\n    return 1\n").result() == 1


def test_a_start_that_fails_says_why(tmp_path: Path) -> None:
    """Here moto cannot be imported."""
    (tmp_path / "moto").mkdir()
    (tmp_path / "moto" / "__init__.py").write_text("raise ImportError('moto is broken')\n")
    done = subprocess.run(
        [sys.executable, "-m", "cognito_sandbox"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 1
    assert "moto is broken" in done.stderr
    assert done.stdout == ""
