"""A run that stops at a cell: below it nothing of an earlier run looks as if it held."""

from collections.abc import Callable

from playwright.sync_api import expect
from reader import Notebook

WEAK, SIGNING_IN = "weakling", "cognito.admin_set_user_password(pool_id, name"
BELOW = """panel => {
    const cells = [...panel.querySelectorAll(".jp-CodeCell")];
    const error = '[data-mime-type="application/vnd.jupyter.stderr"]';
    const failed = cells.findIndex(cell => cell.querySelector(error));
    return cells.slice(failed + 1).map(
        cell => cell.querySelector(".jp-OutputArea").innerText.trim()
    );
}"""


def test_run_all_that_stops_leaves_nothing_of_the_run_before(
    opened: Callable[[str], Notebook],
) -> None:
    notebook = opened("03_activity_log")
    notebook.run_all()
    assert notebook.problems() == []
    notebook.field("Password").fill(WEAK)
    notebook.field("Password").press("Tab")
    notebook.run_all()
    expect(notebook.output(SIGNING_IN)).to_contain_text("Password: it needs an uppercase letter")
    expect(notebook.output(SIGNING_IN)).not_to_contain_text("CONFIRMED")
    below = notebook.ask(BELOW)
    assert len(below) > 10
    assert set(below) == {""}
