"""The six digits of the authenticator on the page, in a real kernel: they tick, and end."""

import re
from typing import Any

import nbformat
from nbclient import NotebookClient

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
SPELLED = "GEZD GNBV"
PNG = "iVBORw0KGgo"  # how each such picture begins, in base64
SIX = re.compile(r"\b\d{3} \d{3}\b")
PREPARE = """
import time
from helpers import cloud, prompts
from helpers._inner import authenticators
from helpers._inner.authenticators import HIDDEN

def eventually(check):
    end = time.monotonic() + 20
    while not (value := check()) and time.monotonic() < end:
        time.sleep(0.05)
    return value
"""
ASK = f"digits = prompts.ask_digits({SECRET!r}, 'ann')\ndigits"


def run(*cells: str, state: bool = False) -> tuple[list[Any], Any]:
    """What each cell left in a real kernel, and the whole notebook as it would be stored."""
    sources = [PREPARE, *cells]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    NotebookClient(notebook, timeout=60, kernel_name="python3", store_widget_state=state).execute()
    return [cell["outputs"] for cell in notebook["cells"][1:]], notebook


def test_on_the_page_they_tick_until_they_are_used() -> None:
    shown, used = "digits._app._digits.value", "digits._app._over.is_set()"
    outputs, _ = run(
        ASK,
        f"print({shown})\nfirst = {shown}\nprint(eventually(lambda: {shown} != first))",
        f"_ = digits.read()\nprint(HIDDEN in {shown}, {used}, digits._set_up)",
        "digits",
    )
    (asked,), ticking, (read,), (again,) = outputs
    ticked = "".join(output["text"] for output in ticking)
    assert asked["data"]["text/plain"] == "Six digits:"
    assert "image/png" in asked["data"]
    assert SIX.search(ticked)
    assert re.search(r"\b\d\d? s left", ticked)
    assert ticked.endswith("True\n")
    assert read["text"] == "True True None\n"
    assert "image/png" not in again["data"]


def test_who_looks_away_finds_them_hidden_and_nothing_running() -> None:
    shown = "digits._app._digits.value"
    (_, (told,), (pressed,)), _ = run(
        f"import threading\nthreads = threading.active_count()\n"
        f"authenticators.SHOWN_FOR = 0.1\n{ASK}",
        f"hidden = eventually(lambda: HIDDEN in {shown})\n"
        "print(hidden, eventually(lambda: threading.active_count() <= threads))",
        f"authenticators.SHOWN_FOR = 60\ndigits._app._button.click()\nprint(HIDDEN in {shown})",
    )
    assert told["text"] == "True True\n"
    assert pressed["text"] == "False\n"


def test_once_used_nothing_of_it_is_saved_even_with_the_state_of_widgets() -> None:
    _, notebook = run(ASK, "_ = digits.read()", state=True)
    state = str(notebook["metadata"]["widgets"])
    assert "Six digits" in state, "there was no state to look at"
    assert not SIX.search(state)
    assert not re.search(r"\b\d{6}\b", state)
    assert SECRET not in state
    assert SPELLED not in state
    assert PNG not in state
