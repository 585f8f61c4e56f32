"""Another project installs the sandbox into an environment of its own, and tests its triggers."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SANDBOX = TESTS.parent / "cognito_sandbox"
VERSIONS = ["3.11", "3.12", "3.13", "3.14"]
OLDEST = {"3.11": "pytest==7.0.1"}  # with the others, the newest


def runs(command: list[str | Path], cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _starts(python: str) -> bool:
    return not subprocess.run([python, "-V"], capture_output=True).returncode


def found(version: str) -> str | None:
    """On the path, or where pyenv has it; pyenv puts a name on the path that may not run."""
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    places = [shutil.which(name) or "", *map(str, pyenv.glob(f"{version}.*/bin/{name}"))]
    return next((place for place in places if place and _starts(place)), None)


@pytest.mark.parametrize("version", VERSIONS)
def test_its_tests_pass(tmp_path: Path, version: str) -> None:
    python = found(version)
    if not python:
        pytest.skip(f"There is no Python {version} here.")
    environment, project = tmp_path / "environment", tmp_path / "project"
    shutil.copytree(TESTS / "sample_project", project)
    runs([python, "-m", "venv", environment])
    pip: list[str | Path] = [environment / "bin" / "python", "-m", "pip", "install", "--quiet"]
    tools = [OLDEST.get(version, "pytest"), "pytest-xdist"]
    runs([*pip, "--disable-pip-version-check", SANDBOX, *tools])
    tried = environment / "bin" / "pytest"
    assert "6 passed" in runs([tried], project)
    assert "6 passed" in runs([tried, "-n", "2"], project)
    assert "1 passed" in runs([tried, "-x", "-k", "refused"], project)
    command: list[str | Path] = [environment / "bin" / "cognito-sandbox", "invoke"]
    words = ["src/pre_sign_up.py", "--event", "PreSignUp_SignUp", "--json"]
    assert json.loads(runs([*command, *words], project))["logs"] == ["asked about test_user_1"]
