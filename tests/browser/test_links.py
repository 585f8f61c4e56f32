"""Every link of every notebook, followed by a click."""

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import tutorials
from lab import Lab
from playwright.sync_api import expect
from reader import Notebook

LINKS = ".jp-RenderedMarkdown a[href]:not(.jp-InternalAnchorLink), .jp-RenderedHTML a[href]"
PANELS = {".ipynb": ".jp-NotebookPanel", ".md": ".jp-MarkdownViewer", ".py": ".jp-FileEditor"}
PANELS[".yaml"] = PANELS[".py"]
WEB = re.compile(r"https://[a-z0-9.-]+\.[a-z]{2,}(/[^\s]*)?")


@pytest.mark.parametrize("name", tutorials.NAMES)
def test_links_lead_somewhere(name: str, lab: Lab, opened: Callable[..., Notebook]) -> None:
    notebook = opened(name, layout="lab")
    links = notebook.panel.locator(LINKS)
    cells = nbformat.read(lab.original(name), as_version=4).cells
    written = "".join(cell.source for cell in cells if cell.cell_type == "markdown")
    expect(links).to_have_count(len(re.findall(r"\]\([^)#][^)]*\)", written)))
    for number in range(links.count()):
        link = links.nth(number)
        target = str(link.get_attribute("href"))
        if target.startswith("https:"):
            assert WEB.fullmatch(target), target
            continue
        file = Path(target.partition("?")[0].partition("#")[0])
        link.click()
        tab = notebook.page.locator(".lm-DockPanel-tabBar .lm-mod-current", has_text=file.name)
        expect(tab).to_be_visible()
        expect(notebook.page.locator(f"{PANELS[file.suffix]}:visible")).to_be_visible()
        expect(notebook.page.locator(".jp-Dialog")).to_have_count(0)
        notebook.page.get_by_role("tab", name=f"{Path(name).name}.ipynb").click()
