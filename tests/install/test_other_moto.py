"""The sandbox beside another release of moto, as a package index brings it: slow, by pip."""

import os
import subprocess
import sys
from pathlib import Path


def test_another_release_is_refused_in_one_sentence(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--target", tmp_path, "moto==5.2.3"], check=True)
    started = subprocess.run(
        [sys.executable, "-m", "cognito_sandbox", "--port", "0"],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )
    assert started.returncode == 1
    assert started.stdout == ""
    (told,) = started.stderr.splitlines()
    assert told.startswith("moto 5.2.3 lacks what the sandbox needs (moto.")
    assert told.endswith("): pip install moto==5.2.5")
