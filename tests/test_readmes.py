"""What the pages of words promise: links that lead somewhere, tests that there are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "cognito_sandbox" / "README.md"
PAGES = [ROOT / "README.md", ROOT / "CURES.md", README, *sorted((ROOT / "docs").rglob("*.md"))]
ROWS = re.findall(r"^\| .* \| (.*) \|$", README.read_text(), re.MULTILINE)[1:]


@pytest.mark.parametrize("tests", ROWS)
def test_each_row_names_tests_that_exist(tests: str) -> None:
    named = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", tests)
    assert len(named) == tests.count("`") / 2 > 0
    for file, function in named:
        source = (ROOT / "tests" / file).read_text()
        assert f"def {function or 'test_'}{'(' if function else ''}" in source, (file, function)


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []
