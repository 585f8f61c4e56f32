"""A reader of a notebook in JupyterLab: what they press and type, and what they see."""

from collections.abc import Callable
from typing import Any

import scripts
from playwright.sync_api import ElementHandle, Locator, Page, Response, expect
from playwright.sync_api import TimeoutError as TooLate

READY = ".jp-Notebook-ExecutionIndicator[data-status=idle]"


class Notebook:
    """A notebook, once an action of the reader has opened it and its kernel is ready."""

    def __init__(self, page: Page, name: str, action: Callable[[], object]) -> None:
        self.page, self.name = page, name
        with page.expect_response(_starts_a_kernel):  # before, it already counts as idle
            action()
        shown = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        self.panel = page.locator(f'[id="{shown.get_attribute("id")}"]')
        self.active = self.panel.locator(".jp-Cell.jp-mod-active")
        self.diagrams = self.panel.locator(".jp-RenderedMermaid img")
        self.timelines = self.panel.locator(".jp-RenderedSVG img")
        expect(self.panel.locator(READY)).to_be_visible()

    def cell(self, source: str) -> Locator:
        """The code cell with this in its source."""
        editor = self.page.locator(".jp-InputArea-editor", has_text=source)
        return self.panel.locator(".jp-CodeCell", has=editor)

    def output(self, source: str) -> Locator:
        """What that cell shows."""
        return self.cell(source).locator(".jp-Cell-outputArea")

    def field(self, label: str) -> Locator:
        """The prompt with this label, which has to be its accessible name, too."""
        return self.panel.locator(".jp-OutputArea").get_by_label(label, exact=True)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def step(self) -> None:
        """Shift+Enter: run the cell and go on to the next."""
        cell = self.active.element_handle()
        before = _number(cell)
        self.press("Shift+Enter")
        if "jp-CodeCell" in str(cell.get_attribute("class")):
            self.page.wait_for_function(scripts.RAN, arg=[cell, before])

    def walk_to(self, source: str) -> None:
        """Run cell by cell, until that one is next."""
        self._walk_to(self.cell(source))

    def walk_to_middle(self) -> None:
        """Run cell by cell, and stop halfway."""
        cells = self.panel.locator(".jp-Cell")
        self._walk_to(cells.nth(cells.count() // 2))

    def walk_to_end(self) -> None:
        """Run cell by cell, until the last one, which is only to be read."""
        self._walk_to(self.panel.locator(".jp-Cell").last)

    def _walk_to(self, cell: Locator) -> None:
        goal = cell.element_handle()
        for _ in range(self.panel.locator(".jp-Cell").count()):
            if "jp-mod-active" in str(goal.get_attribute("class")):
                return
            self.step()
        raise AssertionError("Walked to the end, and did not come to the cell.")

    def run(self, source: str) -> Locator:
        """Click on that cell, run it, and look at what it shows."""
        self.cell(source).locator(".jp-InputPrompt").click()
        self.step()
        return self.output(source)

    def run_all(self) -> None:
        """Run > Run All Cells, and wait for the end."""
        self.start_all()()

    def start_all(self) -> Callable[[], object]:
        """Run > Run All Cells; what is returned waits for the end."""
        before = _number(self.panel.locator(".jp-CodeCell").last.element_handle())
        for item in ("Run", "Run All Cells"):
            self.page.get_by_role("menuitem", name=item, exact=True).click()
        return lambda: self._wait_for_all(before)

    def _wait_for_all(self, before: str | None) -> None:
        panel = self.panel.element_handle()
        try:  # looked at now and then: at each frame, it would slow down what is waited for
            self.page.wait_for_function(scripts.ALL_RAN, arg=[panel, before], polling=200)
        except TooLate:
            raise AssertionError(f"These cells still wait: {self.ask(scripts.WAITING)}") from None

    def restart(self) -> None:
        """Restart the kernel: 0 twice, and yes."""
        self.panel.locator(".jp-MarkdownCell").first.click()
        self.press("0", "0")
        with self.page.expect_response(lambda answer: "/restart" in answer.url):
            self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        expect(self.panel.locator(READY)).to_be_visible()

    def save(self) -> None:
        """Ctrl+S."""
        with self.page.expect_response(_saves):
            self.press("Control+s")

    def problems(self) -> list[str]:
        """The errors on the page, and the prompts without a name."""
        return [*self.ask(scripts.WRONG), *self.ask(scripts.NAMELESS)]

    def wait_for_pictures(self) -> None:
        """Until each diagram is drawn."""
        self.page.wait_for_function(scripts.DRAWN, arg=self.panel.element_handle())

    def ask(self, script: str) -> list[Any]:
        """Have the page answer something about this notebook."""
        return list(self.panel.evaluate(script))


def _number(cell: ElementHandle) -> str | None:
    prompt = cell.query_selector(".jp-InputPrompt")
    return prompt.text_content() if prompt else None


def _starts_a_kernel(answer: Response) -> bool:
    return answer.request.method == "POST" and "/api/sessions?" in answer.url


def _saves(answer: Response) -> bool:
    return answer.request.method == "PUT" and "/api/contents/" in answer.url
