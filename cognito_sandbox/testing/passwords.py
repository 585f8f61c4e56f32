"""Passwords that nobody has to think of."""

import secrets

LONGEST_MINIMUM = 99  # what a pool may ask for at most


def made() -> str:
    """A new password that any pool takes: long enough, with a letter of each kind."""
    start = "aA1-"
    return start + secrets.token_urlsafe(LONGEST_MINIMUM)[: LONGEST_MINIMUM - len(start)]
