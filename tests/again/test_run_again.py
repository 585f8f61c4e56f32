"""The notebooks run again: each cell twice, after the clean-up, and with the solutions put in."""

import copy
from pathlib import Path
from typing import Any

import nbformat
import pytest
from execute_notebooks import NOTEBOOKS, TUTORIALS, execute
from test_notebooks import code_cells, failed, read, secrets

from helpers import cleanup, exercises

EXERCISES = [
    ("01_auto_confirm", "confirm_the_invited"),
    ("02_migrate_user", "keep_the_password"),
    ("03_activity_log", "count_failed_tries"),
    ("more/04_second_factor", "tell_the_second_factor"),
    ("more/05_lambda_basics", "calculate_safely"),
    ("more/06_event_sources", "stop_at_the_first"),
    ("more/07_http_api", "keep_addresses_back"),
    ("more/08_test_your_own", "departments_too"),
]
NEARLY = [  # a change of a solution, and what is to be told of it
    ("more/05_lambda_basics", "calculate_safely", "return {", "{", "no answer, but None"),
    (
        "more/08_test_your_own",
        "departments_too",
        'f".{OURS}"',
        'f"eu.{OURS}"',
        "gil@us.example.com",
    ),
    ("more/08_test_your_own", "departments_too", "return event", "", "Invalid JSON"),
]
STILL_WORK = {"more/06_event_sources"}  # its cells need the stack alone, and that stays
GIVEN = {"PASSWORD": "Given-by-a-test-1", "CLEAN_UP": "no"}


def solution_of(name: str) -> str:
    return (NOTEBOOKS / "solutions" / f"{name}.py").read_text("utf-8")


def backwards(name: str, path: Path) -> tuple[list[Any], list[str]]:
    """Run all, and then each cell again, from the last to the first, so that none helps the next.

    The cells, and what the errors told. Handlers are left out: the last one of them stays.
    """
    notebook = read(NOTEBOOKS / f"{name}.ipynb")
    cells = code_cells(notebook)
    again = [copy.deepcopy(each) for each in cells if not each.source.startswith("%%handler")]
    notebook.cells = [*cells, *reversed(again)]
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    nbformat.write(notebook, path)
    done = execute(path, allow_errors=True).cells
    assert not failed(nbformat.v4.new_notebook(cells=done[: len(cells)]))
    outputs = [output for cell in done for output in cell.outputs]
    return done, ["\n".join(o.traceback) for o in outputs if o.output_type == "error"]


@pytest.mark.parametrize("name", [name for name, _ in EXERCISES])
def test_after_a_clean_up_each_cell_still_works_or_says_where_to_begin(
    name: str, tmp_path: Path
) -> None:
    _, told = backwards(name, tmp_path / "again.ipynb")
    assert told or name in STILL_WORK
    assert [text for text in told if not text.endswith(cleanup.AFTERWARDS)] == []


@pytest.mark.parametrize("name", [name for name, _ in EXERCISES])
def test_without_a_clean_up_each_cell_still_works_or_says_what_to_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEAN_UP", "no")
    _, told = backwards(name, tmp_path / "again.ipynb")
    for text in told:
        assert len(text.splitlines()) == 1, text
        assert "Run " in text or "What to do: " in text, text


def test_who_goes_back_with_an_app_that_is_set_up_is_told_to_go_on(tmp_path: Path) -> None:
    notebook = read(NOTEBOOKS / "more/04_second_factor.ipynb")
    cells = code_cells(notebook)
    asking = next(n for n, cell in enumerate(cells) if "prompts.ask_digits" in cell.source)
    set_up = cells[asking : asking + 2]
    notebook.cells = [*cells[:asking], *set_up, *copy.deepcopy(set_up)]
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    nbformat.write(notebook, path := tmp_path / "back.ipynb")
    *_, asked_again, after = execute(path).cells
    assert "Your app is set up already." in str(asked_again.outputs)
    assert "Tokens(" in str(after.outputs)


def solved(name: str, answer: str, path: Path) -> str:
    """What the exercise says to this answer."""
    notebook = read(NOTEBOOKS / f"{name}.ipynb")
    number, check = next(
        (n, cell) for n, cell in enumerate(notebook.cells) if "exercises.check(" in cell.source
    )
    assert "Not yet: " in nbformat.writes(check), "the starter is no solution"
    starter = next(c for c in notebook.cells[number::-1] if c.source.startswith("%%handler"))
    starter.source = "\n".join([starter.source.splitlines()[0], answer])
    nbformat.write(notebook, path)
    return str(nbformat.writes(execute(path).cells[number]))


@pytest.mark.parametrize(("name", "solution"), EXERCISES)
def test_the_solution_makes_the_exercise_right(name: str, solution: str, tmp_path: Path) -> None:
    told = solved(name, solution_of(solution), tmp_path / "solved.ipynb")
    assert exercises.RIGHT in told
    assert "Not yet: " not in told


@pytest.mark.parametrize(("name", "solution", "before", "after", "why"), NEARLY)
def test_what_is_nearly_a_solution_is_told_what_is_wrong(
    name: str, solution: str, before: str, after: str, why: str, tmp_path: Path
) -> None:
    code = solution_of(solution)
    assert before in code
    told = solved(name, code.replace(before, after), tmp_path / "nearly.ipynb")
    assert exercises.RIGHT not in told
    assert why in told


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_each_cell_can_run_twice_and_the_whole_again(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without cleaning up in between, with the reader's own password, and with widget state."""
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    notebook = read(path)
    once = copy.deepcopy(notebook.cells)
    notebook.cells = [copy.deepcopy(cell) for cell in once for _ in range(2)] + once
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    twice = tmp_path / "twice.ipynb"
    nbformat.write(notebook, twice)
    done = execute(twice, store_widget_state=True)
    assert done.metadata["widgets"], "there was no widget state to look at"
    assert not failed(done)
    assert not secrets(done)
    assert GIVEN["PASSWORD"] not in nbformat.writes(done)
