"""A package of the project's own, which happens to be called helpers."""

OURS = {"example.com"}


def is_ours(email: str) -> bool:
    return email.rpartition("@")[2] in OURS
