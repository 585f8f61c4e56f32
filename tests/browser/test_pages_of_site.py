"""The site as `make site` has built it: every page loads, is drawn, fits, and can be found."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

import pytest
import scripts
import tutorials
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import TimeoutError as TooLate

SITE = Path(__file__).parents[2] / "build" / "site"
LISTS = ("genindex", "py-modindex", "search")  # Sphinx's own
LIGHT = 0.5  # brighter than this is a light page


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Which files were asked for is nothing to see."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the site is served, as a web server would."""
    assert (SITE / "index.html").exists(), "There is no site yet: make site"
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=SITE)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def reader(browser: BrowserContext) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def pages() -> list[str]:
    """All that the site has, but not Sphinx's lists and copies of source code."""
    found = (path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
    return sorted(each for each in found if not each.startswith((*LISTS, "_")))


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_each_page_loads_is_drawn_and_fits(
    theme: Literal["light", "dark"], width: int, address: str, reader: Page
) -> None:
    reader.emulate_media(color_scheme=theme)
    reader.set_viewport_size({"width": width, "height": 900})
    told: list[str] = []
    reader.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
    reader.on("pageerror", lambda error: told.append(str(error)))
    assert len(pages()) > 40
    wrong = {}
    for name in pages():
        reader.goto(f"{address}/{name}")
        with suppress(TooLate):
            reader.wait_for_function(scripts.SITE_DRAWN, timeout=20_000)
        if problems := [
            *told,
            *reader.evaluate(scripts.NOT_DRAWN),
            *reader.evaluate(scripts.SIDEWAYS),
        ]:
            wrong[name] = problems
        told.clear()
    assert wrong == {}
    assert (reader.evaluate(scripts.BRIGHTNESS) > LIGHT) == (theme == "light")


@pytest.mark.parametrize("name", tutorials.NAMES)
def test_a_notebooks_page_says_how_to_run_it(name: str, address: str, reader: Page) -> None:
    reader.goto(f"{address}/notebooks/{name}.html")
    told = reader.locator("h1 ~ .admonition").first
    expect(told).to_contain_text("make lab")
    expect(told).to_contain_text(f"notebooks/{name}.ipynb")
    told.get_by_role("link", name="how to start").click()
    expect(reader.get_by_role("heading", name="Start")).to_be_visible()
    assert reader.url.endswith("README.html#start")


@pytest.mark.parametrize("name", ["CURES", "docs/contract/cognito", "docs/reference/helpers"])
def test_every_other_page_says_it_too(name: str, address: str, reader: Page) -> None:
    reader.goto(f"{address}/{name}.html")
    expect(reader.get_by_text("To run any of this: make lab")).to_be_visible()
    reader.get_by_role("link", name="how to start").click()
    assert reader.url.endswith("README.html#start")


def test_code_is_scrolled_and_not_wrapped(address: str, reader: Page) -> None:
    reader.set_viewport_size({"width": 390, "height": 900})
    reader.goto(f"{address}/notebooks/01_auto_confirm.html")
    code = reader.locator(".cell .highlight-python pre")
    assert "def handler" in "".join(code.all_text_contents())
    assert set(code.evaluate_all(scripts.WHITE_SPACE)) == {"pre"}


def test_a_diagram_is_drawn_anew_where_the_theme_is_changed(address: str, reader: Page) -> None:
    reader.goto(f"{address}/notebooks/01_auto_confirm.html")
    reader.wait_for_function(scripts.SITE_DRAWN)
    before: Any = reader.locator("pre.mermaid").first.inner_html()
    light = reader.evaluate(scripts.BRIGHTNESS)
    for _ in range(3):  # as the system has it, light, dark
        reader.locator(".theme-toggle:visible").first.click()
        if (reader.evaluate(scripts.BRIGHTNESS) > LIGHT) != (light > LIGHT):
            break
    else:
        raise AssertionError("the button does not change the theme")
    reader.wait_for_function(scripts.SITE_DRAWN)
    assert reader.locator("pre.mermaid").first.inner_html() != before


def test_search_finds_a_page_and_leads_to_it(address: str, reader: Page) -> None:
    reader.goto(f"{address}/index.html")
    reader.get_by_placeholder("Search").fill("visibility timeout")
    reader.keyboard.press("Enter")
    found = reader.locator("#search-results")
    found.get_by_role("link", name="6 · Who calls a function").first.click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Who calls a function")
