"""Somebody who runs notebooks from the top, cell by cell, and sees what they show."""

import io
import json
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from interrupter import WAYS, Hit, Interrupter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from helpers.errors import HelpersError

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
STACK = [
    "from helpers import cloud, stack\ncloud.connect()",
    "stack.deploy()",
    "stack.delete()",
    "stack.leftovers()",
]
FROM_TOP = "Run the notebook from the top."


def scenarios() -> dict[str, list[str]]:
    """The code cells of each notebook, and the life of the stack."""
    paths = [*sorted(NOTEBOOKS.glob("*.ipynb")), *sorted(NOTEBOOKS.glob("more/*.ipynb"))]
    return {path.stem: _code_cells(path) for path in paths} | {"stack": STACK}


def _code_cells(path: Path) -> list[str]:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


@dataclass(frozen=True)
class Told:
    """An error that was shown, and the call that had gone wrong before it."""

    error: BaseException
    cause: Hit | None

    @property
    def line(self) -> str:
        """The error in a line, without the names in it that differ from run to run."""
        text = f"{type(self.error).__name__}: {self.error}"
        return re.sub(r"\b[\w-]*\d[\w-]{7,}", "…", text.replace("\n", " / "))

    @property
    def leads_to_the_top(self) -> bool:
        """Does it say that the notebook is to be run from the top?"""
        return isinstance(self.error, HelpersError) and FROM_TOP in str(self.error)

    @property
    def is_clear(self) -> bool:
        """Is it one line of the project's own, which tells what happened, or where to go on?"""
        if "\n" in str(self.error) or not self.cause:
            return False
        if self.leads_to_the_top:
            return True
        if isinstance(self.error, BotoCoreError | ClientError) and self._is_of_the_cell:
            return True
        ours = isinstance(self.error, HelpersError | KeyboardInterrupt)
        return ours and bool(re.search(WAYS[self.cause.way].told, self.line))

    @property
    def _is_of_the_cell(self) -> bool:
        """Did the cell call boto3 itself, with no helper between?"""
        frames = traceback.extract_tb(self.error.__traceback__)
        return not any("helpers" in Path(frame.filename).parts for frame in frames)

    def __str__(self) -> str:
        return f"{self.line} [{self.cause}]"


class Shell(InteractiveShell):  # type: ignore[misc]
    """Runs cells as a kernel does, and keeps the errors that it would show: displays' as well."""

    def showtraceback(self, exc_tuple: Any = None, *_: Any, **__: Any) -> None:
        self.told.append((exc_tuple or sys.exc_info())[1])


class Reader:
    """Reads one notebook, again and again."""

    def __init__(self, cells: list[str], interrupter: Interrupter) -> None:
        self._cells, self._interrupter = cells, interrupter
        plain = Config(HistoryManager={"enabled": False}, InteractiveShell={"cache_size": 0})
        self._shell = Shell.instance(config=plain)
        self._screen = io.StringIO()
        self.told: list[Told] = []  # by the last run

    @property
    def screen(self) -> str:
        """All that the last run showed beside errors."""
        return self._screen.getvalue()

    def restart(self) -> None:
        """As after a restart of the kernel: no names are left."""
        self._shell.reset(new_session=False)

    def run_all(self, resume: bool = False) -> bool:
        """Run the cells up to the first that fails; with `resume`, the reader runs that again."""
        self.told.clear()
        with self._looking():
            for number, cell in enumerate(self._cells, 1):
                if not self._run(number, cell) and not (resume and self._again(number)):
                    return False
        return True

    def _again(self, number: int) -> bool:
        """The cell once more; if it says so, all from the top."""
        if self._run(number, self._cells[number - 1]):
            return True
        above = enumerate(self._cells[:number], 1)
        return self.told[-1].leads_to_the_top and all(
            self._run(*each) or self._run(*each) for each in above
        )

    def _run(self, number: int, cell: str) -> bool:
        self._interrupter.enter(number)
        self._shell.told = []
        done = self._shell.run_cell(cell, store_history=False)
        cause = self._interrupter.hits[-1] if self._interrupter.hits else None
        self.told += [Told(error, cause) for error in self._shell.told]
        return bool(done.success)

    @contextmanager
    def _looking(self) -> Iterator[None]:
        self._screen = io.StringIO()
        with redirect_stdout(self._screen), redirect_stderr(self._screen):
            yield
