"""The rules that answers keep to: names, addresses, and the pool's password policy."""

import functools
import re
import secrets
import string
import unicodedata
from collections.abc import Callable
from typing import Any

__all__ = ["check_email", "check_password", "check_user_name", "describe", "generate_password"]

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LONGEST = 128
IN_NAMES = "LMNPS"  # letters, marks, numbers, punctuation and symbols, as Unicode sorts them


def check_email(answer: str) -> str | None:
    """The rule for e-mail addresses.

    >>> check_email("ann@example.com")
    """
    return None if EMAIL.fullmatch(answer.strip()) else "enter an address such as ann@example.com."


def check_user_name(answer: str) -> str | None:
    """The rule for user names, which is Cognito's.

    >>> check_user_name("ann")
    """
    name = answer.strip()
    fits = all(unicodedata.category(each)[0] in IN_NAMES for each in name)
    kept = fits and 1 <= len(name) <= LONGEST
    return None if kept else f"use 1 to {LONGEST} characters, and no spaces."


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
