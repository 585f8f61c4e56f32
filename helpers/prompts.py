"""Questions to the reader that work by hand, in Run All, headless and in plain Python.

One cell shows the question, a later one reads the answer: the environment variable if it is set,
else what was typed, else the default. The rule is checked when the answer is read, and named.

>>> who = choose("Known user", ["test_user_1", "test_user_2"], env="KNOWN_USER")
>>> who.read()
'test_user_1'
"""

import functools
import html
import os
import re
import secrets
import string
from collections.abc import Callable, Sequence
from typing import Any

from helpers import cloud
from helpers.errors import AnswerError
from helpers.progress import in_notebook

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
YES = ("yes", "y", "true", "1")
NO = ("no", "n", "false", "0")


class Prompt:
    """A question that is on the page, and the way to its answer."""

    secret = False

    def __init__(self, label: str, default: str | None, env: str | None) -> None:
        self.label, self.default, self.env = label, default, env
        self.widget = self._widget() if in_notebook() else None

    def _widget(self) -> Any:
        import ipywidgets

        return ipywidgets.Text(value=self.default or "", **self._looks())

    def _looks(self) -> dict[str, Any]:
        import ipywidgets

        return {
            "description": self.label,
            "style": {"description_width": "initial"},
            "layout": ipywidgets.Layout(width="min(32rem, 100%)"),
        }

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
        import ipywidgets

        hint = ipywidgets.HTML(html.escape(self.hint()))
        shown = ipywidgets.VBox([self.widget, hint]) if self.hint() else self.widget
        return shown._repr_mimebundle_(**kwargs)

    def hint(self) -> str:
        """What the reader should know before answering."""
        return ""

    def __repr__(self) -> str:
        return f"{self.label}?"


class Ask(Prompt):
    """A line of text."""

    def __init__(
        self,
        label: str,
        default: str | None,
        env: str | None,
        check: Callable[[str], str | None] | None,
    ) -> None:
        self.check = check
        super().__init__(label, default, env)

    def rule(self, answer: str) -> str | None:
        return self.check(answer) if self.check else None


class Choose(Prompt):
    """One of several."""

    def __init__(
        self, label: str, options: Sequence[str], default: str | None, env: str | None
    ) -> None:
        self.options = list(options)
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

        >>> confirm("Delete everything", env="CLEAN_UP").agreed()
        """
        return self.read().lower() in YES


class Password(Prompt):
    """A password: what is typed is taken off the page when it is read, right or wrong."""

    secret = True
    _kept: str | None = None

    def __init__(self, label: str, env: str | None, policy: dict[str, Any] | None) -> None:
        self.policy = policy or {}
        super().__init__(label, None, env)

    def _widget(self) -> Any:
        import ipywidgets

        return ipywidgets.Password(**self._looks())

    def hint(self) -> str:
        made_up = " Left empty, one is made up." if cloud.current().is_sandbox else ""
        return f"It needs {describe(self.policy)}.{made_up}"

    def rule(self, answer: str) -> str | None:
        return check_password(answer, self.policy)

    def read(self) -> str:
        """The password; the same one again until another is typed."""
        try:
            if self.given() is not None:
                self._kept = super().read()
            elif self._kept is None and cloud.current().is_sandbox:
                self._kept = generate_password(self.policy)
        finally:
            if self.widget is not None:
                self.widget.value = ""
        return self._kept if self._kept is not None else super().read()


def choose(
    label: str, options: Sequence[str], default: str | None = None, env: str | None = None
) -> Choose:
    """Have the reader choose one of several; the first is the default.

    >>> choose("Known user", ["ann", "bob"]).read()
    'ann'
    """
    return Choose(label, options, default, env)


def ask(
    label: str,
    default: str | None = None,
    env: str | None = None,
    check: Callable[[str], str | None] | None = None,
) -> Ask:
    """Ask for a line of text; `check` returns the rule that an answer breaks, or None.

    >>> ask("Your e-mail", env="EMAIL", check=check_email).read()
    """
    return Ask(label, default, env, check)


def ask_password(
    label: str = "Password", env: str | None = "PASSWORD", policy: dict[str, Any] | None = None
) -> Password:
    """Ask for a password; in the sandbox, one is made up unless you type your own.

    >>> password = ask_password(policy=cognito_policy)
    """
    return Password(label, env, policy)


def confirm(label: str, default: bool = False, env: str | None = None) -> Confirm:
    """Ask a yes-or-no question.

    >>> confirm("Clean up", env="CLEAN_UP").agreed()
    False
    """
    return Confirm(label, "yes" if default else "no", env)


def check_email(answer: str) -> str | None:
    """The rule for e-mail addresses.

    >>> check_email("ann@example.com")
    """
    return None if EMAIL.fullmatch(answer.strip()) else "enter an address such as ann@example.com."


def _rules(policy: dict[str, Any]) -> list[tuple[str, Callable[[str], bool]]]:
    kinds = {
        "RequireUppercase": ("an uppercase letter", string.ascii_uppercase),
        "RequireLowercase": ("a lowercase letter", string.ascii_lowercase),
        "RequireNumbers": ("a number", string.digits),
        "RequireSymbols": ("a symbol such as - or !", string.punctuation + " "),
    }
    length = int(policy.get("MinimumLength", 8))
    rules: list[tuple[str, Callable[[str], bool]]] = [
        (f"at least {length} characters", lambda password: len(password) >= length)
    ]
    for name, (words, characters) in kinds.items():
        if policy.get(name, True):
            rules.append((words, functools.partial(_has_any, characters)))
    return rules


def _has_any(characters: str, password: str) -> bool:
    return bool(set(characters) & set(password))


def describe(policy: dict[str, Any]) -> str:
    """The password policy in words.

    >>> describe({"MinimumLength": 8})
    """
    return ", ".join(words for words, _ in _rules(policy))


def check_password(password: str, policy: dict[str, Any]) -> str | None:
    """The rules that a password breaks; the password itself is never shown.

    >>> check_password("Short-1", {"MinimumLength": 8})
    'it needs at least 8 characters.'
    """
    broken = [words for words, kept in _rules(policy) if not kept(password)]
    return f"it needs {', '.join(broken)}." if broken else None


def generate_password(policy: dict[str, Any]) -> str:
    """A random password that keeps to the policy.

    >>> len(generate_password({"MinimumLength": 8}))
    20
    """
    groups = (string.ascii_uppercase, string.ascii_lowercase, string.digits, "-!#%+")
    count = max(5, -(-int(policy.get("MinimumLength", 8)) // 4))
    picked = [secrets.choice(group) for group in groups for _ in range(count)]
    secrets.SystemRandom().shuffle(picked)
    return "".join(picked)
