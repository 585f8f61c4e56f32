"""For those who use no mouse."""

from collections.abc import Callable

import tutorials
from lab import Lab
from playwright.sync_api import Locator, expect
from reader import Notebook

PASSWORD = "Typed-by-hand-2"
SETTING = "cognito.admin_set_user_password(pool_id, name"
CLEAN_UP = "cleanup.clean_up(clean.agreed())"


def tab_back_to(notebook: Notebook, field: Locator) -> None:
    for _ in range(5):
        notebook.press("Shift+Tab")
        if field.evaluate("element => element === document.activeElement"):
            return
    expect(field).to_be_focused()


def test_by_keyboard_alone(lab: Lab, opened: Callable[[str], Notebook]) -> None:
    notebook = opened("03_activity_log")
    notebook.walk_to(SETTING)
    tab_back_to(notebook, notebook.field("Password"))
    notebook.page.keyboard.insert_text(PASSWORD)
    tab_back_to(notebook, notebook.field("Known user"))
    notebook.press("Space", "ArrowDown", "Enter", "ArrowDown")
    notebook.walk_to(SETTING)
    notebook.step()
    expect(notebook.output(SETTING)).to_contain_text("test_user_2")
    notebook.walk_to(CLEAN_UP)
    tab_back_to(notebook, notebook.field("Clean up"))
    notebook.press("Space", "ArrowDown")
    notebook.step()
    expect(notebook.output(CLEAN_UP)).to_contain_text("kept")
    notebook.press("ArrowUp")
    tab_back_to(notebook, notebook.field("Clean up"))
    notebook.press("Space", "ArrowDown")
    notebook.step()
    tutorials.check(notebook, lab)
    notebook.save()
    assert PASSWORD not in lab.saved(notebook.name)
