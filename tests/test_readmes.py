"""What the sandbox's README promises, and where it says that this is tested."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "cognito_sandbox" / "README.md"
ROWS = re.findall(r"^\| .* \| (.*) \|$", README.read_text(), re.MULTILINE)[1:]


@pytest.mark.parametrize("tests", ROWS)
def test_each_row_names_tests_that_exist(tests: str) -> None:
    named = re.findall(r"`([\w/]+\.py)`", tests)
    assert named
    assert [name for name in named if not (ROOT / "tests" / name).exists()] == []


@pytest.mark.parametrize("readme", [README, ROOT / "README.md"], ids=["sandbox", "project"])
def test_its_links_lead_somewhere(readme: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", readme.read_text())
    assert links
    assert [link for link in links if not (readme.parent / link).exists()] == []
