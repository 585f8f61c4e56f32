"""One JupyterLab and one browser for all tests; for each test a new page and fresh notebooks."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

try:
    import chromium
    from playwright.sync_api import BrowserContext, Page
except ImportError:
    pytest.exit("playwright is missing: .venv/bin/python -m pip install -r requirements-dev.txt", 1)
from lab import Lab, running
from reader import Notebook

pytest.register_assert_rewrite("tutorials")
SCREENSHOTS = Path(__file__).with_name("screenshots")
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[BrowserContext]:
    if not chromium.found():
        pytest.exit(chromium.MISSING, 1)
    with chromium.launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def only_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with running(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def lab(only_lab: Lab) -> Lab:
    """JupyterLab as it is for a new reader."""
    only_lab.reset()
    return only_lab


@pytest.fixture
def page(browser: BrowserContext, lab: Lab, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page, of which a screenshot is left if the test fails."""
    page = browser.new_page()
    yield page
    if request.node.stash.get(FAILED, False):
        page.screenshot(path=SCREENSHOTS / f"{request.node.name.replace('/', '-')}.png")
    page.close()


@pytest.fixture
def opened(lab: Lab, page: Page) -> Callable[..., Notebook]:
    """Open a notebook."""

    def open_notebook(name: str, layout: str = "doc") -> Notebook:
        return Notebook(page, name, lambda: page.goto(lab.address(name, layout)))

    return open_notebook
