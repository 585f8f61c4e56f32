"""The command `cognito-sandbox`: what each of its subcommands prints, and how it ends."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from harness import Aws, by_hand

from cognito_sandbox import Sandbox, __main__, trigger_events
from cognito_sandbox.commands import invoke, logs
from cognito_sandbox.commands.outcome import FAILED, NO_SANDBOX, WRONG_USE

HANDLER = """
import os

def handler(event, context):
    print("asked about", event["userName"])
    if event["userName"] == "cid":
        raise ValueError("closed")
    event["response"]["autoConfirmUser"] = os.environ.get("KNOWN") == event["userName"]
    return event
"""
LOOKING_UP = """
import boto3

def handler(event, context):
    boto3.client("dynamodb").get_item(TableName="people", Key={"id": {"S": "ann"}})
    return event
"""
TEMPLATE = """
Parameters:
  Length: {Type: Number, Default: 8}
Resources:
  Pool:
    Type: AWS::Cognito::UserPool
    Properties: {Policies: {PasswordPolicy: {MinimumLength: !Ref Length}}}
Outputs:
  UserPoolId: {Value: !Ref Pool}
"""
EVENT = ("--event", "PreSignUp_SignUp")
DEFINE = "DefineAuthChallenge_Authentication"


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(
    aws: Aws,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run the command in a folder of its own, with the tests' sandbox for the environment's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws.access_key)

    def run(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["cognito-sandbox", *words])
        try:
            __main__.main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Ended(code, *capsys.readouterr())

    return run


@pytest.mark.parametrize("name", __main__.COMMANDS)
def test_its_help_is_a_page_with_an_example(run: Run, name: str) -> None:
    ended = run(name, "--help")
    lines = ended.out.splitlines()
    assert ended.code == 0
    assert len(lines) < 60
    assert max(map(len, lines)) <= 100
    assert "cognito-sandbox" in ended.out.partition("example")[2]


def test_it_says_which_it_is(run: Run) -> None:
    ended = run("--version")
    assert (ended.code, ended.err) == (0, "")
    assert re.fullmatch(r"cognito-sandbox [\d.]+, functions run on Python 3\.[\d.]+\n", ended.out)


def test_its_help_names_the_others(run: Run) -> None:
    told = run("--help").out
    assert all(f"\n  {name} " in told for name in __main__.COMMANDS if name != "serve")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["deplay"], WRONG_USE, "no command deplay"),
        (["event", "PreSignUp"], WRONG_USE, "did you mean PreSignUp_AdminCreateUser or PreS"),
        (["event", "Nothing"], WRONG_USE, "Use one of CreateAuthChallenge"),
        (["event", "PreSignUp_SignUp", "--set", "usrName=ann"], 2, "did you mean userName?"),
        (["event", "PreSignUp_SignUp", "--set", "ann"], WRONG_USE, "NAME=VALUE, not ann"),
        (["mail", "--endpoint", "http://127.0.0.1:1"], NO_SANDBOX, "No sandbox answers at"),
        (["mail", "--access-key", "wrong"], NO_SANDBOX, "takes another access key than this one"),
        (["mail", "--access-key", "any"], NO_SANDBOX, "asks for its access key"),
        (["mail", "--user-pool", "nope"], FAILED, "There is no user pool nope in us-east-1"),
        (["mail", "--user-pool", "eu-west-1_a"], FAILED, "no user pool eu-west-1_a in eu-west-1"),
        (["mail", "--endpoint", "http://127.0.0.1:abc"], WRONG_USE, "not on this machine"),
        (["mail", "--endpoint", "https://127.0.0.1:1"], 2, "not https: http://127.0.0.1:1"),
        (
            ["logs", "x", "--region", "eu-west-1"],
            FAILED,
            "no functions in eu-west-1; --region NAME",
        ),
        (["event", "PreSignUp_SignUp", "--set", "request={bad"], 2, "request takes JSON"),
        (["event", "PreSignUp_SignUp", "--set", "request=5"], 2, "request takes an object, not 5"),
        (["event", "PreSignUp_SignUp", "--set", "request=null"], 2, "takes an object, not null"),
        (["event", "PreSignUp_SignUp", "--set", "userAttributes=5"], 2, "an object, not 5"),
        (["event", "PreSignUp_SignUp", "--set", "userAttributes=[]"], 2, "an object, not []"),
        (["event", "PreSignUp_SignUp", "--set", "clientMetadata=5"], 2, "an object, not 5"),
        (["event", DEFINE, "--set", "session={}"], WRONG_USE, "session takes a list, not {}"),
        (["mail", "--endpoint", "https://cognito-idp.us-east-1.amazonaws.com"], 2, "not on this"),
        (["logs", "x", "--endpoint", "http://10.0.0.1:4566"], WRONG_USE, "not on this machine"),
        (["deploy", "t.yaml", "--endpoint", "127.0.0.1:4566"], WRONG_USE, "not on this machine"),
        (["logs", "nowhere"], FAILED, "There is no function nowhere"),
        (["logs", "x", "--region", "narnia"], WRONG_USE, "narnia is no region"),
        (["logs", ""], WRONG_USE, "Invalid length for parameter FunctionName"),
        (["deploy", "nowhere.yaml"], WRONG_USE, "There is no nowhere.yaml in /"),
        (["deploy", "list.yaml"], WRONG_USE, "has no Resources"),
        (
            ["deploy", "wrong.yaml", "-p", "Width=1"],
            WRONG_USE,
            "[Width] do not exist in the template",
        ),
        (["deploy", "wrong.yaml", "--stack", "a_b"], WRONG_USE, "Value 'a_b' at 'stackName'"),
        (["deploy", "wrong.yaml"], FAILED, "does not have AWS::Cognito::UserPoool"),
        (["deploy", "pool.yaml", "-p", "Length=x"], FAILED, "cannot be deployed: Pool:"),
        (["invoke", "pre.py", *EVENT, "--timeout", "0"], WRONG_USE, "Timeout, value: 0"),
        (["invoke", "pre.py", *EVENT, "--timeout", "901"], WRONG_USE, "'901' at 'timeout'"),
        (["invoke", "pre.py", *EVENT, "--env", "TZ=UTC"], WRONG_USE, "reserved keys"),
        (["invoke", "pre.py", *EVENT, "--allow", "x"], WRONG_USE, "prefaced by a vendor"),
        (["invoke", "pre.py", *EVENT, "--handler", "x"], WRONG_USE, 'handler="x" is no handler'),
        (["invoke", "pre.py", *EVENT, "--handler", "pre.x"], FAILED, "missing on module 'pre'"),
        (["triggers", "Signup"], WRONG_USE, "no operation Signup: did you mean SignUp?"),
        (["invoke", "nowhere.py", "--event", "PreSignUp_SignUp"], WRONG_USE, "There is no nowhere"),
        (["invoke", "pre.py", "--event", "nowhere.json"], WRONG_USE, "nowhere.json cannot be read"),
        (["invoke", "pre.py", "--event", "-", "--access-key", "-"], WRONG_USE, "cannot be both"),
        (["invoke", "pre.py", "--event", "list.yaml"], WRONG_USE, 'no event "list.yaml"'),
        (["invoke", "pre.py", "--event", "wrong.json"], WRONG_USE, "wrong.json is no JSON: Expect"),
        (["triggers", "Nothing"], WRONG_USE, "no operation Nothing. cognito-sandbox triggers"),
    ],
)
def test_a_mistake_is_told_in_a_line(run: Run, words: list[str], code: int, told: str) -> None:
    Path("pre.py").write_text(HANDLER)
    Path("list.yaml").write_text("[]")
    Path("wrong.yaml").write_text(TEMPLATE.replace("UserPool\n", "UserPoool\n"))
    Path("pool.yaml").write_text(TEMPLATE.replace("Number", "String"))
    Path("wrong.json").write_text("{'a': 1}")
    ended = run(*words)
    assert ended.code == code
    assert told in ended.err
    assert ended.out == ""
    assert len(ended.err.splitlines()) <= 2
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--port", "99999"], "a number from 0 to 65535"),
        (["--port=-1"], "a number from 0 to 65535"),
        (["--speed", "fast"], "a number: waits pass as in AWS (1) or faster"),
        (["--speed", "inf"], "a number: waits pass as in AWS (1) or faster"),
    ],
)
def test_numbers_that_serve_cannot_take_are_told(run: Run, words: list[str], told: str) -> None:
    ended = run("serve", *words)
    assert (ended.code, told in ended.err) == (WRONG_USE, True)


@pytest.mark.parametrize("key", ["", "-"])
def test_an_empty_key_would_keep_nobody_out(key: str) -> None:
    command = [sys.executable, "-m", "cognito_sandbox", "--access-key", key]
    ended = subprocess.run(command, input="\n", capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (WRONG_USE, "")
    assert "--access-key is empty" in ended.stderr


@pytest.mark.parametrize("source", trigger_events.sources())
def test_event_prints_the_event_of_a_source(run: Run, source: str) -> None:
    shown = run("event", source, "--set", "userName=007")
    assert json.loads(shown.out)["userName"] == "007"
    assert json.loads(shown.out)["triggerSource"] == source
    assert len(run("event", source, "--json").out.splitlines()) == 1


def test_event_knows_what_is_text(run: Run) -> None:
    changes = ["email_verified=true", 'clientMetadata={"a": "b"}', "custom:level=5"]
    words = [word for change in changes for word in ("--set", change)]
    request = json.loads(run("event", "PreSignUp_SignUp", *words).out)["request"]
    assert request["userAttributes"]["email_verified"] == "true"
    assert request["userAttributes"]["custom:level"] == "5"
    assert request["clientMetadata"] == {"a": "b"}


def test_event_lists_the_sources(run: Run) -> None:
    assert run("event").out.split() == trigger_events.sources()


def test_invoke_shows_answer_log_and_error(run: Run) -> None:
    Path("pre.py").write_text(HANDLER)
    words = ("invoke", "pre.py", "--event", "PreSignUp_SignUp", "--env", "KNOWN=ann")
    shown = run(*words, "--set", "userName=ann")
    assert shown.code == 0
    assert "log: asked about ann\nanswer after " in shown.out
    assert '"autoConfirmUser": true' in shown.out
    failed = run(*words, "--set", "userName=cid", "--json")
    told = json.loads(failed.out)
    assert (failed.code, told["error"]) == (FAILED, "ValueError")
    assert told["answer"]["errorMessage"] == "closed"


def test_invoke_takes_a_file_or_its_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("pre.py").write_text("def handler(event, context): return event")
    Path("event.json").write_text('{"any": "thing"}')
    assert json.loads(run("invoke", "pre.py", "--event", "event.json", "--json").out)["answer"] == {
        "any": "thing"
    }
    with Path("event.json").open() as given:
        monkeypatch.setattr(sys, "stdin", given)
        assert '"any": "thing"' in run("invoke", "pre.py", "--event", "-").out


def test_invoke_says_that_a_trigger_must_return_the_event(run: Run) -> None:
    Path("pre.py").write_text("def handler(event, context): return event.get('none')")
    Path("event.json").write_text('{"any": "thing"}')
    for event, is_told in (("PreSignUp_SignUp", True), ("event.json", False)):
        ended = run("invoke", "pre.py", "--event", event, "--json")
        assert (ended.code, json.loads(ended.out)["answer"]) == (0, None)
        assert ("Cognito refuses" in ended.err) == is_told


def test_invoke_needs_no_sandbox(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    Path("pre.py").write_text(HANDLER)
    assert run("invoke", "pre.py", "--event", "PreSignUp_SignUp").code == 0


def test_invoke_names_a_right_that_is_lacking_and_leaves_nothing(run: Run, aws: Aws) -> None:
    def there() -> list[Any]:
        return [
            aws.lambdas.list_functions()["Functions"],
            [role["RoleName"] for role in aws.client("iam").list_roles()["Roles"]],
            [g["logGroupName"] for g in aws.logs.describe_log_groups()["logGroups"]],
        ]

    before = there()
    Path("look.py").write_text(LOOKING_UP)
    words = ("invoke", "look.py", "--event", "PreSignUp_SignUp")
    assert "refused: dynamodb:GetItem on arn:aws:" in run(*words).out
    allowed = run(*words, "--allow", "dynamodb:GetItem")
    assert "refused" not in allowed.out
    assert there() == before


def test_a_handler_that_cannot_be_loaded_is_told_with_its_traceback(run: Run, aws: Aws) -> None:
    before = len(aws.client("iam").list_roles()["Roles"])
    Path("pre.py").write_text("x = {}['y']")
    ended = run("invoke", "pre.py", "--event", "PreSignUp_SignUp")
    assert ended.code == FAILED
    assert "pre.py cannot be loaded: KeyError: 'y'" in ended.err
    assert 'File "pre.py", line 1' in ended.err
    assert len(aws.client("iam").list_roles()["Roles"]) == before
    groups = aws.logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/invoke-")["logGroups"]
    assert groups == []


def test_deploy_makes_a_stack_then_updates_it(run: Run, aws: Aws) -> None:
    Path("my-pool.yaml").write_text(TEMPLATE)
    shown = run("deploy", "my-pool.yaml")
    assert "Stack my-pool is deployed.\n\noutputs:\n  UserPoolId  us-east-1_" in shown.out
    again = json.loads(run("deploy", "my-pool.yaml", "-p", "Length=20", "--json").out)
    pool_id = again["outputs"]["UserPoolId"]
    assert pool_id in shown.out
    assert again["resources"] == {"Pool": pool_id}
    pool = aws.cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 20


def test_deploy_keeps_the_parameters_that_are_not_named(run: Run, aws: Aws) -> None:
    template = TEMPLATE.replace("Resources:", "  Name: {Type: String}\nResources:")
    Path("kept.yaml").write_text(
        template.replace("{Policies:", "{UserPoolName: !Ref Name, Policies:")
    )
    assert "[Name] must have values" in run("deploy", "kept.yaml").err
    names = ("-p", "Name=people", "-p", "Length=20"), (), ("-p", "Name=others")
    told = [json.loads(run("deploy", "kept.yaml", *more, "--json").out) for more in names]
    assert [each["changed"] for each in told] == [True, False, True]
    pool_id = told[0]["outputs"]["UserPoolId"]
    pool = aws.cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    assert (pool["Name"], pool["Policies"]["PasswordPolicy"]["MinimumLength"]) == ("others", 20)


def test_deploy_without_parameters_says_that_there_is_nothing_to_do(run: Run) -> None:
    Path("plain.yaml").write_text("Resources: {Pool: {Type: AWS::Cognito::UserPool}}")
    assert "Stack plain is deployed" in run("deploy", "plain.yaml").out
    assert "nothing to do" in run("deploy", "plain.yaml").out


def test_a_stack_that_failed_is_made_anew(run: Run, aws: Aws) -> None:
    Path("anew.yaml").write_text(TEMPLATE.replace("UserPool\n", "UserPoool\n"))
    assert run("deploy", "anew.yaml").code == FAILED
    Path("anew.yaml").write_text(TEMPLATE)
    assert run("deploy", "anew.yaml").code == 0


def test_deploy_tells_the_failure_of_this_very_deployment(run: Run) -> None:
    Path("twice.yaml").write_text(TEMPLATE)
    assert run("deploy", "twice.yaml").code == 0
    for kind in ("First", "Second"):
        more = f"Resources:\n  {kind}: {{Type: AWS::Nothing::{kind}}}\n"
        Path("twice.yaml").write_text(TEMPLATE.replace("Resources:\n", more))
        assert f"AWS::Nothing::{kind}" in run("deploy", "twice.yaml").err


def test_deploy_of_what_is_there_says_that_there_is_nothing_to_do(run: Run) -> None:
    def nothing_to_do() -> bool:
        shown = run("deploy", "same.yaml", "-p", "Length=ten")
        return shown.code == 0 and "is as the template says: nothing to do." in shown.out

    named = TEMPLATE.replace("Number", "String").replace("Policies", "UserPoolName: !Ref Length} #")
    Path("same.yaml").write_text(named)
    assert not nothing_to_do()
    assert nothing_to_do()
    more = "Resources:\n  Odd: {Type: AWS::Nothing::Odd}\n"
    Path("same.yaml").write_text(named.replace("Resources:\n", more))
    assert run("deploy", "same.yaml", "-p", "Length=ten").code == FAILED
    Path("same.yaml").write_text(named)
    assert nothing_to_do()  # the failed update was rolled back


@pytest.mark.parametrize(
    "body", [None, b"\xff\xfe\x00", b"Resources: {A: 5}", b"Globals: 4\nResources: {A: {}}"]
)
def test_deploy_of_what_is_no_template_is_told_in_a_line(run: Run, body: bytes | None) -> None:
    if body is None:
        Path("slip.yaml").mkdir()
    else:
        Path("slip.yaml").write_bytes(body)
    ended = run("deploy", "slip.yaml")
    assert (ended.code, len(ended.err.splitlines())) == (WRONG_USE, 1), ended.err


def test_deploy_says_what_was_skipped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("odd.yaml").write_text(
        TEMPLATE.replace("Outputs:", "  Odd: {Type: AWS::No::Thing}\nOutputs:")
    )
    with Sandbox(skip_unknown_resources=True) as lenient:
        monkeypatch.setenv("AWS_ENDPOINT_URL", lenient.endpoint)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", lenient.access_key)
        assert "skipped:\n  Odd  AWS::No::Thing" in run("deploy", "odd.yaml").out
        told = json.loads(run("deploy", "odd.yaml", "--json").out)
    assert (told["skipped"], list(told["resources"])) == ({"Odd": "AWS::No::Thing"}, ["Pool"])


def test_mail_shows_what_was_sent(run: Run, aws: Aws) -> None:
    pool = aws.pool()
    pool.sign_up("ann")
    pool.sign_up("bob")
    (message,) = json.loads(run("mail", "--user-pool", pool.id, "--user", "bob", "--json").out)
    assert message["username"] == "bob"
    shown = run("mail", "--user-pool", pool.id).out
    assert "EMAIL to bob@example.com\nSignUp of bob in" in shown
    assert message["code"] in shown
    aws.client("sns").publish(PhoneNumber="+15550100123", Message="Your code")
    shown = run("mail", "--user", "+15550100123").out
    assert shown.endswith("SMS to +15550100123\nYour code\n")
    assert run("mail", "--user", "nobody").out == "There is no mail.\n"
    assert run("mail", "--region", "eu-west-1").code == WRONG_USE  # it is of all


def test_logs_shows_what_a_function_wrote(run: Run, aws: Aws) -> None:
    function = aws.function("def handler(event, context): print('here', event)")
    bare = run("logs", function.name)
    assert (bare.out, "has written nothing" in bare.err) == ("", True)
    function.invoke(1)
    shown = run("logs", function.name).out
    assert "  here 1\n" in shown
    assert "START RequestId" in shown
    lines = [json.loads(line) for line in run("logs", function.arn, "--json").out.splitlines()]
    assert "here 1" in [line["message"] for line in lines]


def test_logs_follows_until_it_is_interrupted(aws: Aws) -> None:
    function = aws.function("def handler(event, context): print('here', event)")
    command = [sys.executable, "-m", "cognito_sandbox", "logs", function.name, "--follow"]
    environment = os.environ | {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_ACCESS_KEY_ID": aws.access_key,
    }
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # unattended, it is ignored
    ) as following:
        assert following.stdout
        for number in (1, 2):
            function.invoke(number)
            while f"here {number}" not in (line := following.stdout.readline()):
                assert line
        following.send_signal(signal.SIGINT)
        assert following.wait(10) == 130


def test_logs_ends_in_a_line_when_the_sandbox_does() -> None:
    command = [sys.executable, "-m", "cognito_sandbox", "logs", "--follow", "--endpoint"]
    with by_hand() as endpoint:
        function = Aws(endpoint).function("def handler(event, context): print('here')")
        function.invoke({})
        following = subprocess.Popen(
            [*command, endpoint, function.name],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert following.stdout
        assert following.stdout.readline()
    _, told = following.communicate(timeout=60)
    assert (following.returncode, len(told.splitlines())) == (NO_SANDBOX, 1)
    assert "does not answer any more" in told


def test_invoke_tells_in_a_line_that_its_sandbox_has_ended(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("pre.py").write_text(HANDLER)
    with Sandbox() as own:
        monkeypatch.setattr(invoke, "_result", _after(own.stop, invoke._result))
        known = ("--endpoint", own.endpoint, "--access-key", own.access_key)
        ended = run("invoke", "pre.py", "--event", "PreSignUp_SignUp", *known)
    _tells_the_end(ended)


def test_logs_tells_in_a_line_that_its_sandbox_has_ended(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox() as own:
        function = Aws(own.endpoint, own.access_key).function("def handler(event, context): pass")
        monkeypatch.setattr(logs, "_lines", _after(own.stop, logs._lines))
        known = ("--endpoint", own.endpoint, "--access-key", own.access_key)
        ended = run("logs", function.name, "--follow", *known)
    _tells_the_end(ended)


def _after(first: Callable[[], None], then: Callable[..., Any]) -> Callable[..., Any]:
    def both(*given: Any) -> Any:
        first()
        return then(*given)

    return both


def _tells_the_end(ended: Ended) -> None:
    assert (ended.code, ended.out) == (NO_SANDBOX, "")
    assert "The sandbox does not answer any more" in ended.err
    assert len(ended.err.splitlines()) == 1


def test_triggers_shows_an_operation_or_all(run: Run) -> None:
    shown = run("triggers", "ResendConfirmationCode").out
    assert shown == "ResendConfirmationCode\n    CustomMessage_ResendCode\n"
    whole = run("triggers").out
    assert shown in whole
    assert "\nAll other calls of user pools\n    none\n" in whole
    assert run("triggers", "ListUsers").out == "ListUsers\n    none\n"
    assert "may have: autoConfirmUser" in whole
    told = json.loads(run("triggers", "AdminInitiateAuth", "--json").out)
    assert {call["operation"] for call in told["calls"]} == {"AdminInitiateAuth"}
    told = json.loads(run("triggers", "--json").out)
    assert "AdminRespondToAuthChallenge" in {call["operation"] for call in told["calls"]}


def test_serve_is_a_command_too() -> None:
    with by_hand("serve", "--port", "0") as endpoint:
        assert Aws(endpoint).get("/_sandbox/clock")
