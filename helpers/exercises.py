"""Exercises: what came of what you tried, against what should come of it.

>>> exercises.check({"ann@example.com": "refused"}, {"ann@example.com": "confirmed"}).wrong
['ann@example.com should be confirmed, and is refused.']
"""

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpers._inner.tables import Table

__all__ = ["Checked", "check"]

COLUMNS = ["Tried", "Should be", "Is"]
RIGHT = "Right: all of it is as it should be."


class Checked:
    """What was tried, what should come of it, what came of it, and what is still wrong."""

    def __init__(self, tried: Mapping[str, object], wanted: Mapping[str, object]) -> None:
        self.rows = [(what, str(told), str(tried.get(what, ""))) for what, told in wanted.items()]

    @property
    def wrong(self) -> list[str]:
        """What is not yet as it should be, one sentence each."""
        return [
            f"{what} should be {wanted}, and is {found or 'not tried'}."
            for what, wanted, found in self.rows
            if wanted != found
        ]

    @property
    def table(self) -> "Table":
        """One row for each thing that is to be tried."""
        from helpers._inner.tables import Table

        return Table(self.rows, columns=COLUMNS)

    def _told(self) -> str:
        return f"Not yet: {' '.join(self.wrong)}" if self.wrong else RIGHT

    def __repr__(self) -> str:
        return f"{self.table!r}\n\n{self._told()}"

    def _repr_html_(self) -> str:
        return f"{self.table._repr_html_()}\n<p><b>{escape(self._told())}</b></p>"


def check(tried: Mapping[str, object], wanted: Mapping[str, object]) -> Checked:
    """Is what came of it what should come of it? If not, what is still wrong.

    >>> check(tried, {"ann@example.com": "confirmed", "cyd@example.org": "refused"})
    """
    return Checked(tried, wanted)
