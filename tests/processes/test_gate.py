"""The gate that notebooks pass, pytest --nbval: what turns it red, and what does not."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from execute_notebooks import NOTEBOOKS, TUTORIALS
from test_notebooks import PROJECT, code_cells, read


def nbval(notebook: Any, folder: Path) -> str:
    """What the gate says of a notebook."""
    shutil.copy(NOTEBOOKS / "conftest.py", folder)
    path = folder / "changed.ipynb"
    nbformat.write(notebook, path)
    command = [sys.executable, "-m", "pytest", "--nbval", "-c", "pyproject.toml", str(path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    return done.stdout


def test_a_changed_output_turns_the_gate_red(tmp_path: Path) -> None:
    notebook = read(TUTORIALS[2])
    notebook.cells = notebook.cells[:3]  # up to the known users
    assert " passed" in (told := nbval(notebook, tmp_path)), told
    assert " failed" not in told
    for part in ("text/plain", "text/html"):
        data = code_cells(notebook)[-1].outputs[0].data
        data[part] = data[part].replace("test_user_2", "test_user_4")
    assert "1 failed" in nbval(notebook, tmp_path)


def test_a_drawing_that_jupyterlab_left_or_did_not_leave_is_not_compared(tmp_path: Path) -> None:
    drawn = {"text/vnd.mermaid": "graph LR; a-->b", "image/svg+xml": "<svg/>"}
    plain = {"text/vnd.mermaid": "graph LR; a-->b"}
    other = {"text/vnd.mermaid": "graph LR; a-->c"}
    notebook = nbformat.v4.new_notebook()
    for stored, made in [(drawn, plain), (plain, drawn), (plain, other)]:
        output = nbformat.v4.new_output("display_data", stored)
        source = f"display({made}, raw=True)"
        cell = nbformat.v4.new_code_cell(source, execution_count=1, outputs=[output])
        notebook.cells.append(cell)
    told = nbval(notebook, tmp_path)
    assert "1 failed, 2 passed" in told, told
