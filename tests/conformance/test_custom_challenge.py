"""Contract 2.2, sign-in contract 2: the three triggers of a custom challenge."""

from typing import Any

from harness import PASSWORD, Aws, Function, Pool, refused
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
follows = {"SRP_A": "PASSWORD_VERIFIER", "PASSWORD_VERIFIER": "CUSTOM_CHALLENGE"}
answer["issueTokens"] = done[-1] == "CUSTOM_CHALLENGE"
answer["challengeName"] = follows.get(done[-1])
"""


def test_the_password_may_come_first(aws: Aws) -> None:
    define = aws.echo(PASSWORD_FIRST)
    pool = aws.pool(
        {
            "DefineAuthChallenge": define,
            "CreateAuthChallenge": aws.echo(CREATE),
            "VerifyAuthChallengeResponse": aws.echo(VERIFY),
        }
    )
    pool.add()
    proof = AWSSRP("ann", PASSWORD, pool.id, pool.client_id, client=aws.cognito)
    known = proof.get_auth_params()
    challenge = aws.cognito.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="CUSTOM_AUTH",
        AuthParameters={**known, "CHALLENGE_NAME": "SRP_A"},
    )
    assert challenge["ChallengeName"] == "PASSWORD_VERIFIER"
    challenge = aws.cognito.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=proof.process_challenge(challenge["ChallengeParameters"], known),
    )
    assert challenge["ChallengeParameters"] == {"USERNAME": "ann", "question": "2 + 2"}
    assert pool.respond(challenge, USERNAME="ann", ANSWER="4")["AuthenticationResult"]
    seen = [
        [(each["challengeName"], each["challengeResult"]) for each in event["request"]["session"]]
        for event in define.events()
    ]
    steps = [("SRP_A", True), ("PASSWORD_VERIFIER", True), ("CUSTOM_CHALLENGE", True)]
    assert seen == [steps[:1], steps[:2], steps]


def test_an_answered_session_is_invalid(aws: Aws) -> None:
    pool, _ = quiz(aws)
    first = begin(pool)
    second = pool.respond(first, USERNAME="ann", ANSWER="5")
    with refused("NotAuthorizedException", "Invalid session for the user."):
        pool.respond(first, USERNAME="ann", ANSWER="4")
    assert pool.respond(second, USERNAME="ann", ANSWER="4")["AuthenticationResult"]
