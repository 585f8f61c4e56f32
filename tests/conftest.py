"""One sandbox for all tests that do not need one of their own."""

from collections.abc import Iterator

import pytest
from harness import Aws

from cognito_sandbox import Sandbox


@pytest.fixture(scope="session")
def aws() -> Iterator[Aws]:
    with Sandbox() as sandbox:
        yield Aws(sandbox.endpoint, sandbox.access_key)
