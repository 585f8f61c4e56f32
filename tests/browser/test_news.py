"""JupyterLab's news: a page that needs no network asks for none, and does not offer them."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from reader import Notebook

NEWS = re.compile(r"/lab/api/(news|update)\b")


def test_nobody_is_asked_about_news(page: Page, opened: Callable[..., Notebook]) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    notebook = opened("01_auto_confirm", layout="lab")
    notebook.run("cloud.connect()")
    expect(page.locator(".Toastify__toast")).to_have_count(0)
    assert not [url for url in asked if NEWS.search(url)]
