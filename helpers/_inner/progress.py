"""A sign of life while something takes long: a widget in a notebook, nothing elsewhere."""

import sys
import time
from typing import Any


def shell() -> Any:
    """IPython's shell, where there is one."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def in_notebook() -> bool:
    """Is this code run by a notebook's kernel?"""
    return hasattr(shell(), "kernel")


def running_cell() -> str | None:
    """Which of a notebook's cells runs, where that is told (JupyterLab does)."""
    get_parent = getattr(shell(), "get_parent", dict[str, Any])
    found = get_parent().get("metadata", {}).get("cellId")
    return found if isinstance(found, str) else None


VIEW = "application/vnd.jupyter.widget-view+json"
SOON = 0.3  # seconds: what ends sooner needs no sign of life


class Progress:
    """Shows one line of text, as long as the work goes on.

    >>> with Progress("Waiting") as progress:
    ...     progress.say("Still waiting")
    """

    def __init__(self, text: str) -> None:
        self._widget: Any = None
        self._text, self._started = text, time.monotonic()

    def __enter__(self) -> "Progress":
        return self

    def say(self, text: str) -> None:
        """Show another line, once the work takes longer than a moment."""
        if not in_notebook() or time.monotonic() - self._started < SOON:
            return
        if self._widget is None:
            self.show()
        self._widget.value = f"{text} …"

    def show(self) -> None:
        """Show the widget alone: no text of it stays in the notebook."""
        if not in_notebook():
            return
        import ipywidgets
        from IPython.display import display

        self._widget = ipywidgets.Label()
        view = {"version_major": 2, "version_minor": 0, "model_id": self._widget.model_id}
        display({VIEW: view}, raw=True)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._widget is not None:
            self._widget.value = f"{self._text}: {'stopped' if kind else 'done'}."
