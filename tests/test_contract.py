"""Citations of the contract name sections that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARTS = {"": "cognito", "sign-in ": "sign-in", "events ": "events"}
SECTION = r"\d+b?(?:\.\d+)?"
CITATION = re.compile(
    rf"(sign-in |events )?contract ({SECTION}(?:(?:, | and ){SECTION})*)", re.IGNORECASE
)


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
