"""The Lambda functions that moto keeps, found for those who invoke them."""

import random
from typing import Any, Protocol, cast

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import lambda_backends


class RoleError(Exception):
    """The function has no role that Lambda can assume any more."""


class Policy(Protocol):
    @property
    def statements(self) -> list[dict[str, Any]]: ...


class Outcome(Protocol):
    """How a run ended; `error` is None if the handler returned."""

    @property
    def payload(self) -> bytes: ...
    @property
    def error(self) -> str | None: ...
    @property
    def error_message(self) -> str: ...
    @property
    def timed_out(self) -> str: ...
    @property
    def log_tail(self) -> bytes: ...
    @property
    def request_id(self) -> str: ...
    @property
    def traceback(self) -> str: ...


class Function(Protocol):
    """What a function is for those who invoke it."""

    function_arn: str
    role: str
    timeout: int
    version: str | int
    dead_letters: str | None

    @property
    def concurrency(self) -> int | None: ...
    @property
    def policy(self) -> Policy: ...

    def run(
        self,
        event: bytes,
        context: dict[str, Any] | None = None,
        request_id: str = "",
        asked: str = "",
    ) -> Outcome: ...

    def load(self) -> Outcome | None: ...


def split(arn: str) -> tuple[str, str]:
    """A function's own ARN, and which version or alias is meant."""
    parts = arn.split(":")
    return ":".join(parts[:7]), parts[7] if len(parts) > 7 else "$LATEST"


def named(backend: Any, name: str, qualifier: str | None = None) -> str | None:
    """The ARN of a function that is named in one of the ways that Lambda knows, alias and all."""
    try:
        own, _ = split(backend.get_function(name, qualifier).function_arn)
    except LambdaClientError:
        return None
    asked = backend._lambdas.split_function_arn(name)[2] or qualifier or "$LATEST"
    return own if asked == "$LATEST" else f"{own}:{asked}"


def find(arn: str) -> Function | None:
    """The function behind an ARN, with a version or an alias if the ARN has one."""
    try:
        _, _, _, region, account, _, name, *qualifier = arn.split(":")
        backend = lambda_backends[account][region]
        version = routed(backend, name, qualifier[0] if qualifier else None)
        return cast(Function, backend.get_function(name, version))
    except (ValueError, KeyError, LambdaClientError):  # no ARN, no such region, no such function
        return None


def routed(backend: Any, name: str, qualifier: str | None) -> str | None:
    """The version that an alias with weights leads to, this time."""
    storage = backend._lambdas
    _, plain, inner = storage.split_function_arn(name)
    qualifier = qualifier or inner
    if not qualifier or plain not in storage._functions:
        return qualifier
    alias = storage._get_function_aliases(plain).get(qualifier)
    weights = (alias.routing_config or {}).get("AdditionalVersionWeights") if alias else None
    for version, weight in (weights or {}).items():
        if random.random() < weight:
            return str(version)
    return qualifier
