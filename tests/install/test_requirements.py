"""requirements.txt by itself, given by its path: all that a reader needs, in one go."""

import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]
NEEDED = ["boto3", "cognito_sandbox", "helpers", "jupyterlab", "nbval", "pandas", "segno"]
WHERE = """
import json
import sys
from importlib.util import find_spec

print(json.dumps({name: find_spec(name) and find_spec(name).origin for name in sys.argv[1:]}))
"""


def test_it_installs_everything_from_another_folder(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    python = str(tmp_path / "env" / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "-r", str(PROJECT / "requirements.txt")], cwd=tmp_path, check=True)
    told = subprocess.run(
        [python, "-I", "-c", WHERE, *NEEDED],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(told.stdout)
    assert [name for name, origin in found.items() if not origin] == []
    for package in ("cognito_sandbox", "helpers"):
        assert found[package] == str(PROJECT / package / "__init__.py")
    shown = [str(tmp_path / "env" / "bin" / "cognito-sandbox"), "--version"]
    assert subprocess.run(shown, cwd=tmp_path, capture_output=True, check=True).stdout
