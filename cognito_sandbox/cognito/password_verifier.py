"""PASSWORD_VERIFIER: the challenge that SRP proves a password with, and whether the proof holds.

(sign-in contract 1.2, 1.4, 1.5)
"""

import base64
import hashlib
import hmac
import re
import secrets
import uuid
from datetime import datetime

from cognito_sandbox.cognito import sessions
from cognito_sandbox.cognito.attempt import Attempt
from cognito_sandbox.cognito.errors import invalid
from cognito_sandbox.cognito.operations import Answer, Request
from cognito_sandbox.cognito.sessions import Challenge
from cognito_sandbox.cognito.srp import Exchange
from cognito_sandbox.srp_numbers import BITS, new_salt
from cognito_sandbox.store.verifiers import Verifier

MOST_DIGITS = 768
_of_nobody = secrets.token_bytes(32)  # what is told of users who do not exist comes from this


def public_value(text: str) -> int:
    """SRP_A, as the client sends it."""
    if not re.fullmatch("[0-9a-fA-F]+", text) or len(text.lstrip("0")) > MOST_DIGITS:
        raise invalid("SRP_A is not a hexadecimal number of at most 3072 bits.")
    return int(text, 16)


def ask(attempt: Attempt, srp_a: int) -> Answer:
    """The challenge; who does not exist, or has no password, gets one that looks the same."""
    user = attempt.user
    verifier = (user and user.verifier) or _fake_verifier(attempt)
    exchange = Exchange(verifier, user.srp_owner if user else "", srp_a)
    name = user.username if user else _fake_name(attempt)
    named = {"USERNAME": name, "USER_ID_FOR_SRP": name}
    return ask_for_proof(attempt, "PASSWORD_VERIFIER", exchange, named)


def ask_for_proof(attempt: Attempt, name: str, exchange: Exchange, shown: dict[str, str]) -> Answer:
    """A challenge that whoever knows the verifier's password can answer."""
    parameters = {
        "SALT": f"{exchange.verifier.salt:x}",
        "SECRET_BLOCK": sessions.keep(Challenge(name, attempt, exchange=exchange)),
        "SRP_B": f"{exchange.public:x}",
        **shown,
    }
    return {"ChallengeName": name, "ChallengeParameters": parameters}


def is_proved(challenge: Challenge, request: Request) -> bool:
    """Is the answer signed by whoever knows the password?"""
    signed = sessions.response(request, "PASSWORD_CLAIM_SIGNATURE")
    block = base64.b64decode(sessions.response(request, sessions.SECRET_BLOCK))
    exchange, when = challenge.exchange, _timestamp(request)
    return bool(exchange and when and exchange.is_proved(signed, block, when))


def _timestamp(request: Request) -> str | None:
    """`Sat Sep 5 07:01:02 UTC 2026`: the day without a zero, and its true weekday."""
    given = sessions.response(request, "TIMESTAMP")
    try:
        when = datetime.strptime(given, "%a %b %d %H:%M:%S UTC %Y")
    except ValueError:
        return None
    return given if given == f"{when:%a %b} {when.day} {when:%H:%M:%S} UTC {when:%Y}" else None


def _fake(attempt: Attempt, what: str) -> bytes:
    """The same for a name in a pool whenever it is asked for."""
    named = f"{what} {attempt.pool.id} {attempt.username}".encode()
    return hmac.digest(_of_nobody, named, hashlib.sha256)


def _fake_verifier(attempt: Attempt) -> Verifier:
    return Verifier(new_salt(_fake(attempt, "salt")), key=secrets.randbits(BITS))


def _fake_name(attempt: Attempt) -> str:
    settings = attempt.pool.settings
    if settings.get("UsernameAttributes") or settings.get("AliasAttributes"):
        return str(uuid.UUID(bytes=_fake(attempt, "name")[:16], version=4))
    return attempt.username
