"""USER_AUTH: users choose how they sign in, among what the pool allows and they have.

(sign-in contract 5)
"""

from collections.abc import Mapping

from cognito_sandbox.cognito import attempt as attempts
from cognito_sandbox.cognito import (
    challenges,
    codes,
    mfa,
    passkeys,
    password_verifier,
    pool_checks,
    pools,
    sessions,
    tokens,
)
from cognito_sandbox.cognito.attempt import Attempt
from cognito_sandbox.cognito.both_forms import in_both_forms
from cognito_sandbox.cognito.errors import invalid
from cognito_sandbox.cognito.operations import Answer, Parameters, Request
from cognito_sandbox.cognito.sessions import Challenge
from cognito_sandbox.store.model import Client, Pool, User

CODES = {"EMAIL_OTP": "email", "SMS_OTP": "phone_number"}
STEP_UP = ("ACCESS_TOKEN", "MAX_AGE", "TARGET_ACR_VALUES")
BY_PASSWORD = ["PASSWORD_SRP", "PASSWORD"]


def start(attempt: Attempt) -> Answer:
    pool_checks.check_tier(attempt.pool.settings, "USER_AUTH")
    attempt.parameter("USERNAME")
    given = attempt.request["AuthParameters"]
    preferred = given.get("PREFERRED_CHALLENGE")
    _check_step_up(given)
    _check_choice(preferred, given)
    attempt.name_user()
    if attempt.request.get("Session"):
        _take_sign_up(attempt, attempt.request["Session"])
        attempts.pre_authentication(attempt)
        return attempts.complete(attempt, {})
    attempts.pre_authentication(attempt)
    choices = _choices(attempt)
    if preferred in choices:
        return _begin(attempt, preferred, given, {})
    asked = sessions.ask(Challenge("SELECT_CHALLENGE", attempt), {})
    return {**asked, "AvailableChallenges": choices}


@sessions.answers("SELECT_CHALLENGE")
def _answer_choice(challenge: Challenge, request: Request) -> Answer:
    responses = request["ChallengeResponses"]
    chosen = sessions.response(request, "ANSWER")
    _check_choice(chosen, responses)
    if chosen not in _choices(challenge.attempt):
        raise invalid("ANSWER must be one of AvailableChallenges.")
    return _begin(challenge.attempt, chosen, responses, request)


def _check_step_up(given: Mapping[str, str]) -> None:
    """Who is signed in already cannot ask for a higher level here."""
    asked = [name for name in STEP_UP if name in given]
    if asked:
        raise invalid(
            f"The sandbox does not have {asked[0]} in AuthParameters: leave it out, or try it in "
            "an AWS account."
        )


def _check_choice(chosen: str | None, given: Mapping[str, str]) -> None:
    """What the choice needs besides must be there."""
    if chosen == "WEB_AUTHN":
        raise passkeys.refusal()
    needed = {"PASSWORD": "PASSWORD", "PASSWORD_SRP": "SRP_A"}.get(chosen or "")
    if needed and not given.get(needed):
        raise invalid(f"Missing required parameter {needed}")


def _begin(attempt: Attempt, chosen: str, given: Mapping[str, str], request: Parameters) -> Answer:
    if chosen == "PASSWORD":
        attempts.check_password(attempt, given["PASSWORD"])
        return challenges.after_password(attempt, chosen, request)
    if chosen == "PASSWORD_SRP":
        return password_verifier.ask(attempt, password_verifier.public_value(given["SRP_A"]))
    return _send_code(attempt, chosen)


def _choices(attempt: Attempt) -> list[str]:
    """What the user may choose from; who does not exist could have everything."""
    pool, user = attempt.pool, attempt.user
    if not user:
        return BY_PASSWORD + _allowed_codes(pool)
    return (BY_PASSWORD if user.verifier else []) + _usable_codes(pool, user)


def _allowed_codes(pool: Pool) -> list[str]:
    return [name for name in CODES if name in pools.first_factors(pool)]


def _usable_codes(pool: Pool, user: User) -> list[str]:
    """A code is no way for users who have a second factor, or who must replace their password."""
    has_second = pool.mfa_config == "ON" or bool(mfa.usable(pool, user))
    if has_second or user.status == "FORCE_CHANGE_PASSWORD":
        return []
    return [name for name in _allowed_codes(pool) if user.attribute.get(CODES[name])]


def _send_code(attempt: Attempt, chosen: str) -> Answer:
    pool, user, kind, code = attempt.pool, attempt.user, CODES[chosen], codes.new(digits=8)
    sent = codes.simulated_delivery(attempt.username, kind)
    address = ""
    if user:
        tokens.check_usable(pool, user)
        message = codes.Message(pool, user, "Authentication", kind, attempt.client.id)
        address = message.address
        message.deliver(code)
        sent = codes.delivery(kind, address)
    parameters = {
        "CODE_DELIVERY_DELIVERY_MEDIUM": sent["DeliveryMedium"],
        "CODE_DELIVERY_DESTINATION": sent["Destination"],
    }
    private = {"code": code, "address": address}
    asked = sessions.ask(Challenge(chosen, attempt, private=private), parameters)
    return {**asked, "AvailableChallenges": [chosen]}


def after_sign_up(attempt: Attempt, confirmed: bool) -> str:
    """A session that says who signed up; once that is confirmed, it signs in."""
    return sessions.keep(Challenge("SIGNED_UP" if confirmed else "SIGN_UP", attempt))


def check_sign_up(session: str, client: Client, user: User) -> None:
    """The session must be that of this user's sign-up."""
    challenge = sessions.look(session, client)
    if challenge.name != "SIGN_UP" or challenge.attempt.user is not user:
        raise sessions.unknown()


def _take_sign_up(attempt: Attempt, session: str) -> None:
    challenge = sessions.look(session, attempt.client)
    if challenge.name != "SIGNED_UP" or challenge.attempt.user is not attempt.known_user:
        raise sessions.unknown()
    attempts.check_status(attempt, password_is_right=True)
    sessions.take(session)
    sessions.finish(session)


@in_both_forms
def get_user_auth_factors(_: Request, pool: Pool, user: User) -> Answer:
    described = user.described()
    second = ("PreferredMfaSetting", "UserMFASettingList")
    shown: dict[str, object] = {name: described[name] for name in second if name in described}
    configured = (["PASSWORD"] if user.verifier else []) + _usable_codes(pool, user)
    return {"Username": user.username, "ConfiguredUserAuthFactors": configured, **shown}
