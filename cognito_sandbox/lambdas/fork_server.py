"""The process that has boto3 loaded, and forks a worker for each execution environment.

It runs isolated from the reader's environment, and hides this package from the workers, so that
a handler finds what it would find in AWS and nothing more.
"""

import functools
import gc
import json
import os
import signal
import site
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from cognito_sandbox.lambdas import folders, imports, isolation, landlock, processes, runtime
from cognito_sandbox.lambdas.channel import Channel

UNWANTED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # it ends with the server, not before


class ForkServer:
    """Forks and ends workers on the server's orders; once that is gone, leaves nothing behind."""

    def __init__(self, control: socket.socket, directory: Path, brought: list[str]) -> None:
        self.control, self.directory = control, directory
        self.isolated = isolation.is_possible(directory, [os.__file__, *brought])
        self.mounted: list[Path] = []
        if self.isolated:
            isolation.enter()
            self.mounted.append(directory / "code")
            isolation.make_read_only(directory / "code")
        self.mounted += imports.lay_out(directory / "runtime", brought, self.isolated)
        sys.path.insert(0, str(directory / "runtime"))
        self.workers: set[int] = set()

    def load(self) -> None:
        gc.disable()  # while all that is made will stay: a ninth of this process's start
        load_boto3()
        imports.offer_context_types()
        self.loaded_ahead = imports.loaded()
        # A worker's full collection would look through all of this, and so copy it: 30 ms, 13 MB.
        gc.freeze()
        gc.enable()

    def serve(self) -> None:
        try:
            layers = self.isolated and isolation.can_show_layers(self.directory)
            self.answer({"isolated": self.isolated, "layers": layers})
            while True:
                self.obey(*receive_order(self.control))
        except (EOFError, ConnectionError):
            pass
        finally:
            for worker in self.workers:
                processes.end(worker)
            processes.end_orphans()
            for path in self.mounted:
                isolation.unmount(path)
            folders.remove(self.directory)

    def obey(self, order: dict[str, Any], descriptors: list[int]) -> None:
        if "end" in order:
            self.workers.remove(order["end"])
            self.answer(processes.end(order["end"]))
            processes.bury_orphans(self.workers)
            return
        worker = self.fork(socket.socket(fileno=descriptors[0]), order)
        self.workers.add(worker)
        self.answer(worker)

    def answer(self, value: object) -> None:
        self.control.sendall(json.dumps(value).encode() + b"\n")

    def fork(self, connection: socket.socket, order: dict[str, Any]) -> int:
        with connection:
            child = os.fork()
            if not child:
                self.control.close()
                self.become_worker(connection, order)
        return child

    def become_worker(self, connection: socket.socket, order: dict[str, Any]) -> None:
        status = 1
        try:
            self.prepare_worker(order)
            shown = {
                order["folders"][0]: "/var/task",
                str(self.directory / "runtime"): "/var/runtime",
            }
            runtime.serve(Channel(connection, shown))
        except SystemExit as leaving:
            code = leaving.code
            status = code if isinstance(code, int) else int(code is not None)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status & 0xFF)

    def prepare_worker(self, order: dict[str, Any]) -> None:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for unwanted in UNWANTED[1:]:
            signal.signal(unwanted, signal.SIG_DFL)
        redirect(order["output"])
        if self.isolated:
            isolation.enclose(order["storage"], order["layers"])
        else:
            isolation.drop_rights(isolation.ANY_FILE)  # root's Python may lie in another's folder
        landlock.shut_out()
        os.environ.clear()
        os.environ.update(order["environment"])
        time.tzset()
        os.chdir(order["folders"][0])
        imports.prefer(order["folders"], self.loaded_ahead)
        imports.forget({"cognito_sandbox"})  # a module of the handler's may have this name


def redirect(output: str) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    written = os.open(output, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for source, target in ((nothing, 0), (written, 1), (written, 2)):
        os.dup2(source, target)
        os.set_inheritable(target, True)  # which dup2 leaves out if they are the same


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


def main(directory: str, *brought: str) -> None:
    for unwanted in UNWANTED:
        signal.signal(unwanted, signal.SIG_IGN)
    sys.argv = ["/var/runtime/bootstrap.py"]
    site.setquit()
    site.sethelper()
    processes.adopt_orphans()
    server = ForkServer(socket.socket(fileno=0), Path(directory), list(brought))
    server.load()
    server.serve()
