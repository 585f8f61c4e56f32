"""Challenges on the way to the tokens: new password, MFA codes, and the custom ones of triggers."""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cognito_sandbox import clock
from cognito_sandbox.cognito import attempt as attempts
from cognito_sandbox.cognito import (
    clients,
    codes,
    password_policy,
    temporary,
    tokens,
    triggers,
    users,
)
from cognito_sandbox.cognito.attempt import Attempt
from cognito_sandbox.cognito.errors import CognitoError, denied, invalid
from cognito_sandbox.cognito.operations import Answer, Parameters, Request, operation
from cognito_sandbox.cognito.trigger_response import Response
from cognito_sandbox.newest import Newest
from cognito_sandbox.store import user_pools as store
from cognito_sandbox.store.model import Client, Pool


@dataclass
class Challenge:
    """A question that is open, and what its answer will be held against."""

    name: str
    attempt: Attempt
    history: list[triggers.Event] = field(default_factory=list)  # of a custom flow
    private: dict[str, str] = field(default_factory=dict)
    expires: float = 0.0


_open = Newest[str, Challenge]()  # by their sessions


def ask(challenge: Challenge, parameters: Mapping[str, object]) -> Answer:
    """The response that carries the challenge; its session can be used once."""
    token = uuid.uuid4().hex * 2
    minutes = challenge.attempt.client.settings.get("AuthSessionValidity") or 3
    challenge.expires = clock.now() + 60 * minutes
    _open[token] = challenge
    return {"ChallengeName": challenge.name, "Session": token, "ChallengeParameters": parameters}


def needed(attempt: Attempt) -> Answer | None:
    """What a user must still do after the right password."""
    user = attempt.known_user
    id_for_srp = {"USER_ID_FOR_SRP": user.username}
    if user.status == "FORCE_CHANGE_PASSWORD":
        temporary.check(attempt.pool, user)
        shown = {k: v for k, v in user.attribute.items() if k != "sub"}
        missing = [n for n in attempt.pool.required_attributes if n not in shown]
        absent = [f"userAttributes.{name}" for name in missing]
        parameters = id_for_srp | {
            "requiredAttributes": json.dumps(absent),
            "userAttributes": json.dumps(shown),
        }
        return ask(Challenge("NEW_PASSWORD_REQUIRED", attempt), parameters)
    if user.software_token_mfa_enabled and user.preferred_mfa_setting != "SMS_MFA":
        return ask(Challenge("SOFTWARE_TOKEN_MFA", attempt), id_for_srp)
    if user.sms_mfa_enabled and user.attribute.get("phone_number"):
        delivery = codes.Message(
            attempt.pool, user, "Authentication", "phone_number", attempt.client.id
        ).send_code()
        parameters = id_for_srp | {
            "CODE_DELIVERY_DELIVERY_MEDIUM": delivery["DeliveryMedium"],
            "CODE_DELIVERY_DESTINATION": delivery["Destination"],
        }
        return ask(Challenge("SMS_MFA", attempt), parameters)
    return None


def start_custom(attempt: Attempt) -> Answer:
    """The custom flow: from here on the triggers decide."""
    if not triggers.function_arn(attempt.pool, "DefineAuthChallenge"):
        raise invalid("Custom auth lambda trigger is not configured for the user pool.")
    attempt.name_user()
    attempts.pre_authentication(attempt)
    return _decide(attempt, [], {})


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


def _decide(attempt: Attempt, history: list[triggers.Event], request: Parameters) -> Answer:
    """Ask DefineAuthChallenge what comes next."""
    event: triggers.Event = {"session": history, **triggers.metadata(request)}
    verdict = _trigger(
        attempt, "DefineAuthChallenge", event, "challengeName", "issueTokens", "failAuthentication"
    )
    if verdict.get("failAuthentication"):
        raise attempts.wrong_credentials()
    if verdict.get("issueTokens"):
        if not attempt.user:
            raise attempts.wrong_credentials()
        attempts.check_status(attempt, password_is_right=True)
        return attempts.complete(attempt, request)
    if verdict.get("challengeName") != "CUSTOM_CHALLENGE":
        raise triggers.bad_response("Unrecognizable lambda output")
    return _create(attempt, history, request)


def _create(attempt: Attempt, history: list[triggers.Event], request: Parameters) -> Answer:
    event = {
        "challengeName": "CUSTOM_CHALLENGE",
        "session": history,
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
    private = created.get("privateChallengeParameters") or {}
    entry: triggers.Event = {
        "challengeName": "CUSTOM_CHALLENGE",
        "challengeResult": False,
        "challengeMetadata": created.get("challengeMetadata"),
    }
    challenge = Challenge("CUSTOM_CHALLENGE", attempt, [*history, entry], private)
    public = created.get("publicChallengeParameters") or {}
    return ask(challenge, {"USERNAME": attempt.username, **public})


def _answer_custom(challenge: Challenge, request: Request) -> Answer:
    event = {
        "privateChallengeParameters": challenge.private,
        "challengeAnswer": request["ChallengeResponses"].get("ANSWER"),
        **triggers.metadata(request),
    }
    verdict = _trigger(challenge.attempt, "VerifyAuthChallengeResponse", event, "answerCorrect")
    challenge.history[-1]["challengeResult"] = bool(verdict.get("answerCorrect"))
    return _decide(challenge.attempt, challenge.history, request)


def _answer_new_password(challenge: Challenge, request: Request) -> Answer:
    attempt, responses = challenge.attempt, request["ChallengeResponses"]
    user = attempt.known_user
    password = responses.get("NEW_PASSWORD")
    if not password:
        raise invalid("Missing required parameter NEW_PASSWORD")
    password_policy.check(attempt.pool, password)
    prefix = "userAttributes."
    given = {k.removeprefix(prefix): v for k, v in responses.items() if k.startswith(prefix)}
    users.check_writable(attempt.client, given)
    users.check_attributes(attempt.pool, {**user.attribute, **given})
    user.change(given)
    user.password = password
    user.status = "CONFIRMED"
    source = "NewPasswordChallenge"
    return attempts.complete(attempt, request, source)


def _answer_mfa(challenge: Challenge, request: Request) -> Answer:
    attempt = challenge.attempt
    code = request["ChallengeResponses"].get(f"{challenge.name}_CODE", "")
    if challenge.name == "SMS_MFA":
        codes.check(attempt.pool, attempt.known_user, "Authentication", code)
    elif not store.is_totp(code):
        text = "Invalid code received for user"
        raise CognitoError("CodeMismatchException", text)
    return attempts.complete(attempt, request)


CORRECTABLE = ("CodeMismatchException", "InvalidParameterException", "InvalidPasswordException")
ANSWERS: dict[str, Callable[[Challenge, Request], Answer]] = {
    "CUSTOM_CHALLENGE": _answer_custom,
    "NEW_PASSWORD_REQUIRED": _answer_new_password,
    "SMS_MFA": _answer_mfa,
    "SOFTWARE_TOKEN_MFA": _answer_mfa,
}


def _respond(request: Request, pool: Pool, client: Client) -> Answer:
    token = request["Session"]
    # At once, so that two answers cannot both count.
    challenge = _open.pop(token, None)
    if not challenge or challenge.attempt.client is not client:
        raise denied("Invalid session for the user.")
    if clock.now() > challenge.expires:
        raise denied("Invalid session for the user, session is expired.")
    try:
        return _answered(challenge, request, pool, client)
    except CognitoError as error:
        if error.kind in CORRECTABLE:
            _open[token] = challenge
        raise


def _answered(challenge: Challenge, request: Request, pool: Pool, client: Client) -> Answer:
    if challenge.name != request["ChallengeName"]:
        raise invalid(f"The open challenge is {challenge.name}.")
    name, secret_hash = challenge.attempt.username, request["ChallengeResponses"].get("SECRET_HASH")
    clients.check_secret(client, name, secret_hash)
    if challenge.attempt.user:
        tokens.check_usable(pool, challenge.attempt.user)
    return ANSWERS[challenge.name](challenge, request)


@operation
def respond_to_auth_challenge(request: Request) -> Answer:
    return _respond(request, *clients.find(request["ClientId"]))


@operation
def admin_respond_to_auth_challenge(request: Request) -> Answer:
    return _respond(request, *clients.find(request["ClientId"], request["UserPoolId"]))
