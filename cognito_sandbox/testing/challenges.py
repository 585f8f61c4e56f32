"""What a sign-in asks for next, and the call that answers it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cognito_sandbox.testing.errors import TestingError

__tracebackhide__ = True
FLOWS = ("USER_PASSWORD_AUTH", "CUSTOM_AUTH", "USER_AUTH")
APP = "SOFTWARE_TOKEN_MFA"
SENT = ("SMS_MFA", "EMAIL_OTP", "SMS_OTP")
CHOICES = ("SELECT_CHALLENGE", "SELECT_MFA_TYPE")
BY_SRP = "PASSWORD_SRP"
NO_SRP = (
    'A user_pool computes no SRP: sign in by flow="USER_PASSWORD_AUTH", or choose '
    'ANSWER="PASSWORD". Client libraries do SRP themselves: pycognito, say, with user_pool.id, '
    "user_pool.client_id and sandbox.environment."
)


def check_flow(flow: str) -> None:
    """Refuse what `sign_in` cannot do, with what can."""
    if flow == "USER_SRP_AUTH":
        raise TestingError(NO_SRP)
    if flow not in FLOWS:
        raise TestingError(
            f'sign_in has the flows {", ".join(FLOWS)}, not "{flow}". Other ways in are calls of '
            "user_pool.client, such as admin_initiate_auth; tokens are renewed by refresh(tokens)."
        )


def choices(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """The ways to sign in, or the second factors, among which Cognito lets the user choose."""
    told = answer.get("ChallengeParameters", {})
    listed = told.get("MFAS_CAN_CHOOSE") or told.get("MFAS_CAN_SETUP") or "[]"
    return tuple(answer.get("AvailableChallenges") or json.loads(listed))


def call(challenge: str | None, available: Sequence[str]) -> str:
    """How the challenge is answered, if it is not by what `respond` does by itself."""
    if challenge in CHOICES:
        possible = ", ".join(each for each in available if each != BY_SRP)
        return f"respond(step, ANSWER=...), with one of {possible}"
    if challenge == "MFA_SETUP" and APP not in available:
        return _setting_up(available)
    if challenge == "CUSTOM_CHALLENGE":
        return "respond(step, ANSWER=...)"
    return "respond(step)"


def _setting_up(available: Sequence[str]) -> str:
    if "EMAIL_OTP" in available:
        return "respond(step, EMAIL=...)"
    return (
        "a phone_number of the user, before the sign-in: it cannot be set up on the way (but an "
        "authenticator app can: SoftwareTokenMfaConfiguration)"
    )
