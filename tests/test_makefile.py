"""What make says and does about the environment, in a folder with a space in its name."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PIP = '#!/bin/sh\necho "pip was called"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that make can work in, whose environment was made, and nothing installed."""
    folder = tmp_path / "my project"
    shutil.copytree(PROJECT / ".install", folder / ".install")
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(PROJECT / name, folder)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", ".venv"], cwd=folder, check=True)
    (folder / ".venv" / ".created").touch()
    return folder


def make(folder: Path, target: str) -> str:
    plain = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    done = subprocess.run(["make", target], cwd=folder, capture_output=True, text=True, env=plain)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_says_that_it_installs(folder: Path) -> None:
    python = folder / ".venv" / "bin" / "python"
    python.unlink()
    python.write_text(PIP)
    python.chmod(0o755)
    told = make(folder, ".venv/.reader")
    assert told.index("Installing JupyterLab") < told.index("pip was called")


def test_an_environment_stays_where_it_was_made(folder: Path) -> None:
    assert "belongs to" not in make(folder, "help")
    assert (folder / ".venv").exists()


def test_an_environment_with_a_prompt_of_its_own_stays(folder: Path) -> None:
    named = [sys.executable, "-m", "venv", "--without-pip", "--prompt", "my env", ".venv"]
    subprocess.run(named, cwd=folder, check=True)
    make(folder, "help")
    assert (folder / ".venv").is_dir()


def test_an_environment_that_came_from_another_folder_is_removed(folder: Path) -> None:
    copy = folder.with_name("my copy")
    shutil.copytree(folder, copy, symlinks=True)
    told = make(copy, "help")
    assert f".venv belongs to another folder ({folder}/.venv)" in told
    assert not (copy / ".venv").exists()
    assert (folder / ".venv").exists()


def test_the_site_says_what_it_lacks(folder: Path) -> None:
    shutil.copy(PROJECT / "requirements-site.txt", folder)
    nothing, made = {"PATH": str(folder / "nothing")}, shutil.which("make") or "make"
    done = subprocess.run([made, "site"], cwd=folder, capture_output=True, text=True, env=nothing)
    assert done.returncode != 0
    assert done.stdout.startswith("This needs npm, which brings what draws the diagrams.")
    assert not (folder / ".venv" / "site").exists()


def test_help_lists_the_targets_alone(folder: Path) -> None:
    lines = make(folder, "help").splitlines()
    assert [line for line in lines if line.startswith("make ")] == lines[:-1]
