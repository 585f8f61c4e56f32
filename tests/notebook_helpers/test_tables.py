"""Tables that are made to be read."""

import pandas as pd

from helpers._inner.tables import Table

LONG = "x" * 300


def test_texts_are_whole_and_rows_have_no_numbers() -> None:
    table = Table([("ann", LONG)], columns=["Name", "Text"])
    for shown in (table._repr_html_(), repr(table)):
        assert LONG in shown
    assert "<th>0</th>" not in table._repr_html_()


def test_markup_in_values_stays_text() -> None:
    table = Table([("<script>alert(1)</script>", "<b>")], columns=["Name", "<i>"])
    assert "<script>" not in table._repr_html_()
    assert "<b>" not in table._repr_html_()


def test_missing_values_are_blank() -> None:
    table = Table([("ann", None), ("bob", pd.NaT)], columns=["Name", "Time"])
    assert "NaT" not in table._repr_html_()
    assert "None" not in table._repr_html_()


def test_an_empty_table_says_so() -> None:
    table = Table([], columns=["Name", "Time"])
    assert table._repr_html_() == "<p>No rows: Name, Time.</p>"
    assert repr(table) == "No rows: Name, Time."


def test_what_is_cut_from_a_table_is_one() -> None:
    table = Table([("ann", 1), ("bob", 2)], columns=["Name", "Number"])
    assert isinstance(table[["Name"]], Table)
    assert isinstance(table[table["Number"] > 1], Table)
    assert isinstance(table, pd.DataFrame)


def test_lines_stay_lines_and_control_characters_are_shown() -> None:
    table = Table([("one\ntwo", "\x1b[31mred")], columns=["Lines", "Codes"])
    for shown in (table._repr_html_(), repr(table)):
        assert "one\ntwo" in shown
        assert "\x1b" not in shown


def test_times_are_short_and_in_utc() -> None:
    moment = pd.Timestamp("2026-03-01 13:00:00.5+01:00")
    shown = repr(Table([(moment,)], columns=["Time"])).replace("\N{NO-BREAK SPACE}", " ")
    assert "2026-03-01 12:00:00.500 UTC" in shown
