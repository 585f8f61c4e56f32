"""Sessions: under each waits a challenge for its answer, once, and as long as the client says.

A proof of SRP comes without a session. Its secret block is one.

(sign-in contract 7)
"""

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cognito_sandbox import clock
from cognito_sandbox.cognito import attempt as attempts
from cognito_sandbox.cognito import clients, tokens
from cognito_sandbox.cognito.attempt import Attempt
from cognito_sandbox.cognito.errors import CognitoError, denied, invalid
from cognito_sandbox.cognito.operations import Answer, Request, operation
from cognito_sandbox.cognito.srp import Exchange
from cognito_sandbox.newest import Newest
from cognito_sandbox.store.model import Client, Pool

SECRET_BLOCK = "PASSWORD_CLAIM_SECRET_BLOCK"
PROOFS = ("PASSWORD_VERIFIER", "DEVICE_PASSWORD_VERIFIER")
CORRECTABLE = (
    "CodeMismatchException",
    "ExpiredCodeException",
    "InvalidParameterException",
    "InvalidPasswordException",
)


@dataclass
class Challenge:
    """A question that is open, and what its answer will be held against."""

    name: str
    attempt: Attempt
    private: dict[str, str] = field(default_factory=dict)  # of a custom challenge, or of a code
    exchange: Exchange | None = None  # of a proof
    expires: float = 0.0


Handler = Callable[[Challenge, Request], Answer]
_open = Newest[str, Challenge]()
_finished = Newest[str, bool]()  # those that led to tokens
_handlers: dict[str, Handler] = {}


def answers(*names: str) -> Callable[[Handler], Handler]:
    """The function takes the answers to these challenges."""

    def register(handler: Handler) -> Handler:
        _handlers.update(dict.fromkeys(names, handler))
        return handler

    return register


def keep(challenge: Challenge) -> str:
    """Let the challenge wait; the session that its answer must bring."""
    challenge.attempt.forget_password()
    session = base64.b64encode(secrets.token_bytes(96)).decode()
    minutes = challenge.attempt.client.settings.get("AuthSessionValidity") or 3
    challenge.expires = clock.now() + 60 * minutes
    _open[session] = challenge
    return session


def ask(challenge: Challenge, parameters: Mapping[str, object]) -> Answer:
    """The response that carries the challenge."""
    return {
        "ChallengeName": challenge.name,
        "Session": keep(challenge),
        "ChallengeParameters": parameters,
    }


def response(request: Request, name: str) -> str:
    """One of the parameters of an answer."""
    value = request["ChallengeResponses"].get(name)
    if not value:
        raise invalid(f"Missing required parameter {name}")
    return str(value)


def look(session: str, client: Client | None = None) -> Challenge:
    """What waits under the session, and goes on waiting."""
    challenge = _open.get(session)
    if session in _finished:
        raise denied("Invalid session for the user, session can only be used once.")
    if not challenge or client not in (None, challenge.attempt.client):
        raise unknown()
    if clock.now() > challenge.expires:
        raise denied("Invalid session for the user, session is expired.")
    return challenge


def take(session: str) -> Challenge:
    """What waits under the session: at once, so that two answers cannot both count."""
    challenge = _open.pop(session, None)
    if not challenge:
        raise unknown()
    return challenge


def unknown() -> CognitoError:
    return denied("Invalid session for the user.")


def give_back(session: str, challenge: Challenge) -> None:
    """What was wrong may be put right: the session stays usable."""
    _open[session] = challenge


def finish(session: str) -> None:
    """It led to tokens, and does so once."""
    _finished[session] = True


def _respond(request: Request, pool: Pool, client: Client) -> Answer:
    is_proof = request["ChallengeName"] in PROOFS
    session = response(request, SECRET_BLOCK) if is_proof else _session(request, pool)
    try:
        challenge = look(session, client)
    except CognitoError:
        if is_proof:
            raise attempts.wrong_credentials() from None
        raise
    _check(challenge, request, pool)
    take(session)
    try:
        answer = _handlers[challenge.name](challenge, request)
    except CognitoError as error:
        if error.kind in CORRECTABLE:
            give_back(session, challenge)
        raise
    if "AuthenticationResult" in answer:
        finish(session)
    return answer


def _session(request: Request, pool: Pool) -> str:
    """Some clients send none with the answer of a device, which is known by its key."""
    if request["ChallengeName"] == "DEVICE_SRP_AUTH" and not request.get("Session"):
        user = pool.users.find(response(request, "USERNAME"))
        device = user and user.devices.get(response(request, "DEVICE_KEY"))
        return device.session if device else ""
    return str(request["Session"])


def _check(challenge: Challenge, request: Request, pool: Pool) -> None:
    """Whoever the challenge is not for does not use it up."""
    attempt, name = challenge.attempt, response(request, "USERNAME")
    if challenge.name != request["ChallengeName"]:
        raise invalid(f"The open challenge is {challenge.name}.")
    clients.check_secret(attempt.client, name, request["ChallengeResponses"].get("SECRET_HASH"))
    is_first = challenge.name == "PASSWORD_VERIFIER"  # before it is right, nothing is told
    if attempt.user and not is_first:
        tokens.check_usable(pool, attempt.user)
    if pool.users.find(name) is not attempt.user:
        raise attempts.wrong_credentials() if is_first else unknown()


@operation
def respond_to_auth_challenge(request: Request) -> Answer:
    return _respond(request, *clients.find(request["ClientId"]))


@operation
def admin_respond_to_auth_challenge(request: Request) -> Answer:
    return _respond(request, *clients.find(request["ClientId"], request["UserPoolId"]))
