"""The helpers on a stack of their own: in the sandbox, or where CLOUD_TARGET says."""

import uuid
from collections.abc import Iterator

import pytest
from strict_pool import StrictPool, strict_pool

from helpers import cloud, stack


@pytest.fixture(scope="session")
def place() -> cloud.Cloud:
    connected = cloud.connect()
    if not connected.consent.agreed:
        pytest.exit(f"These tests would change {connected.consent.place}: set CLOUD_CONSENT first.")
    return connected


@pytest.fixture
def in_the_sandbox(place: cloud.Cloud) -> None:
    """What an account does not tell: mail, and what a function called."""
    if not place.is_sandbox:
        pytest.skip("only the sandbox tells that")


@pytest.fixture(scope="session")
def outputs(place: cloud.Cloud) -> Iterator[dict[str, str]]:
    name = f"test-{uuid.uuid4().hex[:8]}"
    yield stack.deploy(name)
    stack.delete(name)


@pytest.fixture(scope="session")
def strict(place: cloud.Cloud) -> Iterator[StrictPool]:
    with strict_pool() as made:
        yield made


@pytest.fixture
def name() -> str:
    """A user name that nobody has."""
    return f"user-{uuid.uuid4().hex[:8]}"
