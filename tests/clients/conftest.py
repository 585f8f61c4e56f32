"""The sandbox's clients: whoever runs these has installed them (make test-clients)."""

import sys
from collections.abc import Iterator
from pathlib import Path

import programs
import pytest
from playwright.sync_api import BrowserContext

sys.path.append(str(Path(__file__).parents[1] / "browser"))
import chromium


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    if not programs.is_installed():
        pytest.exit(programs.MISSING, 1)


@pytest.fixture(scope="session")
def browser() -> Iterator[BrowserContext]:
    if not chromium.found():
        pytest.exit(chromium.MISSING, 1)
    with chromium.launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with programs.served() as address:
        yield address
