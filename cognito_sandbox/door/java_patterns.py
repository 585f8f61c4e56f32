"""AWS's descriptions write their patterns for Java, which knows kinds of characters by name."""

import re
import unicodedata
from functools import lru_cache

ASCII = {  # of each kind: letters, marks, numbers, punctuation, symbols, separators
    "L": "a-zA-Z",
    "M": "",
    "N": "0-9",
    "P": r"!-#%-*,-/:;?@\[-\]_{}",
    "S": r"$+<=>^`|~",
    "Z": " ",
}
STAND_INS = {kind: chr(0xE000 + number) for number, kind in enumerate(ASCII)}
OTHER = "\ue0ff"


def matches(pattern: str, text: str) -> bool:
    """Does the whole text match, as Java sees it? Its \\w, \\d and \\s are of ASCII only."""
    seen = text if text.isascii() else "".join(map(_stand_in, text))
    return _compiled(pattern).fullmatch(seen) is not None


@lru_cache(256)
def _compiled(pattern: str) -> re.Pattern[str]:
    def kind(found: re.Match[str]) -> str:
        return ASCII[found[1]] + STAND_INS[found[1]]

    return re.compile(re.sub(r"\\p\{(\w)\}", kind, pattern), re.ASCII)


def _stand_in(character: str) -> str:
    """One character for all of a kind that are not ASCII."""
    if character.isascii():
        return character
    return STAND_INS.get(unicodedata.category(character)[0], OTHER)
