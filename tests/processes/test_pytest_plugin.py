"""The pytest plugin, in runs of pytest of its own."""

import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import eventually
from sdk_layer import layer

from benchmarks import first_test

pytest_plugins = "pytester"
PROJECT = Path(__file__).parents[2]
PRE_SIGN_UP = """
import json, os

def handler(event, context):
    email = event["request"]["userAttributes"]["email"]
    data = event["request"]["validationData"] or {}
    print("asked about", event["userName"], json.dumps(data), data.get("pw"))
    if email.endswith("example.org"):
        raise ValueError("closed")
    known = email.endswith("example.com") and "TABLE_NAME" in os.environ
    event["response"]["autoConfirmUser"] = known
    return event
"""
TESTS = """
import pytest

def test_known_people_need_no_code(user_pool):
    user_pool.trigger("PreSignUp", "src/pre_sign_up.py", environment={"TABLE_NAME": "known"})
    assert user_pool.sign_up("ann", email="ann@example.com").confirmed

def test_others_get_a_code(user_pool):
    user_pool.trigger("PreSignUp", "src/pre_sign_up.py")
    assert not user_pool.sign_up("bob", email="bob@example.net").confirmed
    user_pool.confirm("bob", user_pool.code("bob"))
    assert user_pool.sign_in("bob").claims["cognito:username"] == "bob"

def test_some_are_refused(user_pool):
    user_pool.trigger("PreSignUp", "src/pre_sign_up.py")
    with pytest.raises(user_pool.exceptions.UserLambdaValidationException, match="closed"):
        user_pool.sign_up("cid", email="cid@example.org")

@pytest.mark.user_pool(Policies={"PasswordPolicy": {"MinimumLength": 30}}, AccessTokenValidity=2)
class TestSettings:
    def test_are_the_markers(self, user_pool):
        with pytest.raises(user_pool.exceptions.InvalidPasswordException):
            user_pool.sign_up("ann", "Short-password-1", email="ann@example.com")

    @pytest.mark.user_pool(Policies={"PasswordPolicy": {"MinimumLength": 8}})
    def test_of_the_nearest_first(self, user_pool):
        user_pool.add("ann", "Short-password-1", email="ann@example.com")
        claims = user_pool.sign_in("ann").access_claims
        assert claims["exp"] - claims["iat"] == 7200

def test_each_pool_is_a_new_one(user_pool):
    user_pool.add("ann", email="ann@example.com")

def test_events_are_ready(cognito_event):
    event = cognito_event("PreSignUp_SignUp", userName="ann", email="ann@example.com")
    assert event["userName"] == "ann"

@pytest.mark.parametrize("name", ["ann", "bob"])
def test_a_stack_is_deployed_once(cognito_stack, name):
    stack = cognito_stack("template.yaml")
    assert stack is cognito_stack("template.yaml")
    stack.user_pool.add(name, email=f"{name}@example.com")

def test_the_stack_was_the_same_in_other_tests(cognito_stack):
    assert cognito_stack("template.yaml").user_pool.user("bob").enabled
"""
TEMPLATE = """
Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  Client: {Type: AWS::Cognito::UserPoolClient, Properties: {UserPoolId: !Ref Pool}}
"""
FAILING = """
SECRET = 'Correct-"' + 'horse-1'  # whose quote JSON writes differently

def test_wrong(user_pool):
    user_pool.trigger("PreSignUp", "src/pre_sign_up.py")
    user_pool.sign_up("ann", SECRET, email="ann@example.net", validation_data={"pw": SECRET})
    user_pool.confirm("ann", "000000x"[:6])

def test_raises(user_pool):
    user_pool.trigger("PreSignUp", "src/pre_sign_up.py")
    user_pool.sign_up("cid", SECRET, email="cid@example.org")

def test_not_loaded(user_pool):
    user_pool.trigger("PreSignUp", "src/broken.py")

def test_passes(user_pool):
    user_pool.sign_up("ann", SECRET, email="ann@example.com")
"""
WAITING = """
import pathlib, time

import pytest

@pytest.mark.parametrize("number", range(2))
def test_it(user_pool, number):
    user_pool.trigger("PreSignUp", "src/pre_sign_up.py")
    user_pool.sign_up("ann", email="ann@example.com")
    pathlib.Path("port-" + user_pool.sandbox.endpoint.rpartition(":")[2]).touch()
    time.sleep(600)
"""
LOOKING_UP = """
import boto3

def handler(event, context):
    boto3.client("dynamodb").get_item(TableName="known", Key={"id": {"S": event["userName"]}})
    return event
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project of somebody's, with a handler and with a package called helpers."""
    (pytester.path / "src").mkdir()
    (pytester.path / "src" / "pre_sign_up.py").write_text(PRE_SIGN_UP)
    (pytester.path / "template.yaml").write_text(TEMPLATE)
    return pytester


def test_triggers_are_tested(project: pytest.Pytester) -> None:
    project.makepyfile(TESTS)
    result = project.runpytest("--strict-markers")
    result.assert_outcomes(passed=10)


def test_what_the_readme_shows_works(project: pytest.Pytester) -> None:
    readme = (PROJECT / "cognito_sandbox" / "README.md").read_text()
    script, test = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert project.run(sys.executable, "-c", script).stdout.str() == "[]"
    project.makepyfile(test)
    project.runpytest("--strict-markers").assert_outcomes(passed=1)


def test_what_the_page_about_testing_shows_works(project: pytest.Pytester) -> None:
    section = (PROJECT / "docs" / "testing.md").read_text()
    shown = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    tests, _, _, script, for_unittest = shown
    markers = re.findall(r"`(@pytest.mark.user_pool\(.+?\))`", section)
    for number, marker in enumerate(markers):
        tests += f"\n\n{marker}\ndef test_settings_{number}(user_pool):\n    pass\n"
    project.makepyfile(tests)
    project.runpytest("--strict-markers").assert_outcomes(passed=3 + len(markers))
    assert len(markers) == 2
    assert "confirmed=False" in project.run(sys.executable, "-c", script).stdout.str()
    project.makepyfile(test_it=for_unittest)
    assert project.run(sys.executable, "-m", "unittest", "test_it").ret == 0


def test_the_sender_that_the_page_shows_works(project: pytest.Pytester) -> None:
    section = (PROJECT / "docs" / "testing.md").read_text().partition("## A sender")[2]
    handler, test = re.findall(r"```python\n(.*?)```", section, re.DOTALL)[:2]
    (project.path / "src" / "send.py").write_text(handler)
    zipfile.ZipFile(io.BytesIO(layer())).extractall(project.path / "layer")
    project.makepyfile(test)
    project.runpytest("--strict-markers").assert_outcomes(passed=1)


def test_workers_have_a_sandbox_each(project: pytest.Pytester) -> None:
    project.makepyfile(
        "def test_one(sandbox, user_pool):\n    print(sandbox.endpoint)\n    assert 0\n"
        "def test_other(sandbox, user_pool):\n    print(sandbox.endpoint)\n    assert 0\n"
    )
    result = project.runpytest_subprocess("-n", "2", "--dist", "each", "-k", "one")
    result.assert_outcomes(failed=2)
    told = {line for line in result.outlines if line.startswith("http://127.0.0.1:")}
    assert len(told) == 2


def test_a_failure_shows_events_and_log_lines_and_no_secret(project: pytest.Pytester) -> None:
    project.makepyfile(FAILING)
    (project.path / "src" / "broken.py").write_text("x = {}['y']")
    result = project.runpytest("-vv", "--tb=long")
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(
        [
            "*CodeMismatchException*",
            "*- Cognito triggers -*",
            "PreSignUp, src/pre_sign_up.py: 1 run. The event, as it came:",
            '*"userName": "ann",',
            '*"pw": "[*][*][*]"*',
            "answer: the event as it was",
            'log: asked about ann {"pw": "[*][*][*]"} [*][*][*]',
            "*UserLambdaValidationException*closed*",
            "*- Cognito triggers -*",
            '*"userName": "cid",',
            "log: *ValueError: closed",
            "*broken.py cannot be loaded: KeyError: 'y'",
            '*File "broken.py", line 1, in <module>',
        ]
    )
    assert result.stdout.str().count("- Cognito triggers -") == 2
    assert "horse-1" not in result.stdout.str().replace("'horse-1'", "")


def test_a_failure_tells_of_pools_that_other_fixtures_have_made(project: pytest.Pytester) -> None:
    project.makepyfile(
        "import pytest\n"
        "@pytest.fixture(scope='module')\n"
        "def pool(sandbox):\n"
        "    with sandbox.user_pool() as pool:\n"
        "        pool.trigger('PreSignUp', 'src/pre_sign_up.py')\n"
        "        yield pool\n"
        "def test_it(pool):\n"
        "    pool.sign_up('ann', email='ann@example.com')\n"
        "    assert 0\n"
        "def test_other(): assert 0\n"
    )
    told = project.runpytest().stdout.str()
    assert told.count("- Cognito triggers -") == 1
    assert "log: asked about ann {} None" in told


def test_a_right_that_the_role_lacks_is_named(project: pytest.Pytester) -> None:
    (project.path / "src" / "look.py").write_text(LOOKING_UP)
    project.makepyfile(
        "def test_it(user_pool):\n"
        "    user_pool.trigger('PreSignUp', 'src/look.py')\n"
        "    user_pool.sign_up('ann', email='ann@example.com')\n"
    )
    result = project.runpytest()
    result.stdout.fnmatch_lines(
        ["*may write logs, and nothing else*", "refused: dynamodb:GetItem on arn:*/known"]
    )


def test_what_the_sandbox_says_meanwhile_is_shown(project: pytest.Pytester) -> None:
    (project.path / "src" / "send.py").write_text("def handler(event, context): pass")
    project.makepyfile(
        "def test_before(user_pool): assert 0\n"
        "def test_it(sandbox, user_pool):\n"
        "    user_pool.trigger('CustomEmailSender', 'src/send.py')\n"
        "    sandbox.client('kms').disable_key(KeyId=user_pool.key)\n"
        "    user_pool.sign_up('ann', email='ann@example.com')\n"
        "    assert 0\n"
        "def test_after(user_pool): assert 0\n"
    )
    told = project.runpytest().stdout.str()
    assert told.count("- Cognito triggers -") == 1
    assert re.search(r"\nsandbox: arn:\S+ could not hand over an event: KMSKeyID arn:", told)


def test_without_its_sandbox_a_test_fails_and_the_session_goes_on(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        "def test_it(sandbox, user_pool):\n"
        "    user_pool.trigger('PreSignUp', 'src/pre_sign_up.py')\n"
        "    sandbox.stop()\n"
        "    assert 0\n"
        "def test_other(): pass\n"
    )
    project.runpytest().assert_outcomes(failed=1, errors=1, passed=1)


def test_a_mistake_is_told_without_our_own_code(project: pytest.Pytester) -> None:
    project.makepyfile(
        "import pytest\n"
        "def test_code(user_pool): user_pool.trigger('PreSignUp', 'nowhere.py')\n"
        "def test_name(user_pool): user_pool.trigger('PreSignup', 'src/pre_sign_up.py')\n"
        "def test_stack(cognito_stack): cognito_stack('nowhere.yaml')\n"
        "@pytest.mark.user_pool(MfaConfig='ON')\n"
        "def test_marker(user_pool): pass\n"
    )
    told = project.runpytest("-rN").stdout.str()
    cure = "or put an empty pytest.ini in the folder where it starts"
    assert told.count(cure) == 2
    for line in ("There is no nowhere.py", "There is no nowhere.yaml", 'no trigger "PreSignup"'):
        assert line in told
    assert "def package(" not in told
    assert "cognito_sandbox/" not in told.replace("\\", "/")


def test_a_mistake_in_the_marker_is_told(project: pytest.Pytester) -> None:
    project.makepyfile(
        "import pytest\n"
        "@pytest.mark.user_pool('ON')\n"
        "def test_one(user_pool): pass\n"
        "@pytest.mark.user_pool(MfaConfig='ON')\n"
        "def test_other(user_pool): pass\n"
        "@pytest.mark.user_pool(MfaConfiguration='ONN')\n"
        "def test_value(user_pool): pass\n"
        "@pytest.mark.user_pool(AccessTokenValidity='2')\n"
        "def test_type(user_pool): pass\n"
    )
    result = project.runpytest("-rN")
    result.assert_outcomes(errors=4)
    said = result.stdout.str()
    for told in (
        r":2: user_pool takes its settings by name, not \('ON',\)\.",
        r":4: Neither .* has MfaConfig: did you mean MfaConfiguration\?",
        r":6: .*'ONN' at 'mfaConfiguration' .* enum value set: \[OFF, ON, OPTIONAL\]",
        r":8: .*AccessTokenValidity, value: 2, .* valid types: <class 'int'>",
    ):
        assert re.search(rf"____\n\S+\.py{told}\n[_=]", said), told


def test_a_project_may_have_helpers_of_its_own(project: pytest.Pytester) -> None:
    package = project.path / "helpers"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "names.py").write_text("KNOWN = {'ann'}\n")
    (package / "trigger.py").write_text(
        "from helpers.names import KNOWN\n"
        "def decide(event, context):\n"
        "    event['response']['autoConfirmUser'] = event['userName'] in KNOWN\n"
        "    return event\n"
    )
    project.makepyfile(
        "from helpers.trigger import decide\n"
        "def test_it(user_pool):\n"
        "    user_pool.trigger('PreSignUp', decide)\n"
        "    assert user_pool.sign_up('ann', email='ann@example.com').confirmed\n"
    )
    project.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_who_uses_no_fixture_pays_for_none(project: pytest.Pytester) -> None:
    project.makepyfile(
        "import sys\n"
        "def test_it():\n"
        "    assert 'cognito_sandbox.pytest_plugin' in sys.modules\n"
        "    assert not {'boto3', 'moto', 'cognito_sandbox.testing'} & sys.modules.keys()\n"
    )
    project.runpytest_subprocess("-p", "no:nbval").assert_outcomes(passed=1)


def test_a_session_s_first_test_does_not_wait_long(tmp_path: Path) -> None:
    """`make bench` has the seconds; here, only what any machine shows."""
    ours, motos = zip(*(first_test.pair(tmp_path) for _ in range(2)), strict=True)
    assert min(ours) < 5 * min(motos)


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Where the sandbox and all else put their temporary files; functions have a /tmp instead."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_however_it_ends(
    project: pytest.Pytester, temporary: Path, ending: int, workers: int
) -> None:
    """Neither a process nor a file, after Ctrl+C (which all of the terminal's processes get)."""
    if not shutil.which("ps"):
        pytest.skip("There is no ps here with which to look for processes.")
    project.makepyfile(WAITING)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    with subprocess.Popen(
        [*command, *(["-n", str(workers)] if workers else [])],
        cwd=project.path,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"TMPDIR": str(temporary)},
        start_new_session=True,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # unattended, it is ignored
    ) as process:
        try:
            awaited = max(workers, 1)
            assert eventually(lambda: len(list(project.path.glob("port-*"))) == awaited, 180)
            started = _descendants(process.pid)
            ports = [int(path.name.partition("-")[2]) for path in project.path.glob("port-*")]
            assert all(map(_serves, ports))
            assert len(started) > awaited  # a function's process, beside each sandbox
            assert list(temporary.iterdir())
            if ending == signal.SIGINT:
                os.killpg(process.pid, ending)
            else:
                os.kill(process.pid, ending)
            process.wait(60)
        finally:
            process.kill()
    assert eventually(lambda: not _left(started), 30), _left(started)
    assert not any(map(_serves, ports))
    assert list(temporary.iterdir()) == []


def _processes() -> dict[int, tuple[int, str]]:
    """All of the machine: each one's parent, and when it started."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,lstart="], capture_output=True, text=True, check=True
    ).stdout
    rows = (line.split(None, 2) for line in listed.splitlines())
    return {int(pid): (int(parent), start) for pid, parent, start in rows}


def _descendants(ancestor: int) -> dict[int, str]:
    """What it has started, and what that has, and when."""
    known, found = _processes(), {ancestor}
    while more := {pid for pid, (parent, _) in known.items() if parent in found} - found:
        found |= more
    return {pid: known[pid][1] for pid in found - {ancestor}}


def _left(started: dict[int, str]) -> list[int]:
    known = _processes()
    return [pid for pid, start in started.items() if pid in known and known[pid][1] == start]


def _serves(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
