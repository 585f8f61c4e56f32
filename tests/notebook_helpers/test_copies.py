"""A folder that was copied with its environment, in which somebody works."""

from pathlib import Path

import pytest

from helpers._inner import copies


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another folder of the project, in whose notebooks somebody works."""
    for folder in ("helpers/_inner", "notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "helpers" / "_inner" / "copies.py").touch()
    monkeypatch.chdir(tmp_path / "notebooks")
    return tmp_path


def test_a_copied_environment_is_told_of(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / ".venv").mkdir()
    copies.tell_of_others()
    told = f"{copy / '.venv'} came here from another folder, and has the helpers of {copies.OURS}:"
    assert told in capsys.readouterr().err


def test_an_environment_that_is_shared_on_purpose_is_no_news(
    copy: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    copies.tell_of_others()
    (copy / ".venv").symlink_to(tmp_path_factory.mktemp("shared"))
    copies.tell_of_others()
    assert capsys.readouterr().err == ""


def test_nor_is_another_project_with_helpers_of_its_own(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy / "helpers" / "_inner" / "copies.py").rename(copy / "helpers" / "cloud.py")
    (copy / ".venv").mkdir()
    copies.tell_of_others()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("place", [copies.OURS / "notebooks" / "more", Path("/")])
def test_nor_are_ones_own(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(place)
    copies.tell_of_others()
    assert capsys.readouterr().err == ""
