"""Tables for readers: ordinary data frames that show their texts whole, and no row numbers."""

from datetime import UTC, datetime
from html import escape
from typing import Any

import pandas as pd

# JupyterLab aligns cells to the right, which is for numbers, and these are texts.
STYLE = 'style="text-align: left; white-space: {}"'
NO_BREAK = "\N{NO-BREAK SPACE}"
VISIBLE = {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n"}


class Table(pd.DataFrame):  # type: ignore[misc]
    """A DataFrame that is made to be read; what is cut from it stays one.

    >>> Table([("ann", "CONFIRMED")], columns=["username", "status"])

    One without rows may say what that means: `table.attrs["empty"] = "Nobody is there."`
    """

    @property
    def _constructor(self) -> type["Table"]:
        return Table

    def _repr_html_(self) -> str:
        if self.empty:
            return f"<p>{escape(repr(self))}</p>"
        head, *rows = self._texts()
        lines = [_html_row("th", head), *(_html_row("td", row) for row in rows)]
        return "\n".join(['<table class="dataframe">', *lines, "</table>"])

    def __repr__(self) -> str:
        rows = self._texts()
        if self.empty:
            return str(self.attrs.get("empty", f"No rows: {', '.join(rows[0])}."))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = (map(str.ljust, row, widths) for row in rows)
        return "\n".join("  ".join(line).rstrip() for line in lines)

    def _texts(self) -> list[list[str]]:
        """The heads of the columns, and each row, as they are shown."""
        rows = self.itertuples(index=False, name=None)
        return [[_text(value) for value in row] for row in (self.columns, *rows)]


def _text(value: Any) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, datetime):
        moment = value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "milliseconds")
        return f"{moment} UTC".replace(" ", NO_BREAK)
    return str(value).translate(VISIBLE)


def _html_row(tag: str, texts: list[str]) -> str:
    cells = (f"<{tag} {STYLE.format(_wrapping(text))}>{escape(text)}</{tag}>" for text in texts)
    return f"<tr>{''.join(cells)}</tr>"


def _wrapping(text: str) -> str:
    """Lines stay lines, and a time stays on one."""
    return "nowrap" if text.endswith(f"{NO_BREAK}UTC") else "pre-wrap"


def times(values: Any, **how: Any) -> Any:
    """A column of times, all in UTC."""
    return pd.to_datetime(values, utc=True, **how)
