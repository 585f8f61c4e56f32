"""The sandbox that a command talks to: one that runs on this machine, and never an AWS account."""

import ipaddress
import os
import sys
import urllib.error
from argparse import Namespace
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from cognito_sandbox.commands.outcome import NO_SANDBOX, WRONG_USE, CommandError
from cognito_sandbox.commands.words import USUAL_ENDPOINT
from cognito_sandbox.door.signature import REGION
from cognito_sandbox.testing.access import Access

REFUSED_KEY = (401, 403)
NO_KEY = "any"


class Running(Access):
    """A sandbox that somebody has started."""

    secret_key = "any"  # the sandbox asks for none

    def __init__(self, endpoint: str, access_key: str, region: str) -> None:
        super().__init__([Path.cwd()])
        self._address, self.access_key, self.region = endpoint.rstrip("/"), access_key, region

    @cached_property
    def endpoint(self) -> str:
        return self._address


def reach(options: Namespace) -> Running:
    """The sandbox of the command line, if it is there and lets us in."""
    address = options.endpoint or USUAL_ENDPOINT
    _check_here(address)
    if not REGION.fullmatch(options.region):
        raise CommandError(f"{options.region} is no region: one is us-east-1.", WRONG_USE)
    running = Running(address, _key(options.access_key), options.region)
    try:
        running.ask("clock")
    except urllib.error.HTTPError as error:
        raise _not_let_in(running, error.code) from None
    except (OSError, ValueError):
        raise CommandError(
            f"No sandbox answers at {address}. Start one with: cognito-sandbox --port 4566, "
            "or name another with --endpoint.",
            NO_SANDBOX,
        ) from None
    return running


def _check_here(address: str) -> None:
    """Whatever is not on this machine may be an AWS account."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port  # which must be a number
        here = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        here, parts = False, urlsplit("")
    if here and parts.scheme == "https":
        told = f"A sandbox speaks http, not https: http{address[len('https') :]}"
        raise CommandError(told, WRONG_USE)
    if not (here and parts.scheme == "http"):
        raise CommandError(
            f"{address} is not on this machine: a sandbox is at an address such as "
            f"{USUAL_ENDPOINT}, and this command talks to nothing else.",
            WRONG_USE,
        )


def _key(said: str | None) -> str:
    if said == "-":
        return sys.stdin.readline().strip()
    return said or os.environ.get("AWS_ACCESS_KEY_ID") or NO_KEY


def _not_let_in(running: Running, status: int) -> CommandError:
    if status in REFUSED_KEY and running.access_key == NO_KEY:
        reason = "asks for its access key: name it with --access-key."
    elif status in REFUSED_KEY:
        reason = "takes another access key than this one: name its own with --access-key."
    else:
        reason = "is no sandbox: it has no page /_sandbox/clock."
    return CommandError(f"{running.endpoint} {reason}", NO_SANDBOX)
