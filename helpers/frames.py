"""Tables for readers: ordinary data frames that show their texts whole, and no row numbers."""

from typing import Any

import pandas as pd

LEFT = '<{} style="text-align: left">'


class Table(pd.DataFrame):  # type: ignore[misc]
    """A DataFrame that is made to be read; what is cut from it stays one.

    >>> Table([("ann", "CONFIRMED")], columns=["username", "status"])
    """

    @property
    def _constructor(self) -> type["Table"]:
        return Table

    def _repr_html_(self) -> str:
        if self.empty:
            return f"<p>No rows: {', '.join(map(str, self.columns))}.</p>"
        with pd.option_context("display.max_colwidth", None):
            page = self.to_html(index=False, justify="left", na_rep="", border=0)
        # JupyterLab aligns cells to the right, which is for numbers, and these are texts.
        return str(page).replace("<td>", LEFT.format("td")).replace("<th>", LEFT.format("th"))

    def __repr__(self) -> str:
        if self.empty:
            return f"No rows: {', '.join(map(str, self.columns))}."
        with pd.option_context("display.max_colwidth", None):
            return str(self.to_string(index=False, justify="left", na_rep=""))


def times(values: Any, **how: Any) -> Any:
    """A column of times, all in UTC."""
    return pd.to_datetime(values, utc=True, **how)
