"""Another project installs the sandbox into an environment of its own, and tests its triggers."""

import shutil
import subprocess
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SANDBOX = TESTS.parent / "cognito_sandbox"
VERSIONS = ["3.11", "3.12", "3.13", "3.14"]


def runs(command: list[str | Path], cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("version", VERSIONS)
def test_its_tests_pass(tmp_path: Path, version: str) -> None:
    python = shutil.which(f"python{version}")
    if not python or subprocess.run([python, "-V"], capture_output=True).returncode:
        pytest.skip(f"There is no Python {version} here.")
    environment, project = tmp_path / "environment", tmp_path / "project"
    shutil.copytree(TESTS / "sample_project", project)
    runs([python, "-m", "venv", environment])
    pip: list[str | Path] = [environment / "bin" / "python", "-m", "pip", "install", "--quiet"]
    runs([*pip, "--disable-pip-version-check", SANDBOX, "pytest", "pytest-xdist"])
    tried = environment / "bin" / "pytest"
    assert "6 passed" in runs([tried], project)
    assert "6 passed" in runs([tried, "-n", "2"], project)
    assert "1 passed" in runs([tried, "-x", "-k", "refused"], project)
