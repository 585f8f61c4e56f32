"""How users come to a software token or, during sign-in, to an e-mail address for codes.

(sign-in contract 3.3)
"""

from cognito_sandbox.cognito import custom_challenge, mfa, sessions, tokens, totp
from cognito_sandbox.cognito.errors import CognitoError, invalid
from cognito_sandbox.cognito.operations import Answer, Request, operation
from cognito_sandbox.cognito.sessions import Challenge
from cognito_sandbox.store.model import Pool, User

SET_UP = "set up"  # in a challenge's private part: the token was verified in this sign-in


@operation
def associate_software_token(request: Request) -> Answer:
    """A new secret; the one before stays in force until this one is verified."""
    if request.get("AccessToken"):
        pool, _, user = tokens.signed_in(request["AccessToken"])
        return {"SecretCode": _new_secret(pool, user)}
    challenge = _take(request)
    attempt = challenge.attempt
    secret = _new_secret(attempt.pool, attempt.known_user)
    return {"SecretCode": secret, "Session": sessions.keep(challenge)}


@operation
def verify_software_token(request: Request) -> Answer:
    """The first right code; a wrong one leaves the session as it is."""
    if request.get("AccessToken"):
        pool, _, user = tokens.signed_in(request["AccessToken"])
        _verify(pool, user, request)
        return {"Status": "SUCCESS"}
    challenge = _take(request)
    try:
        _verify(challenge.attempt.pool, challenge.attempt.known_user, request)
    except CognitoError:
        sessions.give_back(request["Session"], challenge)
        raise
    challenge.private[SET_UP] = "SOFTWARE_TOKEN_MFA"
    return {"Status": "SUCCESS", "Session": sessions.keep(challenge)}


@sessions.answers("MFA_SETUP")
def _answer(challenge: Challenge, request: Request) -> Answer:
    """MFA_SETUP: with a token verified on the way, or with an e-mail address to send a code to."""
    attempt, responses = challenge.attempt, request["ChallengeResponses"]
    if SET_UP in challenge.private:
        return custom_challenge.after_step(attempt, challenge.private[SET_UP], request)
    address = responses.get("EMAIL") or responses.get("email")
    if not address or not attempt.pool.has_factor("EMAIL_OTP"):
        raise invalid("No second factor was set up: VerifySoftwareToken comes before this answer.")
    return mfa.ask_for_code(attempt, "EMAIL_OTP", address)


def _take(request: Request) -> Challenge:
    session = request["Session"]
    if sessions.look(session).name != "MFA_SETUP":
        raise sessions.unknown()
    return sessions.take(session)


def _new_secret(pool: Pool, user: User) -> str:
    _check_enabled(pool)
    user.pending_token = totp.new()
    return totp.secret_code(user.pending_token)


def _verify(pool: Pool, user: User, request: Request) -> None:
    _check_enabled(pool)
    token = user.pending_token
    if not token:
        text = "Software Token MFA does not exist for the user."
        raise CognitoError("SoftwareTokenMFANotFoundException", text)
    if not totp.spend(token, request["UserCode"]):
        text = "Code mismatch and fail enable Software Token MFA"
        raise CognitoError("EnableSoftwareTokenMFAException", text)
    token.app = request.get("FriendlyDeviceName", "")
    user.software_token, user.pending_token = token, None


def _check_enabled(pool: Pool) -> None:
    if not pool.has_factor("SOFTWARE_TOKEN_MFA"):
        text = "Software Token MFA has not been enabled by the userPool"
        raise CognitoError("SoftwareTokenMFANotFoundException", text)
