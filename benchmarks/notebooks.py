"""What the tutorials cost beside notebooks that only import the same libraries."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import start_new_kernel

from benchmarks.rows import Row

PROJECT = Path(__file__).parents[1]
NOTEBOOKS = PROJECT / "notebooks"
TUTORIALS = [*sorted(NOTEBOOKS.glob("*.ipynb")), *sorted(NOTEBOOKS.glob("more/*.ipynb"))]
IMPORTS = "import boto3\nimport pandas as pd\nimport ipywidgets"
TABLE = 'pd.DataFrame([("one", "two")], columns=["Output", "Value"])'
ROUNDS = 5
ANY_OUTPUT = "# NBVAL_IGNORE_OUTPUT\n"


def notebook(folder: Path, name: str, *sources: str) -> Path:
    """A notebook that was run, as far as nbval can tell."""
    cells = [
        nbformat.v4.new_code_cell(source, execution_count=number)
        for number, source in enumerate(sources, 1)
    ]
    path = folder / f"{name}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def headless(paths: list[Path]) -> float:
    """Seconds that nbval takes for these notebooks."""
    command = [sys.executable, "-m", "pytest", "--nbval", "-c", "pyproject.toml", *map(str, paths)]
    start = time.perf_counter()
    subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


@contextmanager
def kernel() -> Iterator[tuple[int, Any]]:
    """A kernel in the notebooks' folder: its process, and a client of it."""
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(NOTEBOOKS))
    try:
        yield manager.provisioner.pid, client  # type: ignore[union-attr]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def sources(notebook: Path) -> list[str]:
    """The code of the notebook's cells."""
    cells = nbformat.read(notebook, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def opening(tutorial: Path) -> list[str]:
    """The two cells that start a sandbox and deploy the stack, or make a function."""
    return [ANY_OUTPUT + source for source in sources(tutorial)[:2]]


def first_table(cells: list[str]) -> float:
    """Seconds from Run All, in a kernel that is ready, to the first table."""
    seen: list[float] = []

    def look(message: dict[str, Any]) -> None:
        if "<table" in message["content"].get("data", {}).get("text/html", ""):
            seen.append(time.perf_counter())

    with kernel() as (_, client):
        start = time.perf_counter()
        for source in cells:
            if not seen:
                client.execute_interactive(source, output_hook=look, timeout=60)
    return seen[0] - start


def rows() -> Iterator[Row]:
    """The tutorials headless, and what a reader waits for first."""
    with tempfile.TemporaryDirectory() as folder:
        floor = [notebook(Path(folder), f"import_{n}", IMPORTS) for n in range(len(TUTORIALS))]
        start = [notebook(Path(folder), path.stem, *opening(path)) for path in TUTORIALS]
        runs = [(headless(TUTORIALS), headless(floor)) for _ in range(ROUNDS)]
        starts = [(headless(start), headless(floor)) for _ in range(ROUNDS)]
    yield Row("the tutorials under nbval, against imports alone", runs, 1.6)
    yield Row("their first two cells under nbval, against the same", starts, 2.0)
    tables = [
        (first_table(sources(TUTORIALS[0])), first_table([IMPORTS, TABLE])) for _ in range(ROUNDS)
    ]
    yield Row("Run All to the first table, against one of pandas", tables, 2.0)
