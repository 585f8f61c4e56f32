"""A question about what will happen: choose, press, and read why; then run it, and see.

The questions lie in notebooks/questions, one file a notebook, so that no cell gives an answer away.
"""

import tomllib
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar

from helpers._inner.packaging import PROJECT
from helpers._inner.progress import in_notebook
from helpers.errors import AnswerError, NotAsPredictedError

__all__ = ["Prediction", "Question", "read"]

FOLDER = PROJECT / "notebooks" / "questions"
BUTTON = "See"
WRONG = ("No", "Try another.")


@dataclass(frozen=True)
class Question:
    """What is asked, the answers with the reason of each, and which one is right."""

    asks: str
    right: str
    answers: dict[str, str]


def read(notebook: str, name: str) -> Question:
    """The question of this name."""
    path = FOLDER / f"{notebook}.toml"
    questions = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    if name not in questions:
        there = ", ".join(questions) or "none"
        raise AnswerError(f'There is no question "{name}" for {notebook}. There are: {there}.')
    return Question(**questions[name])


class Prediction:
    """The question on the page; nothing is answered until the reader presses, or it was run."""

    _unanswered: ClassVar[dict[tuple[str, str], str]] = {}  # kept, should the cell run again

    def __init__(self, notebook: str, name: str) -> None:
        self.question, self._key = read(notebook, name), (notebook, name)
        self.guess = self._unanswered.get(self._key)
        self._view: Any = self._widgets() if in_notebook() else None

    def _widgets(self) -> Any:
        import ipywidgets

        options = list(self.question.answers)
        asked = ipywidgets.HTML(f"<b>{escape(self.question.asks)}</b>")
        choice = ipywidgets.RadioButtons(
            options=options,
            value=self.guess,
            layout=ipywidgets.Layout(width="auto"),
        )
        button = ipywidgets.Button(description=BUTTON, disabled=self.guess is None)
        told = ipywidgets.HTML(self._reply(self.guess) if self.guess else "")

        def chosen(change: dict[str, Any]) -> None:
            button.disabled = change["new"] is None

        def pressed(_button: Any) -> None:
            self.guess = self.guess or choice.value  # the first one counts
            self._unanswered[self._key] = self.guess
            told.value = self._reply(choice.value)

        choice.observe(chosen, "value")
        button.on_click(pressed)
        return ipywidgets.VBox([asked, choice, button, told])

    def _reply(self, answer: str) -> str:
        yes, then = ("Yes", "The next cell runs it.") if answer == self.question.right else WRONG
        return f"<p>{escape(f'{yes}. {self.question.answers[answer]} {then}')}</p>"

    def answer(self, seen: object) -> None:
        """What was guessed, what is so, and why, now that it was seen.

        >>> guess.answer("a confirmed account")
        """
        right = self.question.right
        self._unanswered.pop(self._key, None)
        if str(seen) != right:
            raise NotAsPredictedError(
                f'It came out as "{seen}", where "{right}" was to be seen. Was a cell left out, or '
                "is other code still running? Run the notebook from the top."
            )
        if self.guess == right:
            print(f"As you said: {right}.")
        elif self.guess:
            print(f"You said: {self.guess}. {self.question.answers[self.guess]}")
        print(f"{right[0].upper()}{right[1:]}. {self.question.answers[right]}")

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        shown = {"text/plain": repr(self)}
        return self._view._repr_mimebundle_(**kwargs) | shown if self._view else shown

    def __repr__(self) -> str:
        return "\n".join([self.question.asks, *(f"  ( ) {a}" for a in self.question.answers)])
