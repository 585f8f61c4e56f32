"""Narrow windows, with the file browser open: nothing is cut, and no word is torn."""

from collections.abc import Callable

import pytest
import scripts
from lab import THEME, Lab
from reader import Notebook

from helpers import experiments

CASES = [(900, "Light"), (1280, "Dark")]


@pytest.fixture(params=CASES, ids=lambda case: str(case[0]))
def notebook(request: pytest.FixtureRequest, lab: Lab, opened: Callable[..., Notebook]) -> Notebook:
    width, theme = request.param
    lab.set(THEME, theme=f"JupyterLab {theme}")
    notebook = opened("01_auto_confirm", layout="lab")
    notebook.page.set_viewport_size({"width": width, "height": 900})
    return notebook


def test_a_narrow_window(notebook: Notebook) -> None:
    notebook.run_all()
    notebook.wait_for_pictures()
    source = experiments.source("auto_confirm").code
    assert notebook.ask(scripts.LINES_OF_CODE) == [len(source.splitlines())]
    assert notebook.ask(scripts.CUT) == []
    assert notebook.ask(scripts.TORN) == []
