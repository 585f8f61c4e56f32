"""Narrow windows, with the file browser open: nothing is cut, and no word is torn."""

from collections.abc import Callable

import pytest
import scripts
import tutorials
from lab import THEME, Lab
from reader import Notebook

WIDTHS = (900, 1280)
THEMES = ("Light", "Dark")


@pytest.mark.parametrize(("place", "name"), list(enumerate(tutorials.NAMES)))
def test_a_narrow_window(place: int, name: str, lab: Lab, opened: Callable[..., Notebook]) -> None:
    lab.set(THEME, theme=f"JupyterLab {THEMES[place % 2]}")
    notebook = opened(name, layout="lab")
    for width in WIDTHS:
        notebook.page.set_viewport_size({"width": width, "height": 900})
        if width == WIDTHS[0]:
            notebook.run_all()
        notebook.wait_for_pictures()
        assert notebook.ask(scripts.LINES_OF_CODE) == tutorials.lines_of_code(notebook, lab)
        assert notebook.ask(scripts.CUT) == []
        assert notebook.ask(scripts.TORN) == []
