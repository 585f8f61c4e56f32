"""An environment with the sandbox alone, installed as its README says: what it brings along, and
that it runs there."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

SANDBOX = Path(__file__).parents[2] / "cognito_sandbox"
README = (SANDBOX / "README.md").read_text()
PIP = re.findall(r"pip install '?PATH/cognito_sandbox[^\s']*'?", README)
NOBODY = 65534
NOT_BROUGHT = [
    *("helpers", "IPython", "ipykernel", "ipywidgets", "jupyter", "jupyter_client", "jupyter_core"),
    *("jupyterlab", "nbval", "notebook", "pandas"),
]
FIND = """
import sys
from importlib.util import find_spec

print([name for name in sys.argv[1:] if find_spec(name)])
"""


@pytest.fixture(scope="module")
def environment() -> Iterator[Path]:
    """Where other users of the machine may look, too."""
    folder = Path(tempfile.mkdtemp(prefix="sandbox-alone-"))
    folder.chmod(0o755)
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)
    install(folder / "env", PIP[0])
    yield folder / "env"
    shutil.rmtree(folder)


def install(environment: Path, shown: str) -> None:
    pip, *words = shlex.split(shown.replace("PATH", str(SANDBOX.parent)))
    quietly = ["--quiet", "--disable-pip-version-check"]
    subprocess.run([environment / "bin" / pip, *words, *quietly], check=True)


def starts(command: list[str | Path]) -> None:
    """It says that it is ready, answers, and ends when it is told to."""
    surroundings = {"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}
    started = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd="/", env=surroundings
    )
    try:
        assert started.stdout
        told = started.stdout.readline()
        assert told.startswith("Sandbox ready at http://127.0.0.1:")
        with urllib.request.urlopen(f"{told.split()[-1]}/_sandbox/health") as answer:
            assert answer.status == 200
        started.send_signal(signal.SIGTERM)
        assert started.wait(10) == 0
    finally:
        started.kill()
        started.communicate()


def test_it_brings_neither_helpers_nor_notebooks(environment: Path) -> None:
    found = subprocess.run(
        [environment / "bin" / "python", "-c", FIND, "cognito_sandbox", *NOT_BROUGHT],
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout == "['cognito_sandbox']\n"


def test_its_types_come_with_it(environment: Path) -> None:
    (installed,) = environment.glob("lib/python3*/site-packages/cognito_sandbox")
    assert (installed / "py.typed").is_file()
    assert not (installed / "README.md").exists()


def test_sam_s_translator_comes_along_where_the_readme_says_so(environment: Path) -> None:
    look: list[str | Path] = [environment / "bin" / "python", "-c", FIND, "samtranslator"]
    before = subprocess.run(look, cwd="/", capture_output=True, text=True, check=True)
    install(environment, PIP[1])
    after = subprocess.run(look, cwd="/", capture_output=True, text=True, check=True)
    assert (before.stdout, after.stdout) == ("[]\n", "['samtranslator']\n")


def test_its_command_starts_there(environment: Path) -> None:
    starts([environment / "bin" / "cognito-sandbox", "--port", "0"])


def test_its_command_starts_for_a_user_that_is_not_root(environment: Path) -> None:
    if os.geteuid():
        pytest.skip("Only root can become another user; the test before this one ran as no root.")
    setpriv = shutil.which("setpriv")
    if not setpriv:
        pytest.skip("There is no setpriv here with which to become another user.")
    as_nobody = [setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    python = environment / "bin" / "python"
    if subprocess.run([*as_nobody, python, "-c", ""], capture_output=True).returncode:
        pytest.skip(f"{python.resolve()} is not for every user of this machine.")
    starts([*as_nobody, environment / "bin" / "cognito-sandbox", "--port", "0"])
