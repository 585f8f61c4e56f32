"""The custom flow: the triggers decide what is asked, and when there are tokens.

(sign-in contract 2)
"""

from cognito_sandbox.cognito import attempt as attempts
from cognito_sandbox.cognito import device_sign_in, password_verifier, sessions, triggers, users
from cognito_sandbox.cognito.attempt import Attempt
from cognito_sandbox.cognito.errors import invalid
from cognito_sandbox.cognito.operations import Answer, Parameters, Request
from cognito_sandbox.cognito.sessions import Challenge
from cognito_sandbox.cognito.trigger_response import Response


def start(attempt: Attempt) -> Answer:
    """With the triggers alone, or with the password first, which SRP proves."""
    if not triggers.function_arn(attempt.pool, "DefineAuthChallenge"):
        raise invalid("Custom auth lambda trigger is not configured for the user pool.")
    attempt.parameter("USERNAME")
    password_first = attempt.request["AuthParameters"].get("CHALLENGE_NAME") == "SRP_A"
    if password_first:
        password_verifier.public_value(attempt.parameter("SRP_A"))
    attempt.name_user()
    attempts.pre_authentication(attempt)
    attempt.history = [_entry("SRP_A", True)] if password_first else []
    return _decide(attempt, {})


def after_step(attempt: Attempt, passed: str, request: Parameters) -> Answer:
    note(attempt, passed)
    return go_on(attempt, request)


def note(attempt: Attempt, passed: str) -> None:
    """The triggers of a custom flow are told of the steps that are not theirs, too."""
    if attempt.history is not None:
        attempt.history = [*attempt.history, _entry(passed, True)]


def go_on(attempt: Attempt, request: Parameters) -> Answer:
    """Nothing is left to ask: the tokens, unless the triggers of a custom flow decide."""
    if attempt.history is None:
        return device_sign_in.finish(attempt, request)
    return _decide(attempt, request)


def _entry(name: str, result: bool, metadata: str | None = None) -> triggers.Event:
    return {"challengeName": name, "challengeResult": result, "challengeMetadata": metadata}


def _trigger(attempt: Attempt, source: str, request: triggers.Event, *answers: str) -> Response:
    event: triggers.Event = {"userAttributes": users.event_attributes(attempt.user), **request}
    if attempt.hides_users:
        event["userNotFound"] = not attempt.user
    name = attempt.user.username if attempt.user else attempt.username
    unset: triggers.Event = dict.fromkeys(answers)
    source = f"{source}_Authentication"
    response = triggers.run(attempt.pool, source, name, attempt.client.id, event, unset)
    if response is None:
        raise invalid("Custom auth lambda trigger is not configured for the user pool.")
    return response


def _decide(attempt: Attempt, request: Parameters) -> Answer:
    """Ask DefineAuthChallenge what comes next."""
    event: triggers.Event = {"session": attempt.history, **triggers.metadata(request)}
    verdict = _trigger(
        attempt, "DefineAuthChallenge", event, "challengeName", "issueTokens", "failAuthentication"
    )
    if verdict.get("failAuthentication"):
        raise attempts.wrong_credentials()
    if verdict.get("issueTokens"):
        attempts.check_status(attempt, password_is_right=True)
        return device_sign_in.finish(attempt, request)
    name = verdict.get("challengeName")
    if name == "PASSWORD_VERIFIER" and attempt.history == [_entry("SRP_A", True)]:
        srp_a = password_verifier.public_value(attempt.parameter("SRP_A"))
        return password_verifier.ask(attempt, srp_a)
    if name != "CUSTOM_CHALLENGE":
        raise triggers.bad_response("Unrecognizable lambda output")
    return _create(attempt, request)


def _create(attempt: Attempt, request: Parameters) -> Answer:
    event = {
        "challengeName": "CUSTOM_CHALLENGE",
        "session": attempt.history,
        **triggers.metadata(request),
    }
    created = _trigger(
        attempt,
        "CreateAuthChallenge",
        event,
        "publicChallengeParameters",
        "privateChallengeParameters",
        "challengeMetadata",
    )
    entry = _entry("CUSTOM_CHALLENGE", False, created.get("challengeMetadata"))
    attempt.history = [*(attempt.history or []), entry]
    private = created.get("privateChallengeParameters") or {}
    public = created.get("publicChallengeParameters") or {}
    name = attempt.user.username if attempt.user else attempt.username
    challenge = Challenge("CUSTOM_CHALLENGE", attempt, private)
    return sessions.ask(challenge, {"USERNAME": name, **public})


@sessions.answers("CUSTOM_CHALLENGE")
def _answer(challenge: Challenge, request: Request) -> Answer:
    given = request["ChallengeResponses"].get("ANSWER")
    if given is None:
        raise invalid("Missing required parameter ANSWER")
    event = {
        "privateChallengeParameters": challenge.private,
        "challengeAnswer": given,
        **triggers.metadata(request),
    }
    verdict = _trigger(challenge.attempt, "VerifyAuthChallengeResponse", event, "answerCorrect")
    *before, asked = challenge.attempt.history or []
    correct = bool(verdict.get("answerCorrect"))
    challenge.attempt.history = [*before, {**asked, "challengeResult": correct}]
    return _decide(challenge.attempt, request)
