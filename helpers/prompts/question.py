"""A question that is on the page, and the way to its answer."""

import html
import os
from contextlib import suppress
from typing import Any, ClassVar

from helpers._inner.progress import in_notebook, running_cell
from helpers.errors import AnswerError

__all__ = ["Prompt"]


class Prompt:
    """Reads the environment variable if it is set, else what was typed, else the default."""

    secret = False
    _unread: ClassVar[dict[Any, Any]] = {}  # kept, should the cell that asks run again

    def __init__(self, label: str, default: str | None, env: str | None) -> None:
        self.label, self.default, self.env = label, default, env
        self.widget: Any = self._widget() if in_notebook() else None
        self._below: Any = None  # what stands under the field
        self._key = running_cell(), label
        if self.widget is not None and self._set_outside():
            self._show_outside()
        elif self.widget is not None:
            self.widget.observe(lambda change: self._answered(change["new"]), "value")
            if self._key in self._unread:
                self._put_back(self._unread[self._key])

    def _widget(self) -> Any:
        import ipywidgets

        return ipywidgets.Text(value=self.default or "", continuous_update=False, **self._looks())

    def _looks(self) -> dict[str, Any]:
        import ipywidgets

        return {
            "description": self.label,
            "style": {"description_width": "initial"},
            "layout": ipywidgets.Layout(width="min(32rem, 100% - 4px)"),  # less its margins
        }

    def _show_outside(self) -> None:
        """The answer that counts; typing would be in vain."""
        if not self.secret:
            self._put_back(os.environ[str(self.env)].strip())
        self.widget.disabled = True

    def _answered(self, answer: Any) -> None:
        self._unread[self._key] = answer
        self._judge(answer)

    def _judge(self, answer: Any) -> None:
        """Say under the field, as soon as it is typed, which rule the answer breaks."""
        if self._below is not None:
            broken = self.rule(answer) if isinstance(answer, str) and answer else None
            self._below.value = html.escape(f"Not this one: {broken}" if broken else self.hint())

    def _put_back(self, answer: Any) -> None:
        from traitlets import TraitError

        with suppress(TraitError):  # it may be none of the options any more
            self.widget.value = answer

    def given(self) -> str | None:
        """The answer as it stands: from the environment, typed, or the default."""
        if self._set_outside():
            return os.environ[str(self.env)]
        if self.widget is not None and self.widget.value not in (None, ""):
            return str(self.widget.value)
        return self.default

    def _set_outside(self) -> bool:
        """Does the environment answer? Set to nothing, a variable counts as not set."""
        return bool(self.env and os.environ.get(self.env))

    def read(self) -> str:
        """The answer, if it keeps to the rule; AnswerError names the rule if not."""
        self._unread.pop(self._key, None)
        answer = self.given()
        if answer is None or not str(answer).strip():
            raise AnswerError(f"{self.label}: there is no answer yet. {self._how()}")
        broken = self.rule(answer if self.secret else answer.strip())
        if broken:
            raise AnswerError(f"{self.label}: {broken} {self._how()}")
        return answer if self.secret else answer.strip()

    def rule(self, answer: str) -> str | None:
        """The rule that the answer breaks, if it breaks one."""
        return None

    def _how(self) -> str:
        if self._set_outside():
            return f"This is what the environment variable {self.env} says; change it, or unset it."
        ways = ["type it above and run this cell again"] if self.widget is not None else []
        ways += [f"set the environment variable {self.env}"] if self.env else []
        text = " or ".join(ways) or "give it a default"
        return f"{text[0].upper()}{text[1:]}."

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        if self.widget is None:
            return {"text/plain": repr(self)}
        bundle = self._view()._repr_mimebundle_(**kwargs)
        return bundle | {"text/plain": repr(self)}

    def _view(self) -> Any:
        """The widget, above what the reader should know before answering."""
        import ipywidgets

        outside = f"The environment variable {self.env} answers this."
        text = outside if self._set_outside() else self.hint()
        self._below = ipywidgets.HTML(html.escape(text))
        return ipywidgets.VBox([self.widget, self._below])

    def hint(self) -> str:
        """What the reader should know before answering."""
        return ""

    def __repr__(self) -> str:
        return f"{self.label}: {'' if self.secret else self.given() or ''}".rstrip()
