"""Questions to the reader that work by hand, in Run All, headless and in plain Python.

One cell shows the question, a later one reads the answer: the environment variable if it is set,
else what was typed, else the default. The rule is checked when the answer is read, and named.

>>> who = choose("Known user", ["test_user_1", "test_user_2"], env="KNOWN_USER")
>>> who.read()
'test_user_1'
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from helpers.prompts.agreement import Agreement
from helpers.prompts.digits import Digits
from helpers.prompts.plain import Ask, Choose, Confirm
from helpers.prompts.prediction import Prediction
from helpers.prompts.rules import (
    check_email,
    check_password,
    check_user_name,
    describe,
    generate_password,
)
from helpers.prompts.secret import Code, Password

__all__ = [
    "agreement",
    "ask",
    "ask_code",
    "ask_digits",
    "ask_password",
    "check_email",
    "check_password",
    "check_user_name",
    "choose",
    "confirm",
    "describe",
    "generate_password",
    "predict",
]


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
    taken: Collection[str] = (),
) -> Ask:
    """Ask for a line of text; `check` returns the rule that an answer breaks, or None.

    Answers that are `taken` are somebody else's, in capitals or not.

    >>> ask("Your e-mail", env="EMAIL", check=check_email).read()
    >>> ask("User name", default="ann", check=check_user_name, taken=["carol"]).read()
    'ann'
    """
    return Ask(label, default, env, check, taken)


def ask_password(
    label: str = "Password", env: str | None = "PASSWORD", policy: dict[str, Any] | None = None
) -> Password:
    """Ask for a password; in the sandbox, one is made up unless you type your own.

    >>> password = ask_password(policy=cognito.password_policy(pool_id))
    """
    return Password(label, env, policy)


def confirm(label: str, default: bool = False, env: str | None = None) -> Confirm:
    """Ask a yes-or-no question.

    >>> confirm("Clean up", env="CLEAN_UP").agreed()
    False
    """
    return Confirm(label, "yes" if default is True else "no", env)


def ask_code(pool_id: str, username: str, label: str = "Code", env: str | None = "CODE") -> Code:
    """Ask for the code that Cognito sent to this user; the sandbox shows the mail beside it.

    >>> code = ask_code(pool_id, "ann")
    """
    return Code(label, env, pool_id, username)


def ask_digits(secret: str, account: str) -> Digits:
    """Ask for the six digits of an authenticator app, which is shown the secret first.

    In the sandbox, an authenticator on the page stands for the phone.

    >>> digits = ask_digits("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "ann")
    >>> len(digits.read())
    6
    """
    return Digits(secret, account)


def agreement() -> Agreement:
    """In an account, ask whether things may be created there; the sandbox needs no answer.

    >>> may_create = agreement()
    >>> may_create.check()
    """
    return Agreement()


def predict(notebook: str, question: str) -> Prediction:
    """Ask what will happen, before it does: a question of notebooks/questions.

    >>> guess = predict("auto_confirm", "another_password")
    >>> guess.answer("a confirmed account")
    """
    return Prediction(notebook, question)
