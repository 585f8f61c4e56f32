"""What moto holds, service by service: for who saves it as a whole."""

from collections.abc import Iterable, Iterator
from typing import Any

from moto import backends

from cognito_sandbox.store import needs

NEEDS = ("moto.backends:get_backend",)
SERVICES = ("cloudformation", "cognito-idp", "dynamodb", "iam", "lambda", "logs", "s3", "sts")
ALIKE = {"policy_arn_regex"}  # in every sandbox


def install() -> None:
    """Nothing is changed in moto; it must be one that can be saved."""
    needs.check(NEEDS)


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    """What each backend holds, by the backend's name."""
    for name, backend in by_name().items():
        yield name, {k: v for k, v in list(vars(backend).items()) if k not in ALIKE}


def make_ready(names: Iterable[str]) -> None:
    """Have these backends, empty."""
    for name in names:
        service, account, region = name.split(" ")
        if service not in SERVICES:
            raise KeyError(service)
        _ = backends.get_backend(service)[account][region]


def fill(name: str, content: dict[str, Any]) -> None:
    service, account, region = name.split(" ")
    vars(backends.get_backend(service)[account][region]).update(content)


def user_pools() -> Iterator[Any]:
    for name, backend in by_name().items():
        if name.startswith("cognito-idp "):
            yield from list(backend.user_pools.values())


def by_name() -> dict[str, Any]:
    """Those that there are; a name is a service, an account and a region."""
    found = {}
    for service in SERVICES:
        for account, regions in list(backends.get_backend(service).items()):
            for region, backend in list(regions.items()):
                found[f"{service} {account} {region}"] = backend
    return found
