"""Narrow windows, with the file browser open: nothing is cut, and no word is torn."""

from collections.abc import Callable

import pytest
import scripts
from lab import THEME, Lab
from reader import Notebook

from helpers import experiments

FIRST, FOURTH = ("01_auto_confirm", "auto_confirm"), ("more/04_second_factor", "note_trigger")
CASES = [(900, "Light", *FIRST), (1280, "Dark", *FIRST), (900, "Dark", *FOURTH)]


@pytest.mark.parametrize(("width", "theme", "name", "handler"), CASES)
def test_a_narrow_window(
    width: int, theme: str, name: str, handler: str, lab: Lab, opened: Callable[..., Notebook]
) -> None:
    lab.set(THEME, theme=f"JupyterLab {theme}")
    notebook = opened(name, layout="lab")
    notebook.page.set_viewport_size({"width": width, "height": 900})
    notebook.run_all()
    notebook.wait_for_pictures()
    source = experiments.source(handler).code
    assert notebook.ask(scripts.LINES_OF_CODE) == [len(source.splitlines())]
    assert notebook.ask(scripts.CUT) == []
    assert notebook.ask(scripts.TORN) == []
