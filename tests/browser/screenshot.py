"""Make the README's picture: .venv/bin/python tests/browser/screenshot.py."""

import sys
import tempfile
from pathlib import Path

import chromium
from lab import Lab, running
from playwright.sync_api import Page
from reader import Notebook

PICTURE = Path(__file__).parents[2] / "docs" / "screenshot.png"


def sign_up(page: Page, lab: Lab) -> None:
    """Notebook 1, until the function's log tells of the sign-up."""
    name = "01_auto_confirm"
    notebook = Notebook(page, name, lambda: page.goto(lab.address(name)))
    notebook.walk_to("with story:")
    cell = notebook.cell("cleanup.note_trigger(")
    cell.evaluate("cell => cell.scrollIntoView()")


def main() -> None:
    if not chromium.found():
        sys.exit(chromium.MISSING)
    home = tempfile.TemporaryDirectory()
    with home, running(Path(home.name)) as lab, chromium.launched() as browser:
        page = browser.new_page()
        sign_up(page, lab)
        PICTURE.parent.mkdir(exist_ok=True)
        page.screenshot(path=PICTURE)
    print(PICTURE.relative_to(Path.cwd()) if PICTURE.is_relative_to(Path.cwd()) else PICTURE)


if __name__ == "__main__":
    main()
