"""What was meant, where a name is misspelt."""

from collections.abc import Iterable
from difflib import get_close_matches

SHORTEST_START = 3
MOST = 3


def meant(name: str, known: Iterable[str]) -> str:
    """`: did you mean userName?`, or nothing where no known name is like this one."""
    typed = name.lower()
    by_letters = {each.lower(): each for each in known}
    starting = [each for each in by_letters if each.startswith(typed)]
    found = starting[:MOST] if len(typed) >= SHORTEST_START else []
    found = found or get_close_matches(typed, by_letters, n=1)
    told = " or ".join(by_letters[each] for each in found)
    return f": did you mean {told}?" if told else ""
