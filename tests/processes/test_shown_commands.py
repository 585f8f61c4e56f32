"""What the pages show of the command, run as it stands there, in a project of somebody's."""

import json
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import Aws, by_hand

from cognito_sandbox.trigger_events import sample

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "cognito_sandbox" / "README.md").read_text()
PAGE = (PROJECT / "docs" / "sandbox.md").read_text()
SHOWN = re.findall(r"^\* `(cognito-sandbox [^`]+)`", PAGE, re.MULTILINE)
PAGES = re.findall(r"^\| `(/_sandbox/\w+)` \|", PAGE, re.MULTILINE)
COMMANDS = ["deploy", "event", "invoke", "logs", "mail", "triggers"]
HANDLER = """
def handler(event, context):
    print("asked about", event["userName"])
    return event

decide = handler
"""
TEMPLATE = """
Parameters:
  Stage: {Type: String, Default: dev}
Resources:
  Pool: {Type: AWS::Cognito::UserPool, Properties: {UserPoolName: !Ref Stage}}
Outputs:
  UserPoolId: {Value: !Ref Pool}
"""


PROGRAM = str(Path(sys.executable).with_name("cognito-sandbox"))


def program(shown: str) -> list[str]:
    """As a shell finds it beside this Python."""
    _, *words = shlex.split(shown)
    return [PROGRAM, *words]


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with by_hand("--port", "0") as endpoint:
        yield Aws(endpoint)


@pytest.fixture
def function(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A project with what the page names, and a function that has run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "pre_sign_up.py").write_text(HANDLER)
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    (tmp_path / "event.json").write_text(json.dumps(sample("PreSignUp_SignUp")))
    made = aws.function(HANDLER)
    aws.pool({"PreSignUp": made}).sign_up("ann")
    return made.name


def test_there_are_all_of_them() -> None:
    names = {shown.split()[1] for shown in SHOWN}
    assert names == {"serve", "deploy", "event", "invoke", "mail", "logs", "triggers"}
    assert [f"/_sandbox/{name}" for name in ("mail", "calls", "runs", "health")] == PAGES


@pytest.mark.parametrize("json_too", [False, True], ids=["plain", "json"])
@pytest.mark.parametrize("shown", [each for each in SHOWN if not re.search("serve|--follow", each)])
def test_each_command_does_what_is_shown(shown: str, json_too: bool, function: str) -> None:
    command = [*program(shown), *(["--json"] if json_too else [])]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
    if json_too:
        assert json.loads(done.stdout)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_example_of_its_help_does_what_is_shown(name: str, function: str, aws: Aws) -> None:
    command = program(f"cognito-sandbox {name} --help")
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    block = told.partition("examples:\n")[2].partition("\n\n")[0].replace("\\\n", "")
    assert len(block.splitlines()) > 2
    for line in block.splitlines():
        known = line.replace("MyFunction", function).replace("http://127.0.0.1:4566", aws.endpoint)
        if "--follow" not in line:  # and jq, which not every machine has, is left to its makers
            shown = known.partition(" | jq ")[0].replace("cognito-sandbox", PROGRAM, 1)
            done = subprocess.run(shown, shell=True, capture_output=True, text=True)
            assert (done.returncode, done.stderr) == (0, ""), shown


@pytest.mark.parametrize("shown", [each for each in SHOWN if "--follow" in each])
def test_following_ends_with_ctrl_c(shown: str, function: str) -> None:
    with subprocess.Popen(
        program(shown.replace("FUNCTION", function)),
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as following:
        assert following.stdout
        assert any("asked about ann" in line for line in following.stdout)
        following.send_signal(signal.SIGINT)
        assert following.wait(30) == 130


@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_there(path: str, aws: Aws) -> None:
    assert aws.get(path) is not None


def test_the_readme_s_sandbox_says_what_is_shown() -> None:
    shown, told = re.findall(r"^\$ (cognito-sandbox .*)\n(.*)$", README, re.MULTILINE)[0]
    port = shown.split()[-1]
    command = program(shown.replace(port, "0"))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout
        said = serving.stdout.readline().rstrip("\n")
        serving.terminate()
    assert re.sub(r"\d+$", port, said) == told
    assert serving.returncode == 0
