"""What JupyterLab writes into a file when a reader saves it leaves the outputs' check green."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import tutorials
from lab import Lab
from reader import Notebook

PROJECT = Path(__file__).parents[2]


def compare_outputs(saved: Path) -> None:
    """Run what was saved, as the README says."""
    command = [sys.executable, "-m", "pytest", "--nbval", "-c", "pyproject.toml"]
    done = subprocess.run([*command, saved], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def save_when_drawn(notebook: Notebook, lab: Lab) -> None:
    notebook.wait_for_pictures()
    notebook.save()
    drawings = lab.saved(notebook.name).count('"image/svg+xml"')
    assert drawings >= tutorials.recorded(notebook, lab), "JupyterLab left no drawing"


def test_opened_and_saved(lab: Lab, opened: Callable[[str], Notebook]) -> None:
    name = tutorials.NAMES[0]
    shutil.copy(lab.original(name), lab.notebooks)
    save_when_drawn(opened(name), lab)
    compare_outputs(lab.notebooks / f"{name}.ipynb")
