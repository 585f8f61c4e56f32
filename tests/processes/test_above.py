"""A function can look into no process above it: one of them has the reader's credentials."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from other_users import SOMEBODY

from cognito_sandbox.lambdas import landlock

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only there functions are kept out")
FOLDERS = [Path(__file__).parents[2], Path(__file__).parents[1], Path(pytest.__file__).parents[1]]
STARTER = """
import json, os, sys
from cognito_sandbox import Sandbox
from harness import Aws

with Sandbox() as sandbox:
    seen = Aws(sandbox.endpoint, sandbox.access_key).function(sys.argv[1]).result()
    print(json.dumps({"starter": os.getpid(), "seen": seen}))
"""
LOOK_UP = """
import os

def look(path):
    try:
        with open(path, "rb") as file:
            return file.read(1 << 20).decode("latin-1") if path.endswith("environ") else "opened"
    except PermissionError:
        return None

def handler(event, context):
    seen, process = {}, os.getppid()
    while process:
        seen[process] = [look(f"/proc/{process}/{name}") for name in ("environ", "mem", "maps")]
        with open(f"/proc/{process}/stat") as status:
            process = int(status.read().rpartition(")")[2].split()[1])
    return seen
"""
NO_LANDLOCK = """
import ctypes, os, struct, sys

steps = [(0x20, 0, 0, 0), (0x35, 0, 2, 444), (0x25, 1, 0, 446)]  # load the call's number; compare
steps += [(0x06, 0, 0, 0x00050000 | 38), (0x06, 0, 0, 0x7FFF0000)]  # "no such call"; let it pass
code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
program = struct.pack("@HP", len(steps), ctypes.addressof(code))
library = ctypes.CDLL(None)
assert library.prctl(38, 1, 0, 0, 0) == 0 and library.prctl(22, 2, program) == 0
os.execv(sys.argv[1], sys.argv[1:])
"""
NO_RIGHTS = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
USER = ("setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups", *NO_RIGHTS[1:])
NO_NAMESPACES = (
    *("unshare", "--user", "--map-root-user", "sh", "-c"),
    'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"',
    "-",
)
PYTHON = sys.executable
SYSTEMS = shutil.which("python3", path="/usr/bin") or PYTHON  # which any user may run
CASES: dict[str, tuple[str, ...]] = {
    "this user": (PYTHON,),
    "without namespaces": (*NO_NAMESPACES, PYTHON),
    "an ordinary user": (*USER, SYSTEMS),
    "an ordinary user without namespaces": (*USER, *NO_NAMESPACES, *NO_RIGHTS, SYSTEMS),
    "root without namespaces and Landlock": (*NO_NAMESPACES, PYTHON, "-c", NO_LANDLOCK, PYTHON),
}


def run(command: tuple[str, ...], *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {
        "AWS_ACCESS_KEY_ID": "REAL",
        "AWS_SECRET_ACCESS_KEY": "REAL",
        "HOME": "/",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, FOLDERS)),
    }
    return subprocess.run(
        [*command, *arguments], capture_output=True, text=True, cwd="/", env=variables
    )


@pytest.mark.parametrize("who", CASES)
def test_nothing_is_seen_of_any_process_above(who: str) -> None:
    if "Landlock" not in who and not landlock.is_here():
        pytest.skip("without it, an ordinary user's functions are not kept out")
    if run(CASES[who], "-c", "import boto3, moto, cognito_sandbox").returncode:
        pytest.skip(f"this machine, or its user, cannot try it as {who}")
    done = run(CASES[who], "-c", STARTER, LOOK_UP)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert {str(told["starter"]), str(os.getpid())} <= told["seen"].keys()
    assert len(told["seen"]) > 4
    assert all(each == [None] * 3 for each in told["seen"].values()), told["seen"]


def test_a_server_that_was_started_by_hand_has_shed_them() -> None:
    """So they are not in its environment where nothing keeps functions out, either."""
    command = [PYTHON, "-m", "cognito_sandbox"]
    variables = os.environ | {"AWS_SECRET_ACCESS_KEY": "REAL", "MY_TOKEN": "REAL"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=variables)
    try:
        assert process.stdout
        assert process.stdout.readline()
        assert b"REAL" not in Path(f"/proc/{process.pid}/environ").read_bytes()
    finally:
        process.terminate()
        process.communicate()
