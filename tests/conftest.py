"""One sandbox for all tests that do not need one of their own, and one for those that move time."""

from collections.abc import Iterator

import pytest
from harness import Aws

from cognito_sandbox import Sandbox


@pytest.fixture(scope="session")
def aws() -> Iterator[Aws]:
    with Sandbox() as sandbox:
        shared = Aws(sandbox.endpoint, sandbox.access_key)
        yield shared
        ahead = shared.get("/_sandbox/clock")["ahead"]
        assert ahead == 0, "a test that moves the clock takes the sandbox `moved`, or its own"


@pytest.fixture(scope="session")
def moved() -> Iterator[Aws]:
    """A sandbox whose clock tests move."""
    with Sandbox() as sandbox:
        yield Aws(sandbox.endpoint, sandbox.access_key)
