"""The second factor that follows the password: which one it is, and its answer.

(sign-in contract 3.1, 3.2)
"""

import hmac
import json

from cognito_sandbox.cognito import codes, custom_challenge, device_sign_in, owners, sessions, totp
from cognito_sandbox.cognito.attempt import Attempt
from cognito_sandbox.cognito.errors import CognitoError, invalid
from cognito_sandbox.cognito.operations import Answer, Parameters, Request
from cognito_sandbox.cognito.sessions import Challenge, ask
from cognito_sandbox.store.model import FACTORS, Factor, Pool, User

KIND: dict[str, str] = {
    "SMS_MFA": "phone_number",
    "SMS_OTP": "phone_number",
    "EMAIL_OTP": "email",
}  # where a code goes


def challenge(attempt: Attempt, request: Parameters) -> Answer | None:
    """What the user must answer next, if anything; the request is the call that brought this."""
    if device_sign_in.spares_factor(attempt, request):
        return None
    pool, user = attempt.pool, attempt.known_user
    choices = usable(pool, user)
    if user.preferred_factor in choices:
        return _ask(attempt, user.preferred_factor)
    if len(choices) > 1:
        listed = json.dumps(choices)
        return _ask_with(attempt, "SELECT_MFA_TYPE", {"MFAS_CAN_CHOOSE": listed})
    if choices:
        return _ask(attempt, choices[0])
    if pool.mfa_config == "ON":
        listed = json.dumps([factor for factor in FACTORS if pool.has_factor(factor)])
        return _ask_with(attempt, "MFA_SETUP", {"MFAS_CAN_SETUP": listed})
    return None


def usable(pool: Pool, user: User) -> list[Factor]:
    """The factors that the user enabled; where one is a must, else those that would do."""
    if pool.mfa_config == "OFF":
        return []
    able = [factor for factor in FACTORS if _is_able(pool, user, factor)]
    enabled = [factor for factor in able if factor in user.factors]
    if enabled or pool.mfa_config == "OPTIONAL":
        return enabled
    # A new password and the second factor never come the same way.
    return [factor for factor in able if KIND.get(factor, factor) != pool.only_recovery]


def _is_able(pool: Pool, user: User, factor: Factor) -> bool:
    """A registered token outlives the pool's switch for tokens."""
    return is_reachable(user, factor) and (
        factor == "SOFTWARE_TOKEN_MFA" or pool.has_factor(factor)
    )


def is_reachable(user: User, factor: Factor) -> bool:
    """Has the user a token, or an address for codes? It need not be verified."""
    if factor == "SOFTWARE_TOKEN_MFA":
        return user.software_token is not None
    return bool(user.attribute.get(KIND[factor]))


def _ask_with(attempt: Attempt, name: str, parameters: dict[str, str]) -> Answer:
    shown = {"USER_ID_FOR_SRP": attempt.known_user.username} | parameters
    return ask(Challenge(name, attempt), shown)


def _ask(attempt: Attempt, factor: Factor) -> Answer:
    token = attempt.known_user.software_token
    if factor != "SOFTWARE_TOKEN_MFA":
        return ask_for_code(attempt, factor)
    named = {"FRIENDLY_DEVICE_NAME": token.app} if token and token.app else {}
    return _ask_with(attempt, factor, named)


def ask_for_code(attempt: Attempt, factor: str, new_address: str | None = None) -> Answer:
    """Send a code, which is good for this session only."""
    user, kind, code = attempt.known_user, KIND[factor], codes.new()
    message = codes.Message(
        attempt.pool, user, "Authentication", kind, attempt.client.id, new_address=new_address
    )
    message.deliver(code)
    delivery = codes.delivery(kind, message.address)
    parameters = {
        "USER_ID_FOR_SRP": user.username,
        "CODE_DELIVERY_DELIVERY_MEDIUM": delivery["DeliveryMedium"],
        "CODE_DELIVERY_DESTINATION": delivery["Destination"],
    }
    private = {"code": code, "address": message.address, "new address": new_address or ""}
    return ask(Challenge(factor, attempt, private), parameters)


@sessions.answers("EMAIL_OTP", "SMS_MFA", "SMS_OTP")
def _answer_code(challenge: Challenge, request: Request) -> Answer:
    """A code that was sent; who has it has the address, which must still be the user's."""
    attempt, kind, sent = challenge.attempt, KIND[challenge.name], challenge.private
    given = sessions.response(request, f"{challenge.name}_CODE")
    is_right = hmac.compare_digest(sent["code"].encode(), given.encode())
    if not (is_right and _is_users(challenge, kind)):
        text = "Invalid code or auth state for the user."
        raise CognitoError("CodeMismatchException", text)
    user, address = attempt.known_user, sent["address"]
    if user.verified(kind) != address:
        owners.settle(attempt.pool, user, {kind: address, f"{kind}_verified": "true"})
    if user.status == "UNCONFIRMED":  # the code was the first factor
        user.status = "CONFIRMED"
    return custom_challenge.after_step(attempt, challenge.name, request)


def _is_users(challenge: Challenge, kind: str) -> bool:
    """Is the address that the code went to the user's, or about to be?"""
    user, sent = challenge.attempt.user, challenge.private
    own = user.attribute.get(kind) if user else None
    return sent["address"] in (own, sent.get("new address"))


@sessions.answers("SOFTWARE_TOKEN_MFA")
def _answer_token(challenge: Challenge, request: Request) -> Answer:
    token = challenge.attempt.known_user.software_token
    given = sessions.response(request, f"{challenge.name}_CODE")
    if not token:
        text = "Software Token MFA does not exist for the user."
        raise CognitoError("SoftwareTokenMFANotFoundException", text)
    if not totp.spend(token, given):
        raise CognitoError("CodeMismatchException", "Invalid code received for user")
    return custom_challenge.after_step(challenge.attempt, challenge.name, request)


@sessions.answers("SELECT_MFA_TYPE")
def _answer_choice(challenge: Challenge, request: Request) -> Answer:
    attempt, chosen = challenge.attempt, request["ChallengeResponses"].get("ANSWER")
    for factor in usable(attempt.pool, attempt.known_user):
        if factor == chosen:
            return _ask(attempt, factor)
    raise invalid("ANSWER must be one of MFAS_CAN_CHOOSE.")
