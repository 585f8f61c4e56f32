"""A sign of life while something takes long: a widget in a notebook, nothing elsewhere."""

import sys
from typing import Any


def in_notebook() -> bool:
    """Is this code run by a notebook's kernel?"""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return hasattr(shell, "kernel")


class Progress:
    """Shows one line of text, as long as the work goes on.

    >>> with Progress("Waiting") as progress:
    ...     progress.say("Still waiting")
    """

    def __init__(self, text: str) -> None:
        self._widget: Any = None
        self._text = text

    def __enter__(self) -> "Progress":
        if in_notebook():
            import ipywidgets
            from IPython.display import display

            self._widget = ipywidgets.Label(f"{self._text} …")
            display(self._widget)
        return self

    def say(self, text: str) -> None:
        """Show another line."""
        if self._widget is not None:
            self._widget.value = f"{text} …"

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._widget is not None:
            self._widget.value = f"{self._text}: {'stopped' if kind else 'done'}."
