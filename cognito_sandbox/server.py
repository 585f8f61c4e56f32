"""Starts all that a sandbox is made of, and serves until it is told to end."""

import gc
import os
import signal
import socket
import sys
import threading
import traceback

from cognito_sandbox import READY, clock
from cognito_sandbox.lambdas import processes
from cognito_sandbox.lambdas.environments import Environments
from cognito_sandbox.lambdas.fork_client import Forks
from cognito_sandbox.options import Options
from cognito_sandbox.patches import loading
from cognito_sandbox.state.file import StateError
from cognito_sandbox.store import needs


def serve(listener: socket.socket, options: Options) -> None:
    """Serve until the process is told to end."""
    # Until all is loaded, there is little garbage, and much to look through: a fifth of the start.
    gc.disable()
    port = listener.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    forks = Forks()
    environments = Environments(forks)
    exit_code, keeper = 0, None
    try:
        processes.adopt_orphans()
        loading.prepare(port)
        from werkzeug.serving import ThreadedWSGIServer

        from cognito_sandbox.application import Application
        from cognito_sandbox.door import addresses
        from cognito_sandbox.events import asynchronous
        from cognito_sandbox.patches import installing
        from cognito_sandbox.patches.connections import Handler
        from cognito_sandbox.state.gate import Gate
        from cognito_sandbox.state.keeper import Keeper

        clock.hurry(options.speed)
        addresses.open_at(endpoint)
        installing.install(endpoint, environments)
        asynchronous.start()
        keeper = Keeper(options.state) if options.state else None
        application = Application(forks, options, Gate(keeper) if keeper else None)
        if keeper:
            application.load_the_rest()
            keeper.restore()
            keeper.start()
        server = ThreadedWSGIServer("127.0.0.1", port, application, Handler, fd=listener.fileno())
        print(f"{READY}{endpoint}", flush=True)
        if options.speed != 1:
            print(f"Waits pass {options.speed:g} times faster than in AWS.", file=sys.stderr)
        if not keeper:
            threading.Thread(target=application.load_the_rest, daemon=True).start()
        server.serve_forever()
    except Exception as error:
        known = error if isinstance(error, StateError) else needs.lacking(error)
        print(known or traceback.format_exc(), file=sys.stderr)
        exit_code = 1
    finally:
        for told_again in (signal.SIGINT, signal.SIGTERM):
            signal.signal(told_again, signal.SIG_IGN)
        environments.close()
        if keeper and not keeper.end():
            exit_code = 1
        sys.stdout.flush()
        os._exit(exit_code)  # invocations under way have threads that would be waited for
