"""The ready events are what Cognito sends, and change as they are told to."""

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from devices import Device, with_second_factor
from harness import PASSWORD, Aws, Pool, listed, refused

from helpers import events
from helpers.errors import AnswerError

NAME, EMAIL = "test_user_1", "test_email_1@example.com"
SENDER = "arn:aws:iam::123456789012:role/sms"
TRACKING = {"ChallengeRequiredOnNewDevice": True}
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
Scenario = Callable[[Pool], object]
Play = Callable[[Scenario], dict[str, Any]]
ASK = """
asked = {"challengeName": "CUSTOM_CHALLENGE", "privateChallengeParameters": {"answer": "4"}}
event["response"] |= {name: asked[name] for name in event["response"] if name in asked}
"""


def signs_up(pool: Pool) -> None:
    pool.sign_up(NAME, attributes={"email": EMAIL})
    pool.aws.cognito.resend_confirmation_code(ClientId=pool.client_id, Username=NAME)
    pool.confirm(NAME)


def is_invited(pool: Pool) -> None:
    pool.aws.cognito.admin_create_user(
        UserPoolId=pool.id,
        Username=NAME,
        TemporaryPassword="Temporary-1",
        DesiredDeliveryMediums=["EMAIL"],
        UserAttributes=listed({"email": EMAIL, "email_verified": "true"}),
    )
    challenge = pool.sign_in(NAME, "Temporary-1")
    pool.respond(challenge, USERNAME=NAME, NEW_PASSWORD=PASSWORD)


def signs_in(pool: Pool, email: str = EMAIL) -> str:
    """The access token."""
    pool.add(NAME, email=email)
    tokens = pool.sign_in(NAME)["AuthenticationResult"]
    pool.refresh(tokens["RefreshToken"])
    return str(tokens["AccessToken"])


def answers_a_question(pool: Pool) -> None:
    pool.add(NAME, email=EMAIL)
    challenge = pool.aws.cognito.initiate_auth(
        ClientId=pool.client_id, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": NAME}
    )
    pool.respond(challenge, USERNAME=NAME, ANSWER="4")


def has_a_second_factor(pool: Pool) -> None:
    pool.add(NAME, email=EMAIL, phone_number="+12065550100", phone_number_verified="true")
    pool.aws.cognito.set_user_pool_mfa_config(
        UserPoolId=pool.id,
        MfaConfiguration="OPTIONAL",
        SmsMfaConfiguration={"SmsConfiguration": {"SnsCallerArn": SENDER}},
    )
    pool.aws.cognito.admin_set_user_mfa_preference(
        UserPoolId=pool.id, Username=NAME, SMSMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    pool.sign_in(NAME)


def comes_from_a_known_device(pool: Pool) -> None:
    pool.add(NAME, email=EMAIL, phone_number="+12065550100", phone_number_verified="true")
    device = Device(pool, pool.sign_in(NAME), name=NAME)
    with_second_factor(pool, NAME)
    device.prove(device.sign_in())


def forgets_the_password(pool: Pool) -> None:
    pool.add(NAME, email=EMAIL)
    pool.forgot(NAME)
    pool.reset(NAME)


def changes_the_address(pool: Pool) -> None:
    token, new = signs_in(pool, "old@example.com"), listed({"email": EMAIL})
    pool.aws.cognito.update_user_attributes(AccessToken=token, UserAttributes=new)
    pool.aws.cognito.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")


def is_unknown(pool: Pool) -> None:
    with refused("UserNotFoundException"):
        pool.sign_in(NAME, "not-the-right-one")
    with refused("UserNotFoundException"):
        pool.forgot(NAME)


SCENARIOS: dict[str, Scenario] = {
    "CreateAuthChallenge_Authentication": answers_a_question,
    "CustomMessage_AdminCreateUser": is_invited,
    "CustomMessage_Authentication": has_a_second_factor,
    "CustomMessage_ForgotPassword": forgets_the_password,
    "CustomMessage_ResendCode": signs_up,
    "CustomMessage_SignUp": signs_up,
    "CustomMessage_UpdateUserAttribute": changes_the_address,
    "CustomMessage_VerifyUserAttribute": changes_the_address,
    "DefineAuthChallenge_Authentication": answers_a_question,
    "PostAuthentication_Authentication": signs_in,
    "PostConfirmation_ConfirmForgotPassword": forgets_the_password,
    "PostConfirmation_ConfirmSignUp": signs_up,
    "PreAuthentication_Authentication": signs_in,
    "PreSignUp_AdminCreateUser": is_invited,
    "PreSignUp_SignUp": signs_up,
    "TokenGeneration_AuthenticateDevice": comes_from_a_known_device,
    "TokenGeneration_Authentication": signs_in,
    "TokenGeneration_NewPasswordChallenge": is_invited,
    "TokenGeneration_RefreshTokens": signs_in,
    "UserMigration_Authentication": is_unknown,
    "UserMigration_ForgotPassword": is_unknown,
    "VerifyAuthChallengeResponse_Authentication": answers_a_question,
}


@pytest.fixture(scope="module")
def play(aws: Aws) -> Play:
    """Run a scenario in a pool without users; the first event of each source."""
    recorder = aws.echo(ASK)
    kinds = {source.partition("_")[0] for source in SCENARIOS} - {"TokenGeneration"}
    triggers = dict.fromkeys([*kinds, "PreTokenGeneration"], recorder)
    usual = aws.pool(triggers)

    def played(scenario: Scenario) -> dict[str, Any]:
        tracks = scenario is comes_from_a_known_device
        pool = aws.pool(triggers, DeviceConfiguration=TRACKING) if tracks else usual
        for name in pool.names():
            aws.cognito.admin_delete_user(UserPoolId=pool.id, Username=name)
        before = len(recorder.events())
        scenario(pool)
        sent = [as_example(event, pool) for event in recorder.events()[before:]]
        return {event["triggerSource"]: event for event in reversed(sent)}

    return cache(played)


def as_example(event: dict[str, Any], pool: Pool) -> Any:
    """The event, with the examples' values for what the sandbox makes up."""
    text = json.dumps(event).replace(pool.id, "us-east-1_EXAMPLE")
    text = text.replace(pool.client_id, "1example23456789")
    return json.loads(re.sub(UUID, "34c84488-e0e1-70ae-d2ee-991ad1a898c8", text))


def properties(value: Any, path: str = "") -> dict[str, str]:
    """Each by its path, as JSON: so that false is not 0, and an empty one is not a missing one."""
    if not value or not isinstance(value, dict):
        return {path: json.dumps(value)}
    parts = [properties(part, f"{path}/{name}") for name, part in value.items()]
    return {name: text for part in parts for name, text in part.items()}


def test_each_event_has_a_scenario_and_each_scenario_an_event() -> None:
    assert events.sources() == list(SCENARIOS)


@pytest.mark.parametrize("source", events.sources())
def test_an_event_is_what_the_sandbox_sends(play: Play, source: str) -> None:
    sent = play(SCENARIOS[source])
    assert sent.keys() <= set(events.sources())
    assert properties(sent[source]) == properties(events.sample(source))


def test_a_change_goes_where_its_name_stands_and_new_names_are_attributes() -> None:
    usual = events.sample("PreSignUp_SignUp")
    changes = {"userName": "ann", "clientId": "mine", "validationData": {}, "nickname": "Ann"}
    changed = events.sample("PreSignUp_SignUp", email="ann@example.com", **changes)
    assert changed["userName"] == "ann"
    assert changed["callerContext"] == usual["callerContext"] | {"clientId": "mine"}
    assert changed["request"] == {
        "userAttributes": {"email": "ann@example.com", "nickname": "Ann"},
        "validationData": {},
    }
    assert events.sample("PreSignUp_SignUp") == usual


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("PreSignUp_SingUp", ": did you mean PreSignUp_SignUp?"),
        ("PreSignUp", ": did you mean PreSignUp_AdminCreateUser or PreSignUp_SignUp?"),
        ("PreTokenGeneration", ": did you mean TokenGeneration_RefreshTokens?"),
        ("Nothing", f". Use one of {', '.join(events.sources())}."),
    ],
)
def test_an_unknown_source_is_told_which_there_are(source: str, told: str) -> None:
    with pytest.raises(AnswerError) as error:
        events.sample(source)
    assert str(error.value) == f'There is no event "{source}"{told}'


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"usrName": "ann"}, 'PreSignUp_SignUp has no "usrName": did you mean userName?'),
        ({"emial": EMAIL}, 'PreSignUp_SignUp has no "emial": did you mean email?'),
        ({"level": "5"}, 'has no "level". An attribute of your own is called custom:level.'),
        ({"request": 5}, "request takes an object, not 5."),
        ({"request": None}, "request takes an object, not null."),
        ({"userAttributes": []}, "userAttributes takes an object, not []."),
        ({"validationData": "pw"}, 'validationData takes an object, not "pw".'),
        ({"userNotFound": "yes"}, 'userNotFound takes true or false, not "yes".'),
        ({"custom:level": 5}, "custom:level takes a text, not 5."),
    ],
)
def test_what_belongs_into_no_event_is_refused(changes: dict[str, object], told: str) -> None:
    with pytest.raises(AnswerError, match=re.escape(told)):
        events.sample("PreSignUp_SignUp", **changes)


@pytest.mark.parametrize("source", ["UserMigration_Authentication", "UserMigration_ForgotPassword"])
def test_an_attribute_needs_attributes(source: str) -> None:
    with pytest.raises(AnswerError) as error:
        events.sample(source, email=EMAIL)
    assert str(error.value) == f'There is no "email" in {source}: it has no attributes.'


def test_optional_members_go_into_the_request() -> None:
    event = events.sample("PostConfirmation_ConfirmSignUp", clientMetadata={"a": "1"})
    assert event["request"]["clientMetadata"] == {"a": "1"}
    event = events.sample("PostConfirmation_ConfirmSignUp", clientMetadata=None)
    assert event["request"]["clientMetadata"] is None
