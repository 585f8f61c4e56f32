"""Access keys that nobody can guess: a sandbox's, for its reader, and its own."""

import secrets
import string
from dataclasses import dataclass, field

LETTERS = string.ascii_uppercase + "234567"


@dataclass(frozen=True)
class Credentials:
    """An access key and its secret."""

    access_key: str
    secret_key: str = field(repr=False)


def made() -> Credentials:
    """New ones; moto knows keys by their twenty letters."""
    name = "".join(secrets.choice(LETTERS) for _ in range(16))
    return Credentials(f"LKIA{name}", secrets.token_urlsafe(30))


OWN = made()  # moto asks itself at times
