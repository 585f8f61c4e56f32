"""Starts all that a sandbox is made of, and serves until it is told to end."""

import gc
import os
import signal
import socket
import sys
import threading
import traceback
from typing import TYPE_CHECKING

from cognito_sandbox import READY, clock
from cognito_sandbox.lambdas import processes
from cognito_sandbox.lambdas.environments import Environments
from cognito_sandbox.lambdas.fork_client import Forks
from cognito_sandbox.options import Options
from cognito_sandbox.patches import loading
from cognito_sandbox.state.file import StateError
from cognito_sandbox.store import needs

if TYPE_CHECKING:
    from cognito_sandbox.application import Application
    from cognito_sandbox.state.keeper import Keeper


def serve(listener: socket.socket, options: Options) -> None:
    """Serve until the process is told to end."""
    # Until all is loaded, there is little garbage, and much to look through: a fifth of the start.
    gc.disable()
    server = Server(listener, options)
    exit_code = 0
    try:
        server.run()
    except Exception as error:
        known = error if isinstance(error, StateError) else needs.lacking(error)
        print(known or traceback.format_exc(), file=sys.stderr)
        exit_code = 1
    finally:
        for told_again in (signal.SIGINT, signal.SIGTERM):
            signal.signal(told_again, signal.SIG_IGN)
        if not server.end():
            exit_code = 1
        sys.stdout.flush()
        os._exit(exit_code)  # invocations under way have threads that would be waited for


class Server:
    """A sandbox at a port; what knows moto is imported once the surroundings are prepared."""

    def __init__(self, listener: socket.socket, options: Options) -> None:
        self._listener, self._options = listener, options
        self._port: int = listener.getsockname()[1]
        self._endpoint = f"http://127.0.0.1:{self._port}"
        self._forks = Forks()
        self._environments = Environments(self._forks)
        self._keeper: Keeper | None = None

    def run(self) -> None:
        processes.adopt_orphans()
        loading.prepare(self._port)
        from werkzeug.serving import ThreadedWSGIServer

        from cognito_sandbox.patches.connections import Handler

        application = self._application()
        if self._keeper:
            application.load_the_rest()
            self._keeper.restore()
            self._keeper.start()
        place = "127.0.0.1", self._port
        server = ThreadedWSGIServer(*place, application, Handler, fd=self._listener.fileno())
        print(f"{READY}{self._endpoint}", flush=True)
        if self._options.speed != 1:
            print(f"Waits pass {self._options.speed:g} times faster than in AWS.", file=sys.stderr)
        if not self._keeper:
            threading.Thread(target=application.load_the_rest, daemon=True).start()
        server.serve_forever()

    def _application(self) -> "Application":
        from cognito_sandbox.application import Application
        from cognito_sandbox.door import addresses
        from cognito_sandbox.events import asynchronous
        from cognito_sandbox.patches import installing
        from cognito_sandbox.state.gate import Gate
        from cognito_sandbox.state.keeper import Keeper

        clock.hurry(self._options.speed)
        addresses.open_at(self._endpoint)
        installing.install(self._endpoint, self._environments)
        asynchronous.start()
        self._keeper = Keeper(self._options.state) if self._options.state else None
        gate = Gate(self._keeper) if self._keeper else None
        return Application(self._forks, self._options, gate)

    def end(self) -> bool:
        """Whether all that was to be kept is."""
        self._environments.close()
        return self._keeper.end() if self._keeper else True
