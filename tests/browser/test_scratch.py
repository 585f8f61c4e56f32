"""A notebook of the reader's own, and what is wrong with one."""

import re
from collections.abc import Callable
from pathlib import Path

from lab import Lab
from playwright.sync_api import expect
from reader import Notebook

PAGE = Path(__file__).parents[2] / "docs" / "scratch-cells.md"
DISPLAY = "from IPython.display import display\ndisplay({%r: %r}, raw=True)"


def test_the_example_of_the_readme(lab: Lab, opened: Callable[[str], Notebook]) -> None:
    example = re.search(r"```python\n(from helpers import.*?)```", PAGE.read_text("utf-8"), re.S)
    assert example
    lab.write("scratch", example[1])
    notebook = opened("scratch")
    notebook.step()
    expect(notebook.output("stack.deploy()")).to_contain_text("confirmed, no code was sent")
    assert notebook.problems() == []


def test_what_is_wrong_is_seen(lab: Lab, opened: Callable[[str], Notebook]) -> None:
    """Else, all the other tests would prove nothing."""
    sources = ["1 / 0", "import sys; print('Oh.', file=sys.stderr)"]
    sources += [
        DISPLAY % ("text/vnd.mermaid", "no diagram"),
        "import ipywidgets; ipywidgets.Text()",
    ]
    lab.write("wrong", *sources)
    notebook = opened("wrong")
    for _ in sources:
        notebook.step()
    expect(notebook.panel.locator(".jp-RenderedMermaid.jp-mod-warning")).to_be_visible()
    expect(notebook.panel.locator(".jp-OutputArea input")).to_be_visible()
    told = notebook.problems()
    assert len(told) == len(sources), told
