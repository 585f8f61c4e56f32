"""`cognito-sandbox serve`: serve until interrupted, then leave no process behind."""

import argparse
import math
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from types import FrameType

from cognito_sandbox import __version__
from cognito_sandbox.commands.outcome import WRONG_USE, CommandError
from cognito_sandbox.surroundings import shed_secrets

LAST_PORT = 65535
PYTHON = ".".join(map(str, sys.version_info[:3]))
EPILOG = """\
other commands, each with its own --help:
  deploy    a template, with the code that lies beside it
  event     a ready event of a trigger source
  invoke    run a handler once
  logs      what a function wrote
  mail      what Cognito would have sent
  triggers  which operation runs which triggers

example:
  cognito-sandbox --port 4566 --state my-app.state

Serves until Ctrl+C, and ends with 0; with 1 when it cannot start, 2 when it was asked wrongly.
"""


def listen(port: int) -> socket.socket:
    """Take the port first of all: a wrong one should be told at once."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        sys.exit(
            f"Port {port} cannot be used: another program has it, or it is not allowed. "
            "Name another one with --port, or 0 for any that is free."
        )
    listener.listen(128)
    return listener


def stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def chosen_key(said: str | None) -> str | None:
    """A dash stands for the first line of the input: others on the machine see command lines."""
    key = sys.stdin.readline().strip() if said == "-" else said
    if key == "":
        raise CommandError("--access-key is empty, and would keep nobody out.", WRONG_USE)
    return key


def stop_at_end_of_input() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def speed(text: str) -> float:
    try:
        times = float(text)
    except ValueError:
        times = math.nan
    if not 1 <= times < math.inf:
        raise argparse.ArgumentTypeError("a number: waits pass as in AWS (1) or faster")
    return times


def port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= LAST_PORT):
        raise argparse.ArgumentTypeError(f"a number from 0 to {LAST_PORT}; 0 takes any free port")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cognito-sandbox",
        usage="%(prog)s [serve] [OPTION ...]",
        description="An AWS on this machine, in which Cognito really runs Lambda triggers.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    version = f"%(prog)s {__version__}, functions run on Python {PYTHON}"
    parser.add_argument("--version", action="version", version=version, help="say which this is")
    parser.add_argument("--port", type=port, default=0, help="0, the default, takes any free port")
    parser.add_argument(
        "--access-key", metavar="KEY", help="take this key only; - reads it from standard input"
    )
    parser.add_argument(
        "--moto-api", action="store_true", help="have moto's own pages, which change what is there"
    )
    parser.add_argument(
        "--until-eof", action="store_true", help="also stop when standard input is closed"
    )
    _add_behaviour(parser)
    return parser


def _add_behaviour(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--enforce-iam",
        action="store_true",
        help="hold the keys of IAM users and roles to their policies, as functions always are",
    )
    parser.add_argument(
        "--skip-unknown-resources",
        action="store_true",
        help="leave out of a stack what the sandbox does not have, and say so in its events",
    )
    parser.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="keep pools, users, functions and tables in this file, and go on with them",
    )
    parser.add_argument(
        "--speed",
        type=speed,
        default=1.0,
        metavar="TIMES",
        help="have waits (retries, windows, visibility) pass so many times faster than in AWS",
    )


def main(arguments: list[str]) -> None:
    options = _parser().parse_args(arguments)
    shed_secrets()
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    listener = listen(options.port)
    access_key = chosen_key(options.access_key)
    if options.until_eof:
        threading.Thread(target=stop_at_end_of_input, daemon=True).start()

    from cognito_sandbox import server
    from cognito_sandbox.options import Options

    chosen = Options(
        access_key,
        options.moto_api,
        options.enforce_iam,
        options.skip_unknown_resources,
        options.state,
        options.speed,
    )
    server.serve(listener, chosen)
