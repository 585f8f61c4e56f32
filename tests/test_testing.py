"""The objects that tests of triggers use: each against a sandbox, without pytest's fixtures."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyotp
import pytest
from botocore.exceptions import ClientError, ParamValidationError
from harness import listed, zipped

from cognito_sandbox.testing import HandlerError, Sandbox, SignedIn, TestingError, UserPool, report
from cognito_sandbox.testing.answers import Authenticator

HANDLER = """
import os

def handler(event, context):
    name, email = event["userName"], event["request"]["userAttributes"]["email"]
    print("asked about", name)
    if name == "cid":
        raise ValueError("closed")
    event["response"]["autoConfirmUser"] = email.endswith(os.environ.get("KNOWN", "example.com"))
    return event
"""
LOOKING_UP = """
import boto3

def handler(event, context):
    boto3.client("dynamodb").get_item(TableName="known", Key={"id": {"S": event["userName"]}})
    return event
"""
ASKING_ONCE = """
def handler(event, context):
    response, told = event["response"], event["request"].get("session")
    if "Define" in event["triggerSource"]:
        response |= {"challengeName": "CUSTOM_CHALLENGE", "issueTokens": False}
        response["failAuthentication"] = bool(told)
    elif "Verify" in event["triggerSource"]:
        response["answerCorrect"] = False
    return event
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox([tmp_path_factory.mktemp("project")]) as started:
        yield started


@pytest.fixture
def project(started: Sandbox, tmp_path: Path) -> Iterator[Path]:
    """Where paths of code start."""
    before, started.folders = started.folders, [tmp_path]
    (tmp_path / "pre_sign_up.py").write_text(HANDLER)
    yield tmp_path
    started.folders = before


@pytest.fixture
def pool(started: Sandbox, project: Path) -> Iterator[UserPool]:
    with started.user_pool() as pool:
        yield pool


def test_a_person_signs_up_confirms_and_signs_in(pool: UserPool) -> None:
    signed_up = pool.sign_up("bob", email="bob@example.net")
    assert (signed_up.confirmed, signed_up.code_sent_to) == (False, "b***@e***")
    pool.confirm("bob", pool.code("bob"))
    tokens = pool.sign_in("bob")
    assert tokens.claims["sub"] == signed_up.sub
    assert tokens.access_claims["client_id"] == pool.client_id
    assert pool.refresh(tokens).claims["sub"] == signed_up.sub


def test_a_person_may_have_a_name(pool: UserPool) -> None:
    pool.sign_up("bob", email="bob@example.net", name="Bob")
    pool.add("ann", email="ann@example.com", name="Ann")
    names = [pool.user(each).attributes["name"] for each in ("bob", "ann")]
    assert names == ["Bob", "Ann"]


def test_a_forgotten_password_is_replaced_and_remembered(pool: UserPool) -> None:
    pool.add("ann", "First-password-1", email="ann@example.com")
    pool.forgot("ann")
    pool.reset("ann")
    assert pool.sign_in("ann").claims["email"] == "ann@example.com"
    with pytest.raises(pool.exceptions.NotAuthorizedException):
        pool.sign_in("ann", "First-password-1")


def test_a_trigger_tells_what_it_got_answered_and_printed(pool: UserPool) -> None:
    trigger = pool.trigger("PreSignUp", "pre_sign_up.py", environment={"KNOWN": "example.net"})
    assert pool.sign_up("bob", email="bob@example.net").confirmed
    assert not pool.sign_up("ann", email="ann@example.com").confirmed
    assert [event["userName"] for event in trigger.events] == ["bob", "ann"]
    assert [a["response"]["autoConfirmUser"] for a in trigger.answers] == [True, False]
    assert trigger.logs == ["asked about bob", "asked about ann"]
    assert [run.cold for run in trigger.runs] == [True, False]
    assert all(0 < (run.milliseconds or 0) < 3000 for run in trigger.runs)


def test_the_logs_are_what_the_code_said_and_all_of_it(pool: UserPool, project: Path) -> None:
    (project / "reporter.py").write_text(
        "print('INIT_START of mine')\n"
        "def handler(event, context):\n    print('REPORT of mine')\n    return event\n"
    )
    trigger = pool.trigger("PreSignUp", "reporter.py")
    pool.sign_up("ann", email="ann@example.com")
    pool.sign_up("bob", email="bob@example.com")
    assert trigger.logs == ["INIT_START of mine", "REPORT of mine", "REPORT of mine"]


def test_a_run_that_failed_says_how(pool: UserPool) -> None:
    trigger = pool.trigger("PreSignUp", "pre_sign_up.py")
    with pytest.raises(pool.exceptions.UserLambdaValidationException, match="closed"):
        pool.sign_up("cid", email="cid@example.org")
    (run,) = trigger.runs
    assert (run.error, run.answer["errorMessage"]) == ("ValueError", "closed")
    assert "Traceback" in run.logs[-1]


def test_code_may_be_a_folder_a_zip_or_a_function(
    pool: UserPool, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = project / "mine"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "known.py").write_text("DOMAIN = 'example.com'\n")
    (package / "pre.py").write_text(
        "from mine.known import DOMAIN\n"
        "def decide(event, context):\n"
        "    event['response']['autoConfirmUser'] = DOMAIN in str(event)\n"
        "    return event\n"
    )
    archive = pool.sandbox.folders[0] / "code.zip"
    subprocess.run([sys.executable, "-m", "zipfile", "-c", archive, "mine"], cwd=project)
    monkeypatch.syspath_prepend(str(project))
    from mine.pre import decide  # type: ignore[import-not-found]

    ways: list[tuple[Any, str | None]] = [
        (decide, None),
        ("code.zip", "mine.pre.decide"),
        (project, "mine.pre.decide"),
    ]
    with pytest.raises(HandlerError, match=r"'mine\.pre'\. It has mine\.pre\.decide\. Name it"):
        pool.trigger("PreSignUp", "code.zip", handler="mine.pre.handler")
    with pytest.raises(HandlerError, match=r"missing on module 'mine'\. Name it"):
        pool.trigger("PreSignUp", "code.zip", handler="mine.handler")
    for number, (code, handler) in enumerate(ways):
        trigger = pool.trigger("PreSignUp", code, handler=handler)
        assert pool.sign_up(f"ann{number}", email="ann@example.com").confirmed
        assert len(trigger.events) == 1


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import known", 'No module named .known.(.|\n)*name the folder(.|\n)*"pre.py", line 1'),
        ("import pytest", "No module named .pytest.\nGive the handler a file of its own"),
        ("x = {}['y']", 'KeyError: .y.(.|\n)*"pre.py", line 1'),
        ("def handler(:", "Syntax error"),
        (
            "def decide(event, context): pass\ndef other(): pass",
            r"Handler 'handler' missing on module 'pre'\. It has pre\.decide, pre\.other\. "
            r'Name it: handler="module\.function"$',
        ),
        ("x = 1", r"missing on module 'pre'\. Name it: handler="),
    ],
)
def test_code_that_cannot_be_loaded_is_told_at_once(
    pool: UserPool, project: Path, source: str, told: str
) -> None:
    (project / "pre.py").write_text(source)
    with pytest.raises(HandlerError, match=told):
        pool.trigger("PreSignUp", "pre.py")
    assert pool.sign_up("ann", email="ann@example.com").code_sent_to  # there is no trigger


def test_a_sender_gets_codes_that_the_pools_key_opens(pool: UserPool, project: Path) -> None:
    (project / "send.py").write_text("def handler(event, context): print(event['triggerSource'])")
    since = time.time()
    sender = pool.trigger("CustomEmailSender", "send.py", environment={"KEY": pool.key})
    pool.sign_up("ann", email="ann@example.com")
    sender.wait()
    assert sender.logs == ["CustomEmailSender_SignUp"]
    shown = report.of_pools([pool], since)
    assert "log: 1 line, not shown" in shown
    assert '"code": "***"' in shown
    assert "answer" not in shown  # nobody waits for it, and it may tell a code
    config = pool.client.describe_user_pool(UserPoolId=pool.id)["UserPool"]["LambdaConfig"]
    assert config["KMSKeyID"] == pool.key
    with pytest.raises(TestingError, match="CustomEmailSender, which gets the code"):
        pool.code("ann")


def test_what_nobody_waits_for_can_be_waited_for(pool: UserPool, project: Path) -> None:
    (project / "send.py").write_text(
        "import time\n"
        "def handler(event, context):\n"
        "    if 'Sign' in event['triggerSource']:\n"
        "        time.sleep(0.3)\n"
        "        print('done')\n"
    )
    sender = pool.trigger("CustomEmailSender", "send.py")
    pool.sign_up("ann", email="ann@example.com")
    with pytest.raises(TestingError, match=r"send\.py: 0 of 1 runs have ended within 0\.1 seconds"):
        sender.wait(seconds=0.1)
    sender.wait()
    assert sender.logs == ["done"]
    pool.resend("ann")
    sender.wait(2)
    assert len(sender.runs) == 2


def test_mistakes_are_told_in_words(pool: UserPool, started: Sandbox) -> None:
    with pytest.raises(TestingError, match=r'no trigger "PreSignup": did you mean PreSignUp\?'):
        pool.trigger("PreSignup", "pre_sign_up.py")
    with pytest.raises(TestingError, match=r'trigger\("PreTokenGeneration", …, version="V2_0"\)'):
        pool.trigger("PreTokenGenerationConfig", "pre_sign_up.py")
    with pytest.raises(TestingError, match=r'no trigger "Nothing"\. Use one of PreSignUp, Custom'):
        pool.trigger("Nothing", "pre_sign_up.py")
    with pytest.raises(TestingError, match=r'no service "dynamod": did you mean dynamodb'):
        started.client("dynamod")
    with pytest.raises(TestingError, match=r"no pre\.py in /"):
        pool.trigger("PreSignUp", "pre.py")
    with pytest.raises(TestingError, match=r'handler="single" is no handler\. Name it: handler="m'):
        pool.trigger("PreSignUp", "pre_sign_up.py", handler="single")
    with pytest.raises(TestingError, match="does not have InboundFederation"):
        pool.trigger("InboundFederation", "pre_sign_up.py")
    with pytest.raises(TestingError, match=r'policy takes statements, such as \{"Effect"'):
        pool.trigger("PreSignUp", "pre_sign_up.py", policy="dynamodb:GetItem")  # type: ignore[arg-type]
    with pytest.raises(TestingError, match=r'layers takes a list, such as \["lib"\]\.'):
        pool.trigger("PreSignUp", "pre_sign_up.py", layers="lib")
    with pytest.raises(TestingError, match="time moves forward only"):
        started.clock.forward(hours=-1)
    with pytest.raises(TestingError, match="top of a module"):
        pool.trigger("PreSignUp", lambda event, context: event)
    with pytest.raises(TestingError, match="No code was sent to ann"):
        pool.code("ann")
    with pytest.raises(TestingError, match="No password of ann"):
        pool.sign_in("ann")
    for method in (pool.refresh, pool.respond):
        with pytest.raises(TestingError, match=r"takes what sign_in returned, not a str\."):
            method("ann")  # type: ignore[arg-type]
    with pytest.raises(TestingError, match=r"Neither .* has MfaConfig: did you mean MfaConfigura"):
        started.user_pool(MfaConfig="ON")
    with pytest.raises(TestingError, match=r"Neither .* has nothing_like_it\."):
        started.user_pool(nothing_like_it="ON")
    with pytest.raises(TestingError, match=r'flows USER_PASSWORD_AUTH, .* not "PASSWORD_AUTH"\.'):
        pool.sign_in("ann", flow="PASSWORD_AUTH")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"MfaConfiguration": "ONN"}, r"'ONN' at 'mfaConfiguration' .* \[OFF, ON, OPTIONAL\]"),
        ({"AccessTokenValidity": "2"}, r"AccessTokenValidity, value: 2, .*<class 'int'>"),
        ({"Policies": {"PasswordPolcy": {}}}, r"must be one of: PasswordPolicy, SignInPolicy"),
        ({"RefreshTokenRotation": "ON"}, r"RefreshTokenRotation, value: ON, .*<class 'dict'>"),
    ],
)
def test_a_wrong_setting_is_told_without_the_code_of_botocore(
    started: Sandbox, settings: dict[str, Any], told: str
) -> None:
    with pytest.raises((ClientError, ParamValidationError), match=told) as error:
        started.user_pool(**settings)
    assert not [each for each in error.traceback if "botocore" in str(each.path)]


def test_a_trigger_may_write_logs_and_what_its_policy_adds(
    pool: UserPool, project: Path, started: Sandbox
) -> None:
    (project / "look.py").write_text(LOOKING_UP)
    key = {"AttributeName": "id"}
    started.client("dynamodb").create_table(
        TableName="known",
        KeySchema=[key | {"KeyType": "HASH"}],
        AttributeDefinitions=[key | {"AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    trigger = pool.trigger("PreSignUp", "look.py")
    with pytest.raises(ClientError, match="not authorized") as refused:
        pool.sign_up("ann", email="ann@example.com")
    assert "policy=" in refused.value.__notes__[0]
    (refusal,) = trigger.refusals
    assert (refusal.action, refusal.resource.endswith("table/known")) == ("dynamodb:GetItem", True)
    allowed = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}
    trigger = pool.trigger("PreSignUp", "look.py", policy=allowed)
    pool.sign_up("ann", email="ann@example.com")
    assert trigger.refusals == []


def test_a_report_tells_of_the_runs_of_its_own_test_only(pool: UserPool, project: Path) -> None:
    only_ann = LOOKING_UP.replace("    boto3", '    if event["userName"] == "ann": boto3')
    (project / "look.py").write_text(only_ann)
    pool.trigger("PreSignUp", "look.py")
    before = time.time()
    with pytest.raises(ClientError, match="not authorized"):
        pool.sign_up("ann", email="ann@example.com")
    assert "refused: dynamodb:GetItem" in report.of_pools([pool], before)
    after = time.time()
    pool.sign_up("bob", email="bob@example.com")
    told = report.of_pools([pool], after)
    assert '"userName": "bob"' in told
    assert "refused" not in told


def test_a_report_shows_how_the_challenges_went(pool: UserPool, project: Path) -> None:
    (project / "ask.py").write_text(ASKING_ONCE)
    for trigger in ("DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse"):
        pool.trigger(trigger, "ask.py")
    pool.add("ann")
    step = pool.sign_in("ann", flow="CUSTOM_AUTH")
    with pytest.raises(pool.exceptions.NotAuthorizedException):
        pool.respond(step, ANSWER="orange")
    told = report.of_pools([pool], 0)
    assert '"challengeName": "CUSTOM_CHALLENGE",\n        "challengeResult": false' in told
    assert "orange" not in told


def test_a_report_hides_in_log_lines_what_it_hides_in_events(pool: UserPool, project: Path) -> None:
    (project / "ask.py").write_text(
        "def handler(event, context):\n"
        "    told = {'privateChallengeParameters': {'answer': 'bluebird'}}\n"
        "    event['response'] |= told if 'Create' in event['triggerSource'] else {}\n"
        "    print(event)\n"
        "    return event\n"
    )
    (project / "once.py").write_text(ASKING_ONCE)
    pool.trigger("DefineAuthChallenge", "once.py")
    pool.trigger("CreateAuthChallenge", "ask.py")
    pool.trigger("VerifyAuthChallengeResponse", "ask.py")
    pool.add("ann", email="ann@example.com")
    step = pool.sign_in("ann", flow="CUSTOM_AUTH")
    with suppress(ClientError):
        pool.respond(step, ANSWER="redbreast", client_metadata={"by": "somebody"})
    told = report.of_pools([pool], 0)
    assert "'privateChallengeParameters': {'answer': '***'}" in told
    assert "'clientMetadata': {'by': '***'}" in told
    assert not [word for word in ("bluebird", "redbreast", "somebody") if word in told]


def test_a_report_tells_that_nothing_was_returned(pool: UserPool, project: Path) -> None:
    returning = "def handler(event, context):\n    if event['userName'] == 'ann': return event"
    (project / "pre.py").write_text(returning)
    pool.trigger("PreSignUp", "pre.py")
    pool.sign_up("ann", email="ann@example.com")
    assert "answer: null" not in report.of_pools([pool], 0)
    with pytest.raises(ClientError, match="Invalid JSON"):
        pool.sign_up("bob", email="bob@example.com")
    assert "\nanswer: null" in report.of_pools([pool], 0)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("response['autoConfirmUser'] = True; return event", "response.autoConfirmUser = true"),
        ("response['autoConfirmUser'] = 0; return event", "response.autoConfirmUser = 0"),
        (
            "response['emailSubject'] = 'Hello'; return event",
            'response.emailSubject = "Hello" (not one of this event\'s: it has no effect)',
        ),
        ("del event['request']['validationData']; return event", "no request.validationData"),
        (
            "event['request']['clientMetadata'] = {'by': 'somebody'}; return event",
            'request.clientMetadata = {"by": "***"}',
        ),
        ("return event", "the event as it was"),
        ("return {'response': {'session': 'sesame'}}", '{"response": {"session": "***"}}'),
        ("return 'yes'", '"yes"'),
    ],
)
def test_a_report_tells_what_the_answer_changed(
    pool: UserPool, project: Path, body: str, told: str
) -> None:
    said = f"def handler(event, context):\n    response = event['response']\n    {body}\n"
    (project / "pre.py").write_text(said)
    pool.trigger("PreSignUp", "pre.py")
    with suppress(ClientError):
        pool.sign_up("ann", email="ann@example.com", validation_data={"by": "nobody"})
    shown = report.of_pools([pool], 0)
    assert shown.startswith("PreSignUp, pre.py: 1 run. The event, as it came:\n{")
    assert [line for line in shown.splitlines() if line.startswith("answer")] == [f"answer: {told}"]


def test_a_report_shows_that_an_answer_is_of_another_version(pool: UserPool, project: Path) -> None:
    (project / "tokens.py").write_text(
        "def handler(event, context):\n"
        "    event['response'] = {'claimsAndScopeOverrideDetails': {}}\n"
        "    return event\n"
    )
    pool.trigger("PreTokenGeneration", "tokens.py")
    pool.add("ann", email="ann@example.com")
    pool.sign_in("ann")
    pool.sign_in("ann")
    shown = report.of_pools([pool], 0)
    assert "tokens.py: 2 runs. The last event, as it came:\n{" in shown
    assert "\nanswer: no response.claimsOverrideDetails\n" in shown
    assert "\nanswer: response.claimsAndScopeOverrideDetails = {} (not one of" in shown


def test_layers_are_folders(pool: UserPool, project: Path) -> None:
    (project / "layer" / "python").mkdir(parents=True)
    (project / "layer" / "python" / "known.py").write_text("")
    (project / "pre.py").write_text("import known\ndef handler(event, context): return event")
    pool.trigger("PreSignUp", "pre.py", layers=["layer"])
    with pytest.raises(TestingError, match="no folder python/"):
        pool.trigger("PreSignUp", "pre.py", layers=["layer/python"])


def test_settings_go_where_they_belong_and_stay(started: Sandbox, project: Path) -> None:
    long = {"PasswordPolicy": {"MinimumLength": 50}}
    settings = {"Policies": long, "AccessTokenValidity": 2, "GenerateSecret": True}
    with started.user_pool(**settings) as pool:
        pool.trigger("PreSignUp", "pre_sign_up.py")
        kept = pool.client.describe_user_pool(UserPoolId=pool.id)["UserPool"]
        assert kept["Policies"]["PasswordPolicy"]["MinimumLength"] == 50
        assert kept["AutoVerifiedAttributes"] == ["email"]
        assert pool.sign_up("ann", email="ann@example.com").confirmed
        claims = pool.sign_in("ann").access_claims
        assert claims["exp"] - claims["iat"] == 2 * 3600


def test_pre_token_generation_has_versions(pool: UserPool, project: Path) -> None:
    (project / "tokens.py").write_text("def handler(event, context): return event")
    trigger = pool.trigger("PreTokenGeneration", "tokens.py", version="V2_0")
    pool.add("ann", email="ann@example.com")
    pool.sign_in("ann")
    assert [event["version"] for event in trigger.events] == ["2"]


def test_a_challenge_comes_before_the_tokens(pool: UserPool) -> None:
    pool.client.admin_create_user(
        UserPoolId=pool.id, Username="ann", TemporaryPassword="Temporary-1"
    )
    step = pool.sign_in("ann", "Temporary-1")
    assert step.challenge == "NEW_PASSWORD_REQUIRED"
    with pytest.raises(TestingError, match="NEW_PASSWORD_REQUIRED is to be answered"):
        print(step.claims)
    assert pool.respond(step, NEW_PASSWORD="Correct-horse-1").claims["cognito:username"] == "ann"
    assert pool.sign_in("ann").challenge is None


def test_a_second_factor_is_set_up_and_answered(started: Sandbox) -> None:
    with started.user_pool(MfaConfiguration="ON") as pool:
        pool.add("ann", email="ann@example.com")
        first = pool.sign_in("ann")
        assert first.challenge == "MFA_SETUP"
        with pytest.raises(TestingError, match=r"MFA_SETUP is to be answered, by .*respond\(step"):
            print(first.claims)
        with pytest.raises(TestingError, match="not signed in yet"):
            pool.refresh(first)
        assert pool.respond(first).claims["cognito:username"] == "ann"
        second = pool.sign_in("ann")
        assert second.challenge == "SOFTWARE_TOKEN_MFA"
        with pytest.raises(pool.exceptions.CodeMismatchException):
            pool.respond(second, SOFTWARE_TOKEN_MFA_CODE="000000x"[:6])
        assert pool.respond(second).claims["cognito:username"] == "ann"


def test_the_codes_of_an_authenticator_count_once() -> None:
    now, secret = 59.0, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    app = Authenticator(secret, lambda: now)
    assert [app.code(), app.code()] == ["287082", "359152"]
    with pytest.raises(TestingError, match="forward"):
        app.code()
    now += 60
    assert app.code() == pyotp.TOTP(secret).at(119)


def test_other_factors_and_a_new_password_are_answered_as_well(
    started: Sandbox, project: Path
) -> None:
    sms = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms"}
    with started.user_pool(MfaConfiguration="OPTIONAL", SmsConfiguration=sms) as pool:
        pool.trigger("PreSignUp", "pre_sign_up.py")  # which keeps the settings
        pool.client.admin_create_user(
            UserPoolId=pool.id,
            Username="ann",
            TemporaryPassword="Temporary-1",
            UserAttributes=listed({"email": "ann@example.com"}),
        )
        pool.respond(pool.sign_in("ann", "Temporary-1"))
        assert pool.sign_in("ann").challenge is None
        pool.add("bob", email="bob@example.com", phone_number="+15555550100")
        enabled = {"Enabled": True, "PreferredMfa": True}
        bob = {"UserPoolId": pool.id, "Username": "bob", "SMSMfaSettings": enabled}
        pool.client.admin_set_user_mfa_preference(**bob)
        asked = pool.sign_in("bob")
        assert asked.challenge == "SMS_MFA"
        assert pool.respond(asked).claims["phone_number"] == "+15555550100"


def test_where_a_second_factor_is_free_a_user_may_choose_it(started: Sandbox) -> None:
    with started.user_pool(MfaConfiguration="OPTIONAL") as pool:
        pool.add("ann", email="ann@example.com")
        pool.use_authenticator(pool.sign_in("ann"))
        step = pool.sign_in("ann")
        assert step.challenge == "SOFTWARE_TOKEN_MFA"
        assert pool.respond(step).claims["email"] == "ann@example.com"


def test_an_answer_that_only_the_test_knows_is_asked_for(pool: UserPool) -> None:
    step = SignedIn("ann", "CUSTOM_CHALLENGE", session="any")
    with pytest.raises(TestingError, match=r"CUSTOM_CHALLENGE needs an answer .*ANSWER=\.\.\."):
        pool.respond(step)


def test_a_user_may_choose_how_to_sign_in(started: Sandbox) -> None:
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    with started.user_pool(Policies=factors) as pool:
        pool.add("ann", email="ann@example.com")
        step = pool.sign_in("ann", flow="USER_AUTH")
        assert "available=('PASSWORD_SRP', 'PASSWORD', 'EMAIL_OTP')" in repr(step)
        choose = r"by respond\(step, ANSWER=...\), with one of PASSWORD, EMAIL_OTP\."
        with pytest.raises(TestingError, match=rf"SELECT_CHALLENGE is to be answered, {choose}"):
            print(step.claims)
        with pytest.raises(TestingError, match="SELECT_CHALLENGE needs an answer of yours"):
            pool.respond(step)
        with pytest.raises(pool.exceptions.NotAuthorizedException):
            pool.respond(step, ANSWER="PASSWORD", PASSWORD="Wrong-horse-1")
        pool.client.admin_set_user_password(
            UserPoolId=pool.id, Username="ann", Password="Wrong-horse-1", Permanent=True
        )
        by_password = pool.respond(pool.sign_in("ann", flow="USER_AUTH"), ANSWER="PASSWORD")
        sent = pool.respond(pool.sign_in("ann", flow="USER_AUTH"), ANSWER="EMAIL_OTP")
        assert pool.respond(sent).claims["sub"] == by_password.claims["sub"]
        assert not {"PASSWORD", "EMAIL_OTP"} & pool.secrets


def test_who_asks_for_srp_is_told_what_does_it(pool: UserPool) -> None:
    pool.add("ann", email="ann@example.com")
    with pytest.raises(TestingError, match=r"computes no SRP: .*USER_PASSWORD_AUTH.* pycognito"):
        pool.sign_in("ann", flow="USER_SRP_AUTH")
    with pytest.raises(TestingError, match="computes no SRP"):
        pool.respond(pool.sign_in("ann", flow="USER_AUTH"), ANSWER="PASSWORD_SRP")


def test_a_factor_that_cannot_be_set_up_on_the_way_is_told(started: Sandbox) -> None:
    sms = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms"}
    with started.user_pool(MfaConfiguration="ON", SmsConfiguration=sms) as pool:
        pool.add("ann", email="ann@example.com")
        with pytest.raises(TestingError, match=r"MFA_SETUP needs .* a phone_number of the user"):
            pool.respond(pool.sign_in("ann"))


@pytest.mark.parametrize("secret", [False, True])
def test_refresh_tokens_may_rotate(started: Sandbox, secret: bool) -> None:
    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
    with started.user_pool(RefreshTokenRotation=rotation, GenerateSecret=secret) as pool:
        pool.add("ann", email="ann@example.com")
        tokens = pool.sign_in("ann")
        newer = pool.refresh(tokens)
        assert newer.refresh_token not in ("", tokens.refresh_token)
        assert pool.refresh(newer).claims["sub"] == tokens.claims["sub"]
        with pytest.raises(pool.exceptions.RefreshTokenReuseException):
            pool.refresh(tokens)


@pytest.mark.parametrize("client_is_refused", [False, True])
def test_a_pool_that_is_protected_does_not_stay(started: Sandbox, client_is_refused: bool) -> None:
    cognito = started.client("cognito-idp")
    before = cognito.list_user_pools(MaxResults=60)["UserPools"]
    if client_is_refused:
        with pytest.raises(ClientError, match="AllowedOAuthFlows"):
            started.user_pool(DeletionProtection="ACTIVE", AllowedOAuthFlows=["client_credentials"])
    else:
        refused = pytest.raises(ClientError, match="deletion protection")
        with started.user_pool(DeletionProtection="ACTIVE") as pool, refused:
            cognito.delete_user_pool(UserPoolId=pool.id)
    assert cognito.list_user_pools(MaxResults=60)["UserPools"] == before


def test_a_pool_whose_client_is_refused_does_not_stay(started: Sandbox) -> None:
    before = started.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]
    with pytest.raises(ClientError, match="AllowedOAuthFlows"):
        started.user_pool(AllowedOAuthFlows=["client_credentials"])
    assert started.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"] == before


def test_time_can_be_moved(started: Sandbox, pool: UserPool) -> None:
    pool.sign_up("ann", email="ann@example.com")
    started.clock.forward(hours=25)
    with pytest.raises(pool.exceptions.ExpiredCodeException):
        pool.confirm("ann")


def test_a_trigger_that_is_too_slow_need_not_be_waited_for(
    started: Sandbox, pool: UserPool, project: Path
) -> None:
    (project / "slow.py").write_text("import time\ndef handler(event, context): time.sleep(4)")
    trigger = pool.trigger("PreSignUp", "slow.py", timeout=10)
    started.clock.hurry(20)
    before = time.monotonic()
    with pytest.raises(pool.exceptions.UnexpectedLambdaException, match="Socket timeout"):
        pool.sign_up("ann", email="ann@example.com")
    started.clock.hurry(1)
    assert time.monotonic() - before < 4
    assert [run.milliseconds for run in trigger.runs] == [None] * 3  # they run on


def test_code_under_test_reaches_the_sandbox_by_its_environment(
    started: Sandbox, pool: UserPool
) -> None:
    asks = "import boto3; print(boto3.client('cognito-idp').list_user_pools(MaxResults=60))"
    told = subprocess.run(
        [sys.executable, "-c", asks], env=started.environment, capture_output=True, check=True
    )
    assert pool.id in told.stdout.decode()


def test_no_configuration_of_the_reader_is_used(
    started: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "not-there")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with started.user_pool() as pool:
        pool.add("ann", email="ann@example.com")
    assert started.client("sts").get_caller_identity()["Account"]


def test_nothing_is_left_of_a_pool(started: Sandbox, project: Path) -> None:
    (project / "layer" / "python").mkdir(parents=True)
    (project / "layer" / "python" / "known.py").write_text("")
    lambdas, logs = started.client("lambda"), started.client("logs")
    before = lambdas.list_functions()["Functions"]  # a stack's, if its test came first
    kept = lambdas.publish_layer_version(LayerName="kept", Content={"ZipFile": zipped(kept="")})
    with started.user_pool() as pool:
        pool.trigger("PreSignUp", "pre_sign_up.py")
        layers = ["layer", kept["LayerVersionArn"]]
        trigger = pool.trigger("PreSignUp", "pre_sign_up.py", layers=layers)
        pool.sign_up("ann", email="ann@example.com")
        group = f"/aws/lambda/{trigger.function_name}"
        assert logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert lambdas.list_functions()["Functions"] == before
    assert [layer["LayerName"] for layer in lambdas.list_layers()["Layers"]] == ["kept"]
    assert logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"] == []
    with pytest.raises(pool.exceptions.ResourceNotFoundException):
        pool.user("ann")
    assert len(trigger.events) == 1  # what it ran can still be asked for


def test_a_test_may_delete_its_pool_and_functions_itself(pool: UserPool) -> None:
    trigger = pool.trigger("PreSignUp", "pre_sign_up.py")
    pool.client.delete_user_pool(UserPoolId=pool.id)
    trigger.delete()


def test_values_show_no_secret_when_printed(pool: UserPool) -> None:
    pool.add("ann", "Correct-horse-1", email="ann@example.com")
    pool.forgot("ann")
    tokens = pool.sign_in("ann")
    shown = repr([pool, tokens, pool.mail("ann")])
    assert "ann" in shown
    for secret in ("Correct-horse-1", tokens.id_token, pool.code("ann")):
        assert secret not in shown


POOL = """
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Known: {Type: String}
Resources:
  Pool:
    Type: AWS::Cognito::UserPool
    Properties:
      AutoVerifiedAttributes: [email]
      LambdaConfig: {PreSignUp: !GetAtt Function.Arn}
  Client:
    Type: AWS::Cognito::UserPoolClient
    Properties:
      UserPoolId: !Ref Pool
      ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH, ALLOW_REFRESH_TOKEN_AUTH]
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Function
      Principal: cognito-idp.amazonaws.com
      SourceArn: !GetAtt Pool.Arn
"""
PLAIN = """
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Action: sts:AssumeRole, Principal: {Service: lambda.amazonaws.com}}
      ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Code: src
      Handler: pre_sign_up.handler
      Runtime: python3.11
      Role: !GetAtt Role.Arn
      Environment: {Variables: {KNOWN: !Ref Known}}
Outputs:
  FunctionName: {Value: !Ref Function}
"""
SAM = """
  Function:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Handler: pre_sign_up.handler
      Runtime: python3.11
      Environment: {Variables: {KNOWN: !Ref Known}}
Outputs:
  FunctionName: {Value: !Ref Function}
Transform: AWS::Serverless-2016-10-31
"""


@pytest.mark.parametrize("template", [PLAIN, SAM], ids=["plain", "sam"])
def test_a_stack_comes_with_its_code_and_its_pool(
    started: Sandbox, project: Path, template: str
) -> None:
    (project / "src").mkdir()
    (project / "src" / "pre_sign_up.py").write_text(HANDLER)
    (project / "template.yaml").write_text(POOL + template)
    stack = started.stack("template.yaml", Known="example.net")
    assert stack.user_pool.sign_up("bob", email="bob@example.net").confirmed
    assert not stack.user_pool.sign_up("ann", email="ann@example.com").confirmed
    (trigger,) = stack.user_pool.triggers
    assert trigger.function_name == stack.outputs["FunctionName"]
    assert [event["userName"] for event in trigger.events] == ["bob", "ann"]


def test_a_stack_that_fails_says_why(started: Sandbox, project: Path) -> None:
    broken = {"Resources": {"Pool": {"Type": "AWS::Cognito::UserPoool"}}}
    (project / "template.yaml").write_text(json.dumps(broken))
    with pytest.raises((TestingError, ClientError), match="UserPoool"):
        started.stack("template.yaml")
    (project / "template.yaml").write_text("[]")
    with pytest.raises(TestingError, match="has no Resources"):
        started.stack("template.yaml")
