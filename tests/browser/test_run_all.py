"""Nothing is typed, only Run All is chosen; in the dark theme, since the other tests are light."""

from collections.abc import Callable

import pytest
import tutorials
from lab import THEME, Lab
from playwright.sync_api import expect
from reader import Notebook
from test_saved import compare_outputs, save_when_drawn


@pytest.mark.parametrize("name", tutorials.NAMES)
def test_run_all_after_a_restart_in_the_middle_and_again_and_saved(
    name: str, lab: Lab, opened: Callable[[str], Notebook]
) -> None:
    lab.set(THEME, theme="JupyterLab Dark")
    notebook = opened(name)
    expect(notebook.page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    notebook.walk_to_middle()
    notebook.restart()
    for _ in range(2):
        notebook.run_all()
        tutorials.check(notebook, lab)
    save_when_drawn(notebook, lab)
    compare_outputs(lab.notebooks / f"{name}.ipynb")
