"""The browser: one that is installed already, so that none has to be downloaded."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from lab import PATIENCE
from playwright.sync_api import BrowserContext, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("gpu", "background-networking", "component-update", "sync")
MISSING = (
    "There is no Chromium here. On Debian: sudo apt install chromium. "
    "Elsewhere, say where it is: CHROMIUM=/path/to/chrome"
)


def found() -> str | None:
    """Where the browser is, if there is one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def launched() -> Iterator[BrowserContext]:
    """The browser; its pages share a cache, so only the first one is slow to load."""
    expect.set_options(timeout=PATIENCE * 1000)
    arguments = ["--no-sandbox", *(f"--disable-{name}" for name in QUIET)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found(), args=arguments)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE * 1000)
        yield context
        browser.close()
