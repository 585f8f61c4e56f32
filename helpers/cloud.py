"""Where the helpers work: the sandbox that the project brings along, or an AWS account.

>>> cloud = connect()
>>> cloud.client("dynamodb").list_tables()
"""

import atexit
import gc
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cognito_sandbox import Sandbox, SandboxError
from cognito_sandbox.spelling import meant
from helpers._inner import copies
from helpers._inner.clients import typed
from helpers._inner.consent import COST, NOT_YET, Consent
from helpers._inner.progress import in_notebook, shell
from helpers._inner.tracebacks import watch
from helpers.errors import AnswerError, NotConnectedError

if TYPE_CHECKING:
    from boto3.session import Session
    from botocore.model import OperationModel

__all__ = ["Cloud", "client", "connect", "current"]

SANDBOX_REGION = "us-east-1"
SERVICES = ("cloudformation", "sts", "s3", "dynamodb", "lambda", "cognito-idp", "logs")
TARGETS = ("sandbox", "aws")
VARIABLE = "CLOUD_TARGET"
Choice = tuple[str, str | None, str | None]  # target, region and profile


class Cloud:
    """One place to work in; `client` gives a boto3 client for it."""

    def __init__(self, target: str, region: str | None = None, profile: str | None = None) -> None:
        self.target, self._region, self._profile = self.chosen = target, region, profile
        self.variable = os.environ.get(VARIABLE)  # as it was when this was chosen
        self._clients: dict[str, Any] = {}
        self._one_at_a_time = threading.RLock()  # boto3 makes clients in one thread only
        self._sandbox = Sandbox() if target == "sandbox" else None
        if self._sandbox:
            atexit.register(self._sandbox.stop)

    @property
    def is_sandbox(self) -> bool:
        """Is this the sandbox, and no account?"""
        return self.target == "sandbox"

    @property
    def is_alive(self) -> bool:
        """An account always is; the sandbox, as long as its process runs."""
        return self._sandbox is None or self._sandbox.is_alive

    @cached_property
    def endpoint(self) -> str | None:
        """The sandbox's address, once it is ready; None means AWS's own addresses."""
        try:
            return self._sandbox.endpoint if self._sandbox else None
        except SandboxError as error:
            raise NotConnectedError(str(error)) from None

    @cached_property
    def session(self) -> "Session":
        """The boto3 session: in an account, one whose clients change nothing before you agreed."""
        from helpers._inner import calls, sessions

        if self._sandbox:
            keys = self._sandbox.access_key, self._sandbox.secret_key
            session = sessions.sandbox(SANDBOX_REGION, *keys, lambda: self.endpoint)
        else:
            session = sessions.account(self._profile, self._region)
            session.events.register("provide-client-params", self._check_consent)
        calls.watch(session)
        return session

    def _check_consent(self, model: "OperationModel", **_: object) -> None:
        if model.service_model.service_name != "sts":
            self.consent.check(model.name)

    @property
    def own_pages(self) -> dict[str, str]:
        """The header with which the sandbox shows its own pages, such as the mail."""
        return {"Authorization": f"Bearer {self._sandbox.access_key}"} if self._sandbox else {}

    @property
    def region(self) -> str:
        """The region, such as eu-central-1."""
        return self.session.region_name

    @cached_property
    def consent(self) -> Consent:
        """Whether you agreed that things are made; the sandbox need not ask."""
        return Consent.given() if self.is_sandbox else Consent(self.account, self.region)

    @cached_property
    def identity(self) -> dict[str, str]:
        """The account, and who asks."""
        from helpers._inner import sessions

        return sessions.identity(self.session)

    @property
    def account(self) -> str:
        """The account's twelve digits."""
        return self.identity["Account"]

    def client(self, service: str) -> Any:
        """A boto3 client; in an account, it changes nothing before you agreed.

        >>> connect().client("logs").describe_log_groups()
        """
        with self._one_at_a_time:
            if service not in self._clients:
                self._clients[service] = self._make(service)
            return self._clients[service]

    def _make(self, service: str) -> object:
        from botocore.exceptions import UnknownServiceError

        make: Callable[..., object] = self.session.client  # its types know literals only
        try:
            return make(service)
        except UnknownServiceError:
            instead = meant(service, self.session.get_available_services()) or "."
            raise AnswerError(f'boto3 has no service "{service}"{instead}') from None

    def adopt(self) -> None:
        """From now on, `boto3.client` in a cell works here, not in the account of the reader."""
        import boto3

        boto3.DEFAULT_SESSION = self.session

    def prepare(self) -> None:
        """Make what will be needed in the background, while a notebook waits for other things."""

        def make() -> None:
            try:
                with suppress(NotConnectedError):  # whoever needs a client will be told
                    for service in SERVICES:
                        self.client(service)
                import ipywidgets  # noqa: F401
            finally:
                gc.freeze()  # all that was imported and made stays: no use in looking through it
                gc.enable()

        gc.disable()
        threading.Thread(target=make, daemon=True).start()

    def close(self) -> None:
        """Leave this place; a sandbox ends with all that is in it."""
        if self._sandbox:
            self._sandbox.stop()

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

    The environment variable CLOUD_TARGET chooses, too. Called again without naming a place, it
    stays where it is; a sandbox that has died is replaced by a new, empty one.

    >>> connect()
    Sandbox: an AWS on this machine. Nothing leaves it, and nothing costs anything.
    """
    global _current
    if _current and _current.is_alive and not (target or region or profile):
        _check_variable(_current)
        return _current
    wanted = _wanted(target, region, profile)
    if _current and _current.is_alive and _current.chosen == wanted:
        return _current
    found = Cloud(*wanted)
    if not found.is_sandbox:
        _ = found.identity  # tell now what is wrong with the credentials, if anything
    if _current:
        _current.close()
    _current = found
    if in_notebook():
        copies.tell_of_others()
        watch(shell())
        found.adopt()
        found.prepare()
    return found


def _wanted(target: str | None, region: str | None, profile: str | None) -> Choice:
    """What was asked for, or else the place so far, the environment's, the sandbox."""
    so_far = _current.target if _current else os.environ.get(VARIABLE)
    target = target or so_far or "sandbox"
    _check_target(target)
    if target == "sandbox" and (region or profile):
        raise NotConnectedError(f"The sandbox is in {SANDBOX_REGION} and has no profiles.")
    return target, region, profile


def _check_target(target: str) -> None:
    if target not in TARGETS:
        raise NotConnectedError(f'There is no target "{target}". Use "sandbox" or "aws".')


def _check_variable(place: Cloud) -> None:
    """Who changes CLOUD_TARGET while connected must not believe to be elsewhere now."""
    said = os.environ.get(VARIABLE)
    if not said or said in (place.target, place.variable):
        return
    _check_target(said)
    there = "the sandbox" if place.is_sandbox else "an account"
    raise NotConnectedError(
        f'{VARIABLE} says "{said}" now, but you are connected already, to {there}. '
        f'To change: cloud.connect("{said}"). To stay: del os.environ["{VARIABLE}"]'
    )


def current() -> Cloud:
    """Where the helpers work: what was connected, or else the usual.

    >>> current().region
    'us-east-1'
    """
    return _current or connect()


@typed
def client(service: str) -> Any:
    """A boto3 client for where the helpers work.

    >>> client("logs").describe_log_groups()
    """
    return current().client(service)
