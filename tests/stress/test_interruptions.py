"""Whatever interrupts a scenario: the reader is told in a line, and can run it again."""

import subprocess
import sys
from pathlib import Path

import pytest
from headless_reader import scenarios

INTERRUPTIONS = Path(__file__).with_name("interruptions.py")


@pytest.mark.parametrize("scenario", list(scenarios()))
def test_each_cell_can_be_interrupted(scenario: str) -> None:
    done = subprocess.run([sys.executable, INTERRUPTIONS, scenario], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
