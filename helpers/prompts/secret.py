"""Questions whose answers nobody else may see: taken off the page as soon as they are typed."""

import re
from html import escape
from typing import Any, ClassVar

from helpers import cloud, mail
from helpers.prompts.question import Prompt
from helpers.prompts.rules import check_password, describe, generate_password

__all__ = ["Code", "Password", "Secret"]

KEPT = "Kept. Type another to change it."


class Secret(Prompt):
    """An answer that is kept until another is typed; in the sandbox, left empty, it is found."""

    secret = True
    _typed: str | None = None  # and not yet read
    _kept: str | None = None
    _refused = False  # then none is found instead of it

    def _answered(self, answer: str) -> None:
        if answer:
            super()._answered(answer)
            self._put_back(answer)

    def _put_back(self, answer: str) -> None:
        """Take it off the page, and out of the widget's state, which JupyterLab may save."""
        self._typed = answer
        self.widget.value, self.widget.placeholder = "", "" if self.rule(answer) else KEPT

    def given(self) -> str | None:
        return super().given() if self._set_outside() else self._typed

    def read(self) -> str:
        """The answer; the same one again until another is typed."""
        try:
            if self.given() is not None:
                self._kept, self._refused = None, True
                self._kept = super().read()
                self._refused = False
            elif self._kept is None and not self._refused and cloud.current().is_sandbox:
                self._kept = self._found()
        finally:
            self._typed = None
            if self.widget is not None:
                self.widget.placeholder = KEPT if self._kept is not None else ""
        return self._kept if self._kept is not None else super().read()

    def _found(self) -> str | None:
        """What counts in the sandbox if nothing was typed."""
        return None


class Password(Secret):
    """A password that keeps to the pool's policy."""

    def __init__(self, label: str, env: str | None, policy: dict[str, Any] | None) -> None:
        self.policy = policy or {}
        super().__init__(label, None, env)

    def _widget(self) -> Any:
        import ipywidgets

        return ipywidgets.Password(continuous_update=False, **self._looks())

    def _found(self) -> str:
        return generate_password(self.policy)

    def hint(self) -> str:
        made_up = " Left empty, one is made up." if cloud.current().is_sandbox else ""
        return f"It needs {describe(self.policy)}.{made_up}"

    def rule(self, answer: str) -> str | None:
        return check_password(answer, self.policy)


class Code(Secret):
    """A code that Cognito sent to a user; in the sandbox, the mail that holds it is shown."""

    _mail: Any = None
    _on_page: "ClassVar[Code | None]" = None

    def __init__(self, label: str, env: str | None, pool_id: str, username: str) -> None:
        self.pool_id, self.username = pool_id, username
        super().__init__(label, None, env)

    def rule(self, answer: str) -> str | None:
        return (
            None if re.fullmatch(r"\d{6}", answer.strip()) else "type the six digits of the mail."
        )

    def _found(self) -> str | None:
        return mail.code(self.pool_id, self.username)

    def _view(self) -> Any:
        import ipywidgets

        if Code._on_page is not None:
            Code._on_page._show_mail(hidden=True)
        Code._on_page = self
        self._mail = ipywidgets.HTML()
        self._show_mail(hidden=False)
        return ipywidgets.VBox([self._mail, super()._view()])

    def _show_mail(self, hidden: bool) -> None:
        """The newest mail; its code is taken off the page, too, once it was read."""
        text = mail.text(self.pool_id, self.username, hidden)
        self._mail.value = f"<i>{escape(text)}</i>"

    def read(self) -> str:
        """The code; in an account, the same one again until another is typed."""
        if not cloud.current().is_sandbox:
            return super().read().strip()
        self._kept = None  # the newest mail counts, unless something was typed
        answer = super().read().strip()
        if self.widget is not None:
            self.widget.placeholder = ""
        if self._mail is not None and answer == mail.code(self.pool_id, self.username):
            self._show_mail(hidden=True)
        return answer

    def hint(self) -> str:
        if cloud.current().is_sandbox:
            return "Left empty, the code from the newest mail is taken."
        return "Six digits, from the mail that Cognito sent."
