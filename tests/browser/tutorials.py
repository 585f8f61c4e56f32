"""What should be on the page: what the tutorials' author saw, and left in their files."""

import re

import nbformat
import scripts
from lab import Lab
from playwright.sync_api import expect
from reader import Notebook

READABLE = 4.5  # the contrast that the Web Content Accessibility Guidelines ask for
NAMES = ["01_auto_confirm", "02_migrate_user", "03_activity_log", "more/04_second_factor"]
NAMES += ["more/05_lambda_basics", "more/06_event_sources", "more/07_http_api"]
NAMES += ["more/08_test_your_own"]


def check(notebook: Notebook, lab: Lab, trusted: bool = True) -> None:
    """Is all on the page that its author saw, and nothing wrong?"""
    assert notebook.problems() == []
    cells = _cells(notebook, lab)
    assert notebook.ask(scripts.HEADS) == _tables(cells)
    planned = sum(cell.source.count("```mermaid") for cell in cells)
    expect(notebook.diagrams).to_have_count(planned + recorded(notebook, lab))
    timelines = len(_shown(cells, "image/svg+xml")) if trusted else 0
    expect(notebook.timelines).to_have_count(timelines)
    notebook.wait_for_pictures()
    faint = [text for text, contrast in notebook.ask(scripts.CONTRASTS) if contrast < READABLE]
    assert faint == []


def recorded(notebook: Notebook, lab: Lab) -> int:
    """How many diagrams of what happened are on the page."""
    return len(_shown(_cells(notebook, lab), "text/vnd.mermaid"))


def lines_of_code(notebook: Notebook, lab: Lab) -> list[int]:
    """How many lines each code has that is shown."""
    shown = "\n".join(_shown(_cells(notebook, lab), "text/markdown"))
    return [code.count("\n") for code in re.findall(r"```python\n(.*?)```", shown, re.DOTALL)]


def _cells(notebook: Notebook, lab: Lab) -> list[nbformat.NotebookNode]:
    return list(nbformat.read(lab.original(notebook.name), as_version=4).cells)


def _tables(cells: list[nbformat.NotebookNode]) -> list[list[str]]:
    """The heads of the tables, in their order."""
    shown = "".join(_shown(cells, "text/html"))
    return [re.findall(r"<th[^>]*>(.*?)</th>", table) for table in shown.split("<table")[1:]]


def _shown(cells: list[nbformat.NotebookNode], kind: str) -> list[str]:
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return [output.data[kind] for output in outputs if kind in output.get("data", {})]
