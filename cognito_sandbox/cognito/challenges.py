"""What comes after a password: a new one, a second factor, then the tokens.

(contract 8; sign-in contract 1.7, 3.2)
"""

import json

from cognito_sandbox.cognito import attempt as attempts
from cognito_sandbox.cognito import (
    custom_challenge,
    device_sign_in,
    mfa,
    owners,
    password_policy,
    password_verifier,
    sessions,
    temporary_passwords,
    users,
)
from cognito_sandbox.cognito.attempt import Attempt
from cognito_sandbox.cognito.errors import denied
from cognito_sandbox.cognito.operations import Answer, Parameters, Request
from cognito_sandbox.cognito.sessions import Challenge, ask


def after_password(attempt: Attempt, passed: str, request: Parameters) -> Answer:
    """The answer to a right password; the request is the call that brought it."""
    if attempt.known_user.status == "FORCE_CHANGE_PASSWORD":
        return _ask_new_password(attempt)
    custom_challenge.note(attempt, passed)
    return mfa.challenge(attempt, request) or custom_challenge.go_on(attempt, request)


@sessions.answers("PASSWORD_VERIFIER")
def _answer_proof(challenge: Challenge, request: Request) -> Answer:
    """A proof of nobody's is worked out as well: the answer takes as long."""
    attempt, proved = challenge.attempt, password_verifier.is_proved(challenge, request)
    attempts.check_status(attempt, proved)
    return after_password(attempt, challenge.name, request)


def _ask_new_password(attempt: Attempt) -> Answer:
    user = attempt.known_user
    temporary_passwords.check(attempt.pool, user)
    shown = {k: v for k, v in user.attribute.items() if k != "sub"}
    missing = [n for n in attempt.pool.required_attributes if n not in shown]
    parameters = {
        "USER_ID_FOR_SRP": user.username,
        "requiredAttributes": json.dumps([f"userAttributes.{name}" for name in missing]),
        "userAttributes": json.dumps(shown),
    }
    return ask(Challenge("NEW_PASSWORD_REQUIRED", attempt), parameters)


@sessions.answers("NEW_PASSWORD_REQUIRED")
def _answer_new_password(challenge: Challenge, request: Request) -> Answer:
    attempt, responses = challenge.attempt, request["ChallengeResponses"]
    user = attempt.known_user
    password = sessions.response(request, "NEW_PASSWORD")
    password_policy.check(attempt.pool, password, password_policy.SETTING, is_parameter=False)
    prefix = "userAttributes."
    given = {k.removeprefix(prefix): v for k, v in responses.items() if k.startswith(prefix)}
    for name in attempt.pool.required_attributes:
        if name in given and user.attribute.get(name):
            raise denied(f"Cannot modify an already provided {name}")
    users.check_writable(attempt.client, given)
    users.check_attributes(attempt.pool, {**user.attribute, **given})
    device_sign_in.note(attempt, request)  # it may be unknown: then all stays as it was
    owners.settle(attempt.pool, user, given)
    user.set_password(password)
    user.status = "CONFIRMED"
    source = "NewPasswordChallenge"
    return mfa.challenge(attempt, request) or device_sign_in.finish(attempt, request, source)
