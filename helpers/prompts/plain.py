"""Questions whose answers may be seen: a line of text, one of several, yes or no."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from helpers.errors import AnswerError
from helpers.prompts.question import Prompt

__all__ = ["Ask", "Choose", "Confirm"]

YES = ("yes", "y", "true", "1")
NO = ("no", "n", "false", "0")


class Ask(Prompt):
    """A line of text."""

    def __init__(
        self,
        label: str,
        default: str | None,
        env: str | None,
        check: Callable[[str], str | None] | None,
        taken: Collection[str],
    ) -> None:
        self.check, self.taken = check, {answer.casefold() for answer in taken}
        super().__init__(label, default, env)

    def rule(self, answer: str) -> str | None:
        broken = self.check(answer) if self.check else None
        if broken is None and answer.strip().casefold() in self.taken:
            return f"{answer.strip()} is somebody else here; choose another."
        return broken


class Choose(Prompt):
    """One of several."""

    def __init__(
        self, label: str, options: Sequence[str], default: str | None, env: str | None
    ) -> None:
        self.options = [str(option).strip() for option in options]
        if not self.options:
            raise AnswerError(f"{label}: there is nothing to choose from.")
        if default and default not in self.options:
            raise AnswerError(f"{label}: {default} is not one of {', '.join(self.options)}.")
        super().__init__(label, default or self.options[0], env)

    def _widget(self) -> Any:
        import ipywidgets

        return ipywidgets.Dropdown(options=self.options, value=self.default, **self._looks())

    def rule(self, answer: str) -> str | None:
        return None if answer in self.options else f"choose one of {', '.join(self.options)}."


class Confirm(Prompt):
    """Yes or no."""

    def _put_back(self, answer: Any) -> None:
        super()._put_back(answer.lower() in YES if isinstance(answer, str) else answer)

    def _widget(self) -> Any:
        import ipywidgets

        return ipywidgets.Checkbox(value=self.default == "yes", indent=False, **self._looks())

    def given(self) -> str | None:
        if self.widget is None or self._set_outside():
            return super().given()
        return "yes" if self.widget.value else "no"

    def rule(self, answer: str) -> str | None:
        return None if answer.lower() in YES + NO else "answer yes or no."

    def agreed(self) -> bool:
        """The answer as True or False.

        >>> prompts.confirm("Delete everything", env="CLEAN_UP").agreed()
        """
        return self.read().lower() in YES
