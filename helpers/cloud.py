"""Where the helpers work: the sandbox that the project brings along, or an AWS account.

>>> cloud = connect()
>>> cloud.client("dynamodb").list_tables()
"""

import atexit
import os
from functools import cached_property
from typing import Any

from helpers.consent import COST, NOT_YET, Consent
from helpers.errors import HelpersError, NotConnectedError
from helpers.sandbox import Sandbox, SandboxError

SANDBOX_REGION = "us-east-1"
TARGETS = ("sandbox", "aws")


class Cloud:
    """One place to work in; `client` gives a boto3 client for it."""

    def __init__(self, target: str, region: str | None = None, profile: str | None = None) -> None:
        self.target, self._region, self._profile = target, region, profile
        self._clients: dict[str, Any] = {}
        self._sandbox = Sandbox() if target == "sandbox" else None
        if self._sandbox:
            atexit.register(self._sandbox.stop)

    @property
    def is_sandbox(self) -> bool:
        return self.target == "sandbox"

    @cached_property
    def endpoint(self) -> str | None:
        """The sandbox's address, once it is ready; None means AWS's own addresses."""
        try:
            return self._sandbox.endpoint if self._sandbox else None
        except SandboxError as error:
            raise NotConnectedError(str(error)) from None

    @cached_property
    def session(self) -> Any:
        """The boto3 session; in the sandbox, one that knows nothing of your AWS settings."""
        from helpers import sessions

        return (
            sessions.sandbox(SANDBOX_REGION)
            if self.is_sandbox
            else sessions.account(self._profile, self._region)
        )

    @property
    def region(self) -> str:
        return str(self.session.region_name)

    @cached_property
    def consent(self) -> Consent:
        """Leave to create things; the sandbox needs none."""
        return Consent(self.account, self.region) if not self.is_sandbox else Consent.given()

    @cached_property
    def identity(self) -> dict[str, str]:
        """The account, and who asks."""
        from helpers import sessions

        return sessions.identity(self.client("sts"))

    @property
    def account(self) -> str:
        return self.identity["Account"]

    def client(self, service: str) -> Any:
        """A boto3 client; in an account, it creates nothing before you agreed.

        >>> connect().client("logs").describe_log_groups()
        """
        if service not in self._clients:
            client = self.session.client(service, endpoint_url=self.endpoint)
            if not self.is_sandbox and service != "sts":
                self.consent.guard(client)
            self._clients[service] = client
        return self._clients[service]

    def __repr__(self) -> str:
        if self.is_sandbox:
            return "Sandbox: an AWS on this machine. Nothing leaves it, and nothing costs anything."
        who = self.identity["Arn"].rpartition(":")[2]
        where = f"AWS account {self.account}, region {self.region}, as {who}."
        return where if self.consent.agreed else f"{where} {NOT_YET} {COST}"


_current: Cloud | None = None


def connect(
    target: str | None = None, region: str | None = None, profile: str | None = None
) -> Cloud:
    """Choose where to work, and show it: the sandbox (default), or "aws" for your own account.

    The environment variable CLOUD_TARGET chooses, too. Calling it again changes nothing, unless
    it asks for another place.

    >>> connect()
    Sandbox: an AWS on this machine. Nothing leaves it, and nothing costs anything.
    """
    global _current
    target = target or os.environ.get("CLOUD_TARGET") or "sandbox"
    if target not in TARGETS:
        raise NotConnectedError(f'There is no target "{target}". Use "sandbox" or "aws".')
    wanted = (target, region, profile)
    if _current is None or wanted != (_current.target, _current._region, _current._profile):
        _current = Cloud(*wanted)
        if not _current.is_sandbox:
            _ = _current.identity  # tell now what is wrong with the credentials, if anything
    return _current


def current() -> Cloud:
    """Where the helpers work: what was connected, or else the usual."""
    return _current or connect()


def client(service: str) -> Any:
    """A boto3 client for where the helpers work."""
    return current().client(service)


__all__ = ["Cloud", "HelpersError", "client", "connect", "current"]
