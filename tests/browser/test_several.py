"""Two notebooks at once, and one before anything is run."""

import shutil
from collections.abc import Callable

import tutorials
from lab import Lab
from reader import Notebook


def test_two_notebooks_run_at_once(lab: Lab, opened: Callable[..., Notebook]) -> None:
    """The second is opened by the link at the end of the first, which is still running."""
    first = opened("01_auto_confirm", layout="lab")
    first_ended = first.start_all()
    link = first.panel.get_by_role("link", name="2 · Automatically migrate known users")
    second = Notebook(first.page, "02_migrate_user", link.click)
    second.run_all()
    tutorials.check(second, lab)
    first_ended()
    first.page.get_by_role("tab", name="01_auto_confirm.ipynb").click()
    tutorials.check(first, lab)


def test_a_notebook_can_be_read_before_it_is_run(
    lab: Lab, opened: Callable[[str], Notebook]
) -> None:
    """The author's outputs: of the timeline its text, since nobody trusts the file yet."""
    shutil.copy(lab.original("01_auto_confirm"), lab.notebooks)
    tutorials.check(opened("01_auto_confirm"), lab, trusted=False)
