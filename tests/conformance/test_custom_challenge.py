"""Contract 2.2, sign-in contract 2: the three triggers of a custom challenge."""

from typing import Any

from devices import Device
from harness import PASSWORD, SMS, Aws, Function, Pool, refused
from pycognito.aws_srp import AWSSRP

DEFINE = """
session = event["request"]["session"]
answer = event["response"]
if session and session[-1]["challengeResult"]:
    answer["issueTokens"] = True
elif len(session) >= 3:
    answer["failAuthentication"] = True
else:
    answer["challengeName"] = "CUSTOM_CHALLENGE"
"""
CREATE = """
event["response"]["publicChallengeParameters"] = {"question": "2 + 2"}
event["response"]["privateChallengeParameters"] = {"answer": "4"}
event["response"]["challengeMetadata"] = "SUM"
"""
VERIFY = """
request = event["request"]
right = request["privateChallengeParameters"]["answer"] == request["challengeAnswer"]
event["response"]["answerCorrect"] = right
"""


def quiz(aws: Aws, **app: str) -> tuple[Pool, dict[str, Function]]:
    triggers = {
        "DefineAuthChallenge": aws.echo(DEFINE),
        "CreateAuthChallenge": aws.echo(CREATE),
        "VerifyAuthChallengeResponse": aws.echo(VERIFY),
    }
    pool = aws.pool(triggers, app=app)
    pool.add()
    return pool, triggers


def begin(pool: Pool, name: str = "ann") -> Any:
    return pool.aws.cognito.initiate_auth(
        ClientId=pool.client_id, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": name}
    )


def test_the_right_answer_yields_tokens(aws: Aws) -> None:
    pool, _ = quiz(aws)
    challenge = begin(pool)
    assert challenge["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert challenge["ChallengeParameters"]["question"] == "2 + 2"
    assert "answer" not in challenge["ChallengeParameters"]
    result = pool.respond(challenge, USERNAME="ann", ANSWER="4")
    assert "AccessToken" in result["AuthenticationResult"]


def test_three_wrong_answers_end_it(aws: Aws) -> None:
    pool, _ = quiz(aws)
    challenge = begin(pool)
    for _ in range(2):
        challenge = pool.respond(challenge, USERNAME="ann", ANSWER="5")
    with refused("NotAuthorizedException", "Incorrect username or password."):
        pool.respond(challenge, USERNAME="ann", ANSWER="5")


def test_what_the_handlers_get(aws: Aws) -> None:
    pool, triggers = quiz(aws)
    challenge = begin(pool)
    pool.respond(challenge, USERNAME="ann", ANSWER="4")
    first, second = triggers["DefineAuthChallenge"].events()
    assert first["triggerSource"] == "DefineAuthChallenge_Authentication"
    assert first["request"]["session"] == []
    assert first["response"] == {
        "challengeName": None,
        "issueTokens": None,
        "failAuthentication": None,
    }
    assert second["request"]["session"] == [
        {
            "challengeName": "CUSTOM_CHALLENGE",
            "challengeResult": True,
            "challengeMetadata": "SUM",
        }
    ]
    (created,) = triggers["CreateAuthChallenge"].events()
    assert created["triggerSource"] == "CreateAuthChallenge_Authentication"
    assert created["request"]["challengeName"] == "CUSTOM_CHALLENGE"
    (verified,) = triggers["VerifyAuthChallengeResponse"].events()
    assert verified["triggerSource"] == "VerifyAuthChallengeResponse_Authentication"
    assert verified["request"]["privateChallengeParameters"] == {"answer": "4"}
    assert verified["request"]["challengeAnswer"] == "4"


def test_a_hiding_client_asks_unknown_users_too_and_never_lets_them_in(aws: Aws) -> None:
    pool, triggers = quiz(aws, PreventUserExistenceErrors="ENABLED")
    challenge = begin(pool, "nobody")
    assert triggers["DefineAuthChallenge"].events()[0]["request"]["userNotFound"] is True
    assert triggers["DefineAuthChallenge"].events()[0]["request"]["userAttributes"] == {}
    with refused("NotAuthorizedException"):
        pool.respond(challenge, USERNAME="nobody", ANSWER="4")


def test_an_answer_counts_once(aws: Aws) -> None:
    pool, _ = quiz(aws)
    challenge = begin(pool)
    pool.respond(challenge, USERNAME="ann", ANSWER="4")
    with refused("NotAuthorizedException"):
        pool.respond(challenge, USERNAME="ann", ANSWER="4")


def test_an_answer_must_be_there(aws: Aws) -> None:
    pool, triggers = quiz(aws)
    challenge = begin(pool)
    with refused("InvalidParameterException", "Missing required parameter ANSWER"):
        pool.respond(challenge, USERNAME="ann")
    assert triggers["VerifyAuthChallengeResponse"].events() == []
    assert "AuthenticationResult" in pool.respond(challenge, USERNAME="ann", ANSWER="4")


def test_a_dying_handler_is_told(aws: Aws) -> None:
    pool = aws.pool({"DefineAuthChallenge": aws.echo("raise Exception('no')")})
    pool.add()
    with refused("UserLambdaValidationException", "DefineAuthChallenge failed with error no."):
        begin(pool)


def test_without_triggers_there_is_no_custom_flow(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    with refused("InvalidParameterException"):
        begin(pool)


PASSWORD_FIRST = """
session, answer = event["request"]["session"], event["response"]
done = [each["challengeName"] for each in session if each["challengeResult"]]
follows = {"SRP_A": "PASSWORD_VERIFIER"}
answer["issueTokens"] = done[-1] == "CUSTOM_CHALLENGE"
answer["challengeName"] = follows.get(done[-1], "CUSTOM_CHALLENGE")
"""


def password_first(aws: Aws, **settings: Any) -> tuple[Pool, Function]:
    define = aws.echo(PASSWORD_FIRST)
    triggers = {
        "DefineAuthChallenge": define,
        "CreateAuthChallenge": aws.echo(CREATE),
        "VerifyAuthChallengeResponse": aws.echo(VERIFY),
    }
    pool = aws.pool(triggers, **settings)
    pool.add(phone_number="+12065559934")
    return pool, define


def prove(pool: Pool, **given: str) -> Any:
    """What follows the right password."""
    proof = AWSSRP("ann", PASSWORD, pool.id, pool.client_id, client=pool.aws.cognito)
    known = proof.get_auth_params()
    challenge = pool.aws.cognito.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="CUSTOM_AUTH",
        AuthParameters={**known, "CHALLENGE_NAME": "SRP_A", **given},
    )
    assert challenge["ChallengeName"] == "PASSWORD_VERIFIER"
    return pool.aws.cognito.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=proof.process_challenge(challenge["ChallengeParameters"], known),
    )


def seen(define: Function) -> list[list[str]]:
    """The steps that the trigger was told of, each time; all were passed."""
    sessions = [event["request"]["session"] for event in define.events()]
    assert all(each["challengeResult"] for session in sessions for each in session)
    return [[each["challengeName"] for each in session] for session in sessions]


def test_the_password_may_come_first(aws: Aws) -> None:
    pool, define = password_first(aws)
    challenge = prove(pool)
    assert challenge["ChallengeParameters"] == {"USERNAME": "ann", "question": "2 + 2"}
    assert pool.respond(challenge, USERNAME="ann", ANSWER="4")["AuthenticationResult"]
    steps = ["SRP_A", "PASSWORD_VERIFIER", "CUSTOM_CHALLENGE"]
    assert seen(define) == [steps[:1], steps[:2], steps]


def test_a_second_factor_comes_after_the_password_and_is_told(aws: Aws) -> None:
    pool, define = password_first(aws, MfaConfiguration="ON", SmsConfiguration=SMS)
    challenge = prove(pool)
    assert challenge["ChallengeName"] == "SMS_MFA"
    challenge = pool.respond(challenge, USERNAME="ann", SMS_MFA_CODE=pool.mail()[-1]["code"])
    assert challenge["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert pool.respond(challenge, USERNAME="ann", ANSWER="4")["AuthenticationResult"]
    steps = ["SRP_A", "PASSWORD_VERIFIER", "SMS_MFA", "CUSTOM_CHALLENGE"]
    assert seen(define) == [steps[:1], steps[:3], steps]


def test_a_remembered_device_proves_itself_last(aws: Aws) -> None:
    pool, _ = password_first(aws, DeviceConfiguration={"ChallengeRequiredOnNewDevice": True})
    device = Device(pool, pool.sign_in())
    challenge = prove(pool, DEVICE_KEY=device.key)
    assert challenge["ChallengeName"] == "CUSTOM_CHALLENGE"
    challenge = pool.respond(challenge, USERNAME="ann", ANSWER="4")
    assert challenge["ChallengeName"] == "DEVICE_SRP_AUTH"
    assert device.prove(challenge)["AuthenticationResult"]


def test_an_answered_session_is_invalid(aws: Aws) -> None:
    pool, _ = quiz(aws)
    first = begin(pool)
    second = pool.respond(first, USERNAME="ann", ANSWER="5")
    with refused("NotAuthorizedException", "Invalid session for the user."):
        pool.respond(first, USERNAME="ann", ANSWER="4")
    assert pool.respond(second, USERNAME="ann", ANSWER="4")["AuthenticationResult"]
