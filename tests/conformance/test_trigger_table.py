"""Contract 2.2 and 6: the table of triggers, held against what each call really runs."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from devices import Device, with_second_factor
from harness import PASSWORD, REGION, Aws, Function, Pool, listed
from pycognito.aws_srp import AWSSRP

from cognito_sandbox.commands import triggers as command
from cognito_sandbox.commands.running import Running
from cognito_sandbox.trigger_table import CASES, FAILURES, TRIGGERS, Case, Failure, Trigger

DOES_ALL = """
import os

def handler(event, context):
    source, answer = event["triggerSource"], event["response"]
    kind = source.partition("_")[0]
    if kind == os.environ.get("RAISES"):
        raise ValueError("no")
    if kind == "PreSignUp":
        answer["autoConfirmUser"] = event["userName"] == "known"
    if kind == "UserMigration":
        answer["userAttributes"] = {"email": "eve@example.com", "email_verified": "true"}
        answer["finalUserStatus"], answer["messageAction"] = "CONFIRMED", "SUPPRESS"
    if kind == "DefineAuthChallenge":
        right = any(each["challengeResult"] for each in event["request"]["session"])
        answer["issueTokens"], answer["challengeName"] = right, "CUSTOM_CHALLENGE"
    if kind == "CreateAuthChallenge":
        answer["privateChallengeParameters"] = {"answer": "4"}
    if kind == "VerifyAuthChallengeResponse":
        answer["answerCorrect"] = event["request"]["challengeAnswer"] == "4"
    return event
"""
OTHER = "Correct-horse-2"
PHONE = "+12065559934"


class Tried:
    """A pool all of whose triggers run one function, and what it was given."""

    def __init__(self, aws: Aws, function: Function) -> None:
        arns = {trigger.name: function.arn for trigger in TRIGGERS}
        self.cognito, self._aws, self._function = aws.cognito, aws, function
        self.pool: Pool = aws.pool(arns, DeviceConfiguration={"ChallengeRequiredOnNewDevice": True})
        self.app: Any = {"ClientId": self.pool.client_id, "Username": "ann"}
        self.admin: Any = {"UserPoolId": self.pool.id, "Username": "ann"}
        self._before = 0

    def begin(self) -> None:
        """What ran until now made the case; what runs from now on is counted."""
        self._before = len(self._runs())

    def events(self) -> list[Any]:
        return [json.loads(run["event"]) for run in self._runs()[self._before :]]

    def sources(self) -> list[str]:
        return [event["triggerSource"] for event in self.events()]

    def _runs(self) -> list[Any]:
        return list(self._aws.get("/_sandbox/runs", function=self._function.name))

    def signed_in(self) -> Any:
        self.pool.add(phone_number=PHONE)
        return self.pool.sign_in()["AuthenticationResult"]

    def token(self) -> Any:
        return {"AccessToken": self.signed_in()["AccessToken"]}

    def start(self, flow: Any, **more: str) -> Any:
        parameters = {"USERNAME": "ann", **more}
        client = self.pool.client_id
        return self.cognito.initiate_auth(ClientId=client, AuthFlow=flow, AuthParameters=parameters)

    def custom(self) -> Any:
        self.pool.add()
        return self.start("CUSTOM_AUTH")

    def srp(self) -> AWSSRP:
        self.pool.add()
        return AWSSRP("ann", PASSWORD, self.pool.id, self.pool.client_id, client=self.cognito)


def sign_up(tried: Tried) -> None:
    tried.pool.sign_up()


def sign_up_known(tried: Tried) -> None:
    tried.pool.sign_up("known")


def resend(tried: Tried) -> None:
    tried.pool.sign_up()
    tried.begin()
    tried.cognito.resend_confirmation_code(**tried.app)


def confirm(tried: Tried) -> None:
    tried.pool.sign_up()
    tried.begin()
    tried.pool.confirm()


def admin_confirm(tried: Tried) -> None:
    tried.pool.sign_up()
    tried.begin()
    tried.cognito.admin_confirm_sign_up(**tried.admin)


def create(tried: Tried, **more: Any) -> None:
    told = listed({"email": "ann@example.com"})
    medium: Any = {"DesiredDeliveryMediums": ["EMAIL"]}
    tried.cognito.admin_create_user(**tried.admin, UserAttributes=told, **medium, **more)


def create_silently(tried: Tried) -> None:
    create(tried, MessageAction="SUPPRESS")


def sign_in(tried: Tried) -> None:
    tried.pool.add()
    tried.begin()
    tried.pool.sign_in()


def sign_in_wrongly(tried: Tried) -> None:
    tried.pool.add()
    tried.begin()
    with pytest.raises(ClientError, match="Incorrect"):
        tried.pool.sign_in(password="x")


def with_temporary(tried: Tried) -> Any:
    create(tried, TemporaryPassword=PASSWORD)
    tried.begin()
    return tried.pool.sign_in()


def with_second_step(tried: Tried) -> Any:
    tried.pool.add(phone_number=PHONE)
    with_second_factor(tried.pool)
    tried.begin()
    return tried.pool.sign_in()


def migrate(tried: Tried) -> None:
    tried.pool.sign_in("eve")


def start_srp(tried: Tried) -> None:
    proof = tried.srp()
    tried.begin()
    tried.start("USER_SRP_AUTH", SRP_A=f"{proof.large_a_value:x}")


def start_custom(tried: Tried) -> None:
    tried.pool.add()
    tried.begin()
    tried.start("CUSTOM_AUTH")


def refresh(tried: Tried) -> None:
    token = tried.signed_in()["RefreshToken"]
    tried.begin()
    tried.pool.refresh(token)


def get_tokens(tried: Tried) -> None:
    token = tried.signed_in()["RefreshToken"]
    tried.begin()
    tried.cognito.get_tokens_from_refresh_token(ClientId=tried.pool.client_id, RefreshToken=token)


def admin_sign_in(tried: Tried) -> None:
    tried.pool.add()
    tried.begin()
    tried.pool.admin_sign_in()


def new_password(tried: Tried) -> None:
    challenge = with_temporary(tried)
    tried.begin()
    tried.pool.respond(challenge, USERNAME="ann", NEW_PASSWORD=OTHER)


def second_factor(tried: Tried) -> None:
    challenge = with_second_step(tried)
    tried.begin()
    tried.pool.respond(challenge, USERNAME="ann", SMS_MFA_CODE=tried.pool.mail()[-1]["code"])


def prove_password(tried: Tried) -> None:
    proof = tried.srp()
    challenge = tried.start("USER_SRP_AUTH", SRP_A=f"{proof.large_a_value:x}")
    tried.begin()
    tried.cognito.respond_to_auth_challenge(
        ClientId=tried.pool.client_id,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=proof.process_challenge(
            challenge["ChallengeParameters"], {"USERNAME": "ann"}
        ),
    )


def answer_rightly(tried: Tried) -> None:
    challenge = tried.custom()
    tried.begin()
    tried.pool.respond(challenge, USERNAME="ann", ANSWER="4")


def answer_wrongly(tried: Tried) -> None:
    challenge = tried.custom()
    tried.begin()
    tried.pool.respond(challenge, USERNAME="ann", ANSWER="5")


def prove_device(tried: Tried) -> None:
    tried.pool.add(phone_number=PHONE)
    device = Device(tried.pool, tried.pool.sign_in())
    with_second_factor(tried.pool)
    challenge = device.sign_in()
    tried.begin()
    device.prove(challenge)


def forget(tried: Tried) -> None:
    tried.pool.add()
    tried.begin()
    tried.pool.forgot()


def forget_unknown(tried: Tried) -> None:
    tried.pool.forgot("eve")


def reset(tried: Tried) -> None:
    forget(tried)
    tried.begin()
    tried.pool.reset()


def admin_reset(tried: Tried) -> None:
    tried.pool.add()
    tried.begin()
    tried.cognito.admin_reset_user_password(**tried.admin)


def change_attribute(tried: Tried) -> None:
    token = tried.token()
    tried.begin()
    changed = listed({"email": "new@example.com"})
    tried.cognito.update_user_attributes(**token, UserAttributes=changed)


def admin_change_attribute(tried: Tried) -> None:
    tried.pool.add()
    tried.begin()
    changed = listed({"email": "new@example.com"})
    tried.cognito.admin_update_user_attributes(**tried.admin, UserAttributes=changed)


def ask_code(tried: Tried) -> Any:
    token = tried.token()
    tried.begin()
    tried.cognito.get_user_attribute_verification_code(**token, AttributeName="email")
    return token


def verify(tried: Tried) -> None:
    token = ask_code(tried)
    tried.begin()
    code = tried.pool.mail()[-1]["code"]
    tried.cognito.verify_user_attribute(**token, AttributeName="email", Code=code)


def set_password(tried: Tried) -> None:
    tried.pool.add()
    tried.begin()
    tried.cognito.admin_set_user_password(**tried.admin, Password=OTHER, Permanent=True)


def change_password(tried: Tried) -> None:
    token = tried.token()
    tried.begin()
    tried.cognito.change_password(**token, PreviousPassword=PASSWORD, ProposedPassword=OTHER)


def get_user(tried: Tried) -> None:
    token = tried.token()
    tried.begin()
    tried.cognito.get_user(**token)


def sign_out(tried: Tried) -> None:
    token = tried.token()
    tried.begin()
    tried.cognito.global_sign_out(**token)


CALLS: dict[tuple[str, str], Callable[[Tried], Any]] = {
    ("SignUp", "a code is sent"): sign_up,
    ("SignUp", "PreSignUp confirms the user"): sign_up_known,
    ("ResendConfirmationCode", ""): resend,
    ("ConfirmSignUp", ""): confirm,
    ("AdminConfirmSignUp", ""): admin_confirm,
    ("AdminCreateUser", ""): create,
    ("AdminCreateUser", "MessageAction is SUPPRESS"): create_silently,
    ("InitiateAuth", "the password is right"): sign_in,
    ("InitiateAuth", "the password is wrong"): sign_in_wrongly,
    ("InitiateAuth", "the password is temporary"): with_temporary,
    ("InitiateAuth", "a second factor follows, by SMS"): with_second_step,
    ("InitiateAuth", "nobody has the name, and the password comes along"): migrate,
    ("InitiateAuth", "USER_SRP_AUTH"): start_srp,
    ("InitiateAuth", "CUSTOM_AUTH"): start_custom,
    ("InitiateAuth", "REFRESH_TOKEN_AUTH"): refresh,
    ("GetTokensFromRefreshToken", ""): get_tokens,
    ("AdminInitiateAuth", "the password is right"): admin_sign_in,
    ("RespondToAuthChallenge", "NEW_PASSWORD_REQUIRED"): new_password,
    ("RespondToAuthChallenge", "SMS_MFA"): second_factor,
    ("RespondToAuthChallenge", "PASSWORD_VERIFIER"): prove_password,
    ("RespondToAuthChallenge", "CUSTOM_CHALLENGE, and the answer is right"): answer_rightly,
    (
        "RespondToAuthChallenge",
        "CUSTOM_CHALLENGE, and DefineAuthChallenge asks again",
    ): answer_wrongly,
    ("RespondToAuthChallenge", "DEVICE_PASSWORD_VERIFIER"): prove_device,
    ("ForgotPassword", ""): forget,
    ("ForgotPassword", "nobody has the name"): forget_unknown,
    ("ConfirmForgotPassword", ""): reset,
    ("AdminResetUserPassword", ""): admin_reset,
    ("UpdateUserAttributes", "to be verified"): change_attribute,
    ("AdminUpdateUserAttributes", "to be verified"): admin_change_attribute,
    ("GetUserAttributeVerificationCode", ""): ask_code,
    ("VerifyUserAttribute", ""): verify,
    ("AdminSetUserPassword", ""): set_password,
    ("ChangePassword", ""): change_password,
    ("GetUser", ""): get_user,
    ("GlobalSignOut", ""): sign_out,
}
FAILING: dict[str, Callable[[Tried], Any]] = {  # a call that each trigger can stop
    "PreSignUp": sign_up,
    "PostConfirmation": confirm,
    "PreAuthentication": sign_in,
    "PostAuthentication": sign_in,
    "PreTokenGeneration": sign_in,
    "UserMigration": migrate,
    "CustomMessage": forget,
    "DefineAuthChallenge": start_custom,
    "CreateAuthChallenge": start_custom,
    "VerifyAuthChallengeResponse": answer_wrongly,
}
LEFT = {
    "no user": [],
    "the user, CONFIRMED": ["CONFIRMED"],
    "the user, as before": ["CONFIRMED"],
}
BROKEN: dict[str, str] = {
    "The handler raises": "def handler(event, context): raise ValueError('no')",
    "Its module cannot be imported": "import nowhere",
    "The function's own time limit is over": (
        "import time\ndef handler(event, context): time.sleep(9)"
    ),
    "There is no answer within 5 seconds, three times": (
        "import time\ndef handler(event, context): time.sleep(3)"
    ),
    "Cognito may not invoke the function, or it is gone": "def handler(event, context): pass",
    "The handler returns nothing": "def handler(event, context): pass",
    "It returns something else than the event": "def handler(event, context): return {}",
}


@pytest.fixture(scope="module")
def does_all(aws: Aws) -> Function:
    return aws.function(DOES_ALL)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.operation} {case.when}".strip())
def test_a_call_runs_these_triggers_in_this_order(aws: Aws, does_all: Function, case: Case) -> None:
    tried = Tried(aws, does_all)
    tried.begin()
    CALLS[case.operation, case.when](tried)
    ran = [
        source if "_" in expected else source.partition("_")[0]  # where AWS does not say which
        for source, expected in zip(tried.sources(), case.sources, strict=True)
    ]
    assert tuple(ran) == case.sources


def test_no_case_is_left_out() -> None:
    assert {(case.operation, case.when) for case in CASES} == CALLS.keys()
    assert {trigger.name for trigger in TRIGGERS} == FAILING.keys()
    assert {failure.what for failure in FAILURES} == BROKEN.keys()


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda trigger: trigger.name)
def test_a_trigger_may_answer_what_its_response_has(
    aws: Aws, does_all: Function, trigger: Trigger
) -> None:
    tried = Tried(aws, does_all)
    FAILING[trigger.name](tried)
    kind = trigger.name.replace("PreTokenGeneration", "TokenGeneration")
    event = next(e for e in tried.events() if e["triggerSource"].startswith(f"{kind}_"))
    plain = {answer for answer in trigger.answers if " " not in answer}
    assert event["response"].keys() == plain


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda trigger: trigger.name)
def test_what_a_trigger_that_raises_leaves(aws: Aws, trigger: Trigger) -> None:
    kind = trigger.name.replace("PreTokenGeneration", "TokenGeneration")
    tried = Tried(aws, aws.function(DOES_ALL, Environment={"Variables": {"RAISES": kind}}))
    with pytest.raises(ClientError, match=f"{trigger.name} failed with error no"):
        FAILING[trigger.name](tried)
    users = aws.cognito.list_users(UserPoolId=tried.pool.id)["Users"]
    assert [user["UserStatus"] for user in users] == LEFT[trigger.left]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.what)
def test_what_a_failure_becomes(aws: Aws, failure: Failure) -> None:
    is_late = "three times" in failure.what
    trigger = aws.function(
        BROKEN[failure.what],
        permission="may not invoke" not in failure.what,
        Timeout=30 if is_late else 1,
    )
    pool = aws.pool({"PreSignUp": trigger})
    clock = Running(aws.endpoint, aws.access_key, REGION).clock
    clock.hurry(10 if is_late else 1)
    with pytest.raises(ClientError) as told:
        pool.sign_up()
    clock.hurry(1)
    text = re.escape(failure.text.format(trigger="PreSignUp", **{"…": "@"})).replace("@", ".*")
    assert told.value.response["Error"]["Code"] == failure.kind
    assert re.fullmatch(text, told.value.response["Error"]["Message"])


def test_the_page_is_the_tables() -> None:
    written = Path(__file__).parents[2] / "docs" / "triggers.md"
    assert written.read_text("utf-8") == command.page(), "make triggers"
