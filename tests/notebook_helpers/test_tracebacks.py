"""What the Stop button and unknown names leave on the page, in a real kernel."""

import re
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

SETUP = """
import os, signal, threading
from helpers import cloud, stack
cloud.connect()
def stop_soon():
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
"""
WAIT = 'cloud.client("lambda").get_waiter("function_exists").wait(FunctionName="nobody")'
HELPER = "stop_soon()\n\nstack.deploy()"
BOTO3 = f"stop_soon()\n{WAIT}"
OWN = "stop_soon()\nwhile True:\n    pass"
UNKNOWN = "print(pool_id)"
MISLED = 'from helpers import show\n\nshow.event(5, {"a": "b"})'
WITHIN = "def typo():\n    return pool_ids\n\n\ntypo()"
COLOUR = re.compile(r"\x1b\[[\d;]*m")
FROM_ABOVE = "If it comes from a cell above, run that first."


@pytest.fixture(scope="module")
def shown() -> dict[str, list[str]]:
    """What is shown for each cell that failed, line by line."""
    sources = [SETUP, HELPER, BOTO3, OWN, UNKNOWN, WITHIN, MISLED]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
        patch.setenv("JUPYTER_PATH", str(Path(sys.prefix) / "share" / "jupyter"))
        NotebookClient(notebook, timeout=60, kernel_name="python3", allow_errors=True).execute()
    return {
        cell.source: [
            COLOUR.sub("", line)
            for output in cell.outputs
            if output.output_type == "error"
            for part in output.traceback
            for line in part.splitlines()
        ]
        for cell in cells
    }


@pytest.mark.parametrize(
    ("source", "place"), [(HELPER, "line 3: stack.deploy()"), (BOTO3, f"line 2: {WAIT}")]
)
def test_a_call_is_told_in_one_line(source: str, place: str, shown: dict[str, list[str]]) -> None:
    (line,) = shown[source]
    assert line == f"KeyboardInterrupt: this cell was stopped. Run it again; it was at {place}"


def test_a_helper_that_was_misled_is_told_in_one_line(shown: dict[str, list[str]]) -> None:
    (line,) = shown[MISLED]
    asked = "Was show.event given what help(show.event) asks for?"
    assert line.endswith(f'{asked} It was at line 3: show.event(5, {{"a": "b"}})')


def test_code_of_the_readers_own_is_told_as_ever(shown: dict[str, list[str]]) -> None:
    assert len(shown[OWN]) > 1
    assert "run it again" not in " ".join(shown[OWN]).lower()


def test_a_name_that_a_cell_above_may_give_is_told(shown: dict[str, list[str]]) -> None:
    assert shown[UNKNOWN][-2:] == ["NameError: name 'pool_id' is not defined", FROM_ABOVE]


def test_a_name_in_a_function_is_told_as_ever(shown: dict[str, list[str]]) -> None:
    assert shown[WITHIN][-1] == "NameError: name 'pool_ids' is not defined"
