"""The process that has boto3 loaded, and forks a worker for each execution environment.

It runs isolated from the reader's environment, and hides this project from the workers, so that
a handler finds what it would find in AWS and nothing more.
"""

import contextlib
import ctypes
import functools
import gc
import json
import os
import shutil
import signal
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from cognito_sandbox.lambdas import runtime
from cognito_sandbox.lambdas.channel import Channel

PR_SET_CHILD_SUBREAPER = 36


def become_worker(connection: socket.socket, order: dict[str, Any]) -> None:
    status = 1
    try:
        prepare_worker(order)
        runtime.serve(Channel(connection, os.environ["LAMBDA_TASK_ROOT"]))
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status & 0xFF)


def prepare_worker(order: dict[str, Any]) -> None:
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(order["output"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
        os.set_inheritable(target, True)  # which dup2 leaves out if they are the same
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    root = os.environ["LAMBDA_TASK_ROOT"]
    os.chdir(root)
    sys.path[:0] = [root, *order["layers"]]
    hide_project(order["project"])


def hide_project(directory: str) -> None:
    """Make room for a module of the handler's that has the name of this project's package."""
    if not os.path.exists(os.path.join(directory, "boto3")):
        sys.path[:] = [path for path in sys.path if path != directory]
    for name in [name for name in sys.modules if name.partition(".")[0] == "cognito_sandbox"]:
        del sys.modules[name]


def load_boto3() -> None:
    """What every handler would wait for: boto3, what it imports at its first use, and the service
    descriptions that it would parse again for each."""
    import encodings.idna  # noqa: F401

    import boto3
    from botocore import session

    session.create_loader = functools.cache(session.create_loader)

    boto3.session.Session().resource(
        "dynamodb", region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none"
    ).Table("none")


def receive_order(control: socket.socket) -> tuple[dict[str, Any], list[int]]:
    data = b""
    descriptors: list[int] = []
    while not data.endswith(b"\n"):
        part, received, *_ = socket.recv_fds(control, 1 << 16, 1)
        if not part:
            raise EOFError
        data, descriptors = data + part, descriptors + received
    return json.loads(data), descriptors


def fork(control: socket.socket, connection: socket.socket, order: dict[str, Any]) -> int:
    with connection:
        child = os.fork()
        if not child:
            control.close()
            become_worker(connection, order)
    return child


def end(worker: int) -> int:
    """Kill a worker with all that it started, and return how it ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(worker, signal.SIGKILL)
    os.kill(worker, signal.SIGKILL)  # it may be too young to have a group of its own
    return os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])


def adopt_orphans() -> None:
    """On Linux, what a worker started and left behind becomes this process's own to end."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children(parent: int) -> set[int]:
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(status.read_text().rpartition(")")[2].split()[1]) == parent:
                found.add(int(status.parent.name))
    return found


def bury_orphans(workers: set[int]) -> None:
    """Those that have ended by themselves."""
    for orphan in children(os.getpid()) - workers:
        os.waitpid(orphan, os.WNOHANG)


def be_fork_server(control: socket.socket, directory: str) -> None:
    """Fork and end workers on the server's orders; once it is gone, leave nothing behind."""
    workers: set[int] = set()
    try:
        while True:
            order, descriptors = receive_order(control)
            if "end" in order:
                workers.remove(order["end"])
                answer = end(order["end"])
                bury_orphans(workers)
            else:
                answer = fork(control, socket.socket(fileno=descriptors[0]), order)
                workers.add(answer)
            control.sendall(b"%d\n" % answer)
    except (EOFError, ConnectionError):
        pass
    finally:
        for worker in workers:
            end(worker)
        while orphans := children(os.getpid()):
            for orphan in orphans:
                end(orphan)
        shutil.rmtree(directory, ignore_errors=True)


def main(directory: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    adopt_orphans()
    gc.disable()  # while all that is made will stay
    load_boto3()
    gc.freeze()
    gc.enable()
    be_fork_server(socket.socket(fileno=0), directory)
