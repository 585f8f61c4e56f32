"""What the pages of words promise: links that lead somewhere, tests that there are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "cognito_sandbox" / "README.md"
ALIKE = ROOT / "docs" / "as-in-aws.md"
PAGES = [ROOT / "README.md", ROOT / "CURES.md", README, *sorted((ROOT / "docs").rglob("*.md"))]
ONE_PAGE = 75  # lines
ROWS = re.findall(r"^\| .* \| (.*) \|$", ALIKE.read_text(), re.MULTILINE)[1:]


@pytest.mark.parametrize("tests", ROWS)
def test_each_row_names_tests_that_exist(tests: str) -> None:
    named = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", tests)
    assert len(named) == tests.count("`") / 2 > 0
    for file, function in named:
        source = (ROOT / "tests" / file).read_text()
        assert f"def {function or 'test_'}{'(' if function else ''}" in source, (file, function)


def test_the_sandbox_is_told_on_one_page() -> None:
    told = README.read_text().splitlines()
    assert len(told) < ONE_PAGE
    heads = [line.removeprefix("## ") for line in told if line.startswith("## ")]
    assert {"Install", "Run", "Point your SDK at it"} < set(heads)


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []
