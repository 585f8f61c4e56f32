"""What makes the reader of the first three pages think: the order of event, question and answer."""

import re
from pathlib import Path
from statistics import median
from typing import Any

import nbformat
import pytest
from execute_notebooks import NOTEBOOKS, TUTORIALS

from helpers.prompts import prediction

HANDLERS = {"01_auto_confirm": "auto_confirm", "02_migrate_user": "migrate_user"}
HANDLERS |= {"03_activity_log": "activity_log"}
ASKED = re.compile(r'(\w+) = prompts\.predict\("(\w+)", "(\w+)"\)')
pages = pytest.mark.parametrize("path", TUTORIALS[:3], ids=lambda path: path.stem)


def cells(path: Path) -> list[Any]:
    return list(nbformat.read(path, as_version=4).cells)


def first(found: list[Any], text: str) -> int:
    """The place of the first cell with this in its source."""
    return next(place for place, cell in enumerate(found) if text in cell.source)


def shown(found: list[Any]) -> str:
    """All that these cells tell: their text, and what their code has left on the page."""
    outputs = [output for cell in found for output in cell.get("outputs", [])]
    plain = [output.get("text", output.get("data", {}).get("text/plain", "")) for output in outputs]
    texts = [cell.source for cell in found if cell.cell_type == "markdown"]
    return " ".join("".join([*texts, *plain]).split()).lower()


def planned(text: str) -> list[tuple[str, ...]]:
    """Who says what to whom, in the picture at the top."""
    names = dict(re.findall(r"participant (\w+) as (\w+)", text))
    arrows = re.findall(r"(\w+)-?->>(\w+): (.+)", text)
    return [(names.get(one, one), names.get(other, other), what) for one, other, what in arrows]


def recorded(found: list[Any]) -> list[tuple[str, ...]]:
    """The same, in the first picture of what happened."""
    outputs = [output for cell in found for output in cell.get("outputs", [])]
    drawn = (output.data for output in outputs if "text/vnd.mermaid" in output.get("data", {}))
    return re.findall(r"(\w+) → (\w+): (.+)", next(drawn)["text/plain"])


@pages
def test_it_happened_as_planned(path: Path) -> None:
    found = cells(path)
    assert len(planned(found[0].source)) >= 6
    assert planned(found[0].source) == recorded(found)


@pages
def test_the_event_stands_before_the_handler(path: Path) -> None:
    found, name = cells(path), HANDLERS[path.stem]
    event = first(found, "show.event(sent)")
    assert event < first(found, f'experiments.source("{name}")')
    assert event < first(found, f"%%handler {name}")
    printed = found[event].outputs[0]["data"]["text/plain"]
    assert '"triggerSource"' in printed
    assert printed.count("  ← ") >= 5


@pages
def test_three_times_the_reader_commits_to_an_answer_before_it_is_on_the_page(path: Path) -> None:
    found = cells(path)
    asked = [
        (place, match) for place, cell in enumerate(found) if (match := ASKED.search(cell.source))
    ]
    assert len(asked) >= 3
    for place, match in asked:
        guess, notebook, name = match.groups()
        question = prediction.read(notebook, name)
        told = question.answers[question.right].lower()
        answered = first(found, f"{guess}.answer(")
        assert place < answered <= place + 2
        assert told not in shown(found[: place + 1]), "the answer stands above the question"
        assert told in shown([found[answered]])


@pages
def test_it_is_no_longer_than_it_has_to_be(path: Path) -> None:
    found = cells(path)
    lines = [len(cell.source.splitlines()) for cell in found if cell.cell_type == "code"]
    assert 30 <= len(found) <= 36
    assert median(lines) <= 6


@pages
def test_the_exercise_can_be_done(path: Path) -> None:
    found = cells(path)
    text = first(found, "## Exercise")
    assert found[text + 1].source.startswith(f"%%handler {HANDLERS[path.stem]}")
    assert "# Your turn" in found[text + 1].source or "# If " in found[text + 1].source
    assert "exercises.check(" in found[text + 2].source
    (solution,) = re.findall(r"\((solutions/\w+\.py)\)", found[text].source)
    assert (NOTEBOOKS / solution).exists()
