"""Citations of the contract name sections that exist."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARTS = {"": "cognito", "sign-in ": "sign-in", "events ": "events"}
SOURCE = re.compile(r"\([^()]*\b(?:recorded|documented|clients|reported)\b[^()]*\)[ .:|]*")
OUR_OWN = ("Cited as", "The sandbox")  # paragraphs that say nothing of AWS
SECTION = r"\d+b?(?:\.\d+)?"
CITATION = re.compile(
    rf"(sign-in |events )?contract ({SECTION}(?:(?:, | and ){SECTION})*)", re.IGNORECASE
)


def without_source(section: str) -> list[str]:
    """The facts of a section after which no source is named, nor at its head."""
    blocks = [each for each in re.split(r"\n{2,}|\n(?=\* )", section.strip()) if each]
    if blocks and SOURCE.match(blocks[0]):
        return []
    left: list[str] = []
    for before, block in pairwise(["", *blocks]):
        *named, rest = SOURCE.split(block)
        if block.startswith(OUR_OWN) or (block[0] == "|" and SOURCE.search(before)):
            continue
        left = ([] if named else left) + ([rest] if rest else [])
    return left


@pytest.mark.parametrize("part", PARTS.values())
def test_each_fact_has_its_kind_of_source(part: str) -> None:
    text = (ROOT / "docs" / "contract" / f"{part}.md").read_text()
    _, *found = re.split(r"^#+ .*$", text, flags=re.MULTILINE)
    assert [left for section in found if (left := without_source(section))] == []


@pytest.mark.parametrize(
    ("section", "left"),
    [
        ("* One.\n* Two. (recorded)", []),
        ("* One. (recorded)\n* Two.", ["* Two."]),
        ("One. (documented) Two.", ["Two."]),
        ("(reported, and more)\n\n* One.", []),
        ("| one |\n|---|", ["| one |\n|---|"]),
    ],
)
def test_a_fact_without_source_would_be_found(section: str, left: list[str]) -> None:
    assert without_source(section) == left


def sections(part: str) -> set[str]:
    text = (ROOT / "docs" / "contract" / f"{part}.md").read_text()
    return set(re.findall(rf"^#+ ({SECTION})\.? ", text, re.MULTILINE))


def citations() -> list[tuple[str, str, str]]:
    """Each as file, part and section."""
    sources = [*ROOT.glob("cognito_sandbox/**/*.py"), *ROOT.glob("tests/**/*.py")]
    return [
        (str(source.relative_to(ROOT)), PARTS[part.lower()], section)
        for source in sources
        if source != Path(__file__)
        for part, listed in CITATION.findall(source.read_text())
        for section in re.findall(SECTION, listed)
    ]


def test_citations_name_sections_that_exist() -> None:
    missing = [(source, part, s) for source, part, s in citations() if s not in sections(part)]
    assert citations()
    assert missing == []


@pytest.mark.parametrize(
    "module", sorted(ROOT.glob("tests/conformance/test_*.py")), ids=lambda module: module.stem
)
def test_conformance_tests_cite_the_contract(module: Path) -> None:
    assert CITATION.search(module.read_text().split('"""')[1])


OPERATIONS = sorted(
    path
    for path in ROOT.glob("cognito_sandbox/cognito/*.py")
    if path.stem not in ("__init__", "operations")  # how calls come in, whatever they ask
)


@pytest.mark.parametrize("module", OPERATIONS, ids=lambda module: module.stem)
def test_operations_cite_the_contract(module: Path) -> None:
    assert CITATION.search(module.read_text().split('"""')[1])
