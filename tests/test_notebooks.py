"""The notebooks' files: run, clean, and in shape. (What they print, pytest --nbval compares.)"""

import copy
import re
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from execute_notebooks import TUTORIALS, WIDGET, joined

PROJECT = Path(__file__).parents[1]
SECRETS = {
    "a token": r"((?<![\w+/])|(?<=\\[nrt]))eyJ[\w-]{9}",  # not in the middle of a picture
    "a code": r"(?<![\w.-])\d{6}(?![\w-]|\.\d)",
    "an account": r"(?<![\w-])(?!123456789012)\d{12}(?![\w-])|A[KS]IA[A-Z0-9]{16}",
    "a path of a machine": r"(?<![\w.:/])/(home|Users|root|tmp|work|mnt|opt|private)/|[A-Z]:\\\\",
}


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def not_run(notebook: Any) -> list[str]:
    counts = [cell.execution_count for cell in code_cells(notebook)]
    return [] if counts == list(range(1, len(counts) + 1)) else [f"executed as {counts}"]


def failed(notebook: Any) -> list[str]:
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    wrong = [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]
    return [nbformat.NotebookNode(output).get("text", "an error") for output in wrong]


def torn(notebook: Any) -> list[str]:
    """JupyterLab counts what was printed in two goes as one, and saves its diagram over another."""
    cells = copy.deepcopy(code_cells(notebook))
    return [cell.source for cell in cells if len(joined(cell.outputs)) < len(cell.outputs)]


def widgets(notebook: Any) -> list[str]:
    text = nbformat.writes(notebook)
    return [name for name in (WIDGET, "widget-state") if name in text]


def secrets(notebook: Any) -> list[str]:
    text = re.sub(r'"id": "[^"]*"', "", nbformat.writes(notebook))
    return [
        f"{name}: {found[0]}" for name, rule in SECRETS.items() if (found := re.search(rule, text))
    ]


def ignored_outputs(notebook: Any) -> list[str]:
    tags = [tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])]
    return tags if len(tags) > 2 else []


def out_of_shape(notebook: Any) -> list[str]:
    """A prediction is a question to the reader, so it is not what makes a page heavy with code."""
    code = code_cells(notebook)
    asked = sum("prompts.predict(" in cell.source for cell in code)
    lines = sorted(len(cell.source.splitlines()) for cell in code)
    prose = 1 - (len(code) - asked) / len(notebook.cells)
    found = {
        "cells": 25 <= len(notebook.cells) <= 36,
        "prose": 0.45 <= prose <= 0.65,
        "median": statistics.median(lines) <= 7,
        "p90": statistics.quantiles(lines, n=10)[-1] <= 15,
        "longest": lines[-1] <= 20,
    }
    return [name for name, kept in found.items() if not kept]


CHECKS: list[Callable[[Any], list[str]]] = [
    not_run,
    failed,
    torn,
    widgets,
    secrets,
    ignored_outputs,
    out_of_shape,
]


def unrun(notebook: Any) -> None:
    code_cells(notebook)[3].execution_count = None


def error(notebook: Any) -> None:
    code_cells(notebook)[3].outputs = [nbformat.v4.new_output("error", ename="E", evalue="")]


def warning(notebook: Any) -> None:
    code_cells(notebook)[3].outputs = [nbformat.v4.new_output("stream", name="stderr", text="Oh.")]


def two_goes(notebook: Any) -> None:
    printed = nbformat.v4.new_output("stream", text="Oh.")
    code_cells(notebook)[3].outputs = [printed, copy.deepcopy(printed)]


def widget_state(notebook: Any) -> None:
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}


def printing(text: str) -> Callable[[Any], None]:
    def change(notebook: Any) -> None:
        code_cells(notebook)[3].outputs = [nbformat.v4.new_output("stream", text=text)]

    return change


def three_tags(notebook: Any) -> None:
    for cell in code_cells(notebook)[:3]:
        cell.metadata["tags"] = ["nbval-ignore-output"]


def long_cell(notebook: Any) -> None:
    code_cells(notebook)[3].source = "x = 1\n" * 21


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
@pytest.mark.parametrize("check", CHECKS)
def test_nothing_is_wrong_with_the_file(check: Callable[[Any], list[str]], path: Path) -> None:
    assert check(read(path)) == []


@pytest.mark.parametrize(
    ("check", "change"),
    [
        (not_run, unrun),
        (failed, error),
        (failed, warning),
        (torn, two_goes),
        (widgets, widget_state),
        (secrets, printing("eyJraWQiOiJhYmMi")),
        (secrets, printing("access: 'eyJraWQiOiJhYmMi'")),
        (secrets, printing("The code is 123456.\n")),
        (secrets, printing("arn:aws:iam::210987654321:user/ann")),
        (secrets, printing("AKIAIOSFODNN7EXAMPLE")),
        (secrets, printing('File "/home/ann/notebook.py"')),
        (ignored_outputs, three_tags),
        (out_of_shape, long_cell),
    ],
)
def test_each_check_can_fail(
    check: Callable[[Any], list[str]], change: Callable[[Any], None]
) -> None:
    notebook = copy.deepcopy(read(TUTORIALS[0]))
    change(notebook)
    assert check(notebook)


def test_a_picture_is_no_token() -> None:
    picture = {"image/png": "iVBORw0KeyJDkjMjsyzhKGgo="}
    notebook = nbformat.v4.new_notebook()
    output = nbformat.v4.new_output("display_data", picture)
    notebook.cells.append(nbformat.v4.new_code_cell(outputs=[output]))
    assert not secrets(notebook)


def test_three_tutorials_that_lead_from_one_to_the_next() -> None:
    three = TUTORIALS[:3]
    names = [path.name for path in three]
    assert names == ["01_auto_confirm.ipynb", "02_migrate_user.ipynb", "03_activity_log.ipynb"]
    for path, after in zip(three, [*names[1:], names[0]], strict=True):
        assert f"]({after})" in read(path).cells[-1].source


def test_more_of_them_each_of_which_leads_on() -> None:
    for path in TUTORIALS[3:]:
        assert path.parent.name == "more"
        assert re.search(r"\[\d · .*\]\(.*\.ipynb\)", read(path).cells[-1].source), path.name


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_sequence_is_planned_and_recorded(path: Path) -> None:
    notebook = read(path)
    assert "accTitle: Planned: " in notebook.cells[0].source
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    assert any("text/vnd.mermaid" in output.get("data", {}) for output in outputs)


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", "\n".join(c.source for c in read(path).cells)):
        assert (path.parent / target).exists(), target
