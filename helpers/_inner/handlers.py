"""Where the handlers' code lies."""

from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from helpers._inner import packaging
from helpers.errors import AnswerError

FOLDER = packaging.PROJECT / "lambda_src"


class Handler(NamedTuple):
    """A handler's file, in the folder that is all its function's code."""

    folder: Path
    file: str

    @property
    def code(self) -> str:
        return (self.folder / self.file).read_text("utf-8")

    def zipped(self, code: str | None = None) -> bytes:
        """The folder as a zip, with this code in the handler's place if there is some."""
        files = packaging.files(self.folder)
        return packaging.packed(files if code is None else files | {self.file: code.encode()})


def names(folder: str | Path) -> list[str]:
    """Those right in the folder, and those in folders of their own names."""
    flat = {path.stem for path in Path(folder).glob("*.py")}
    deep = {path.stem for path in Path(folder).glob("*/*.py") if path.stem == path.parent.name}
    return sorted(flat | deep)


def find(name: str, folder: str | Path) -> Handler:
    """The handler of this name, as Python has it: `src.app` is src/app.py."""
    file = f"{name.replace('.', '/')}.py"
    more = packaging.MORE.glob("*/") if folder == FOLDER else ()
    places = [Path(place) for place in (folder, *more)]
    roots = (root for place in places for root in (place / name, place))
    found = next((root for root in roots if (root / file).is_file()), None)
    if found is None:
        known = sorted(each for place in places for each in names(place))
        there = ", ".join(get_close_matches(name, known) or known)
        told = f'There is no handler "{name}".' if name else "Which handler?"
        own = "one of your own with its function and its folder"
        ways = f"Name one of {there}, or {own}." if there else f"{folder} holds none: name {own}."
        raise AnswerError(f"{told} {ways}")
    return Handler(found, file)
