"""A sign-in's last step: a remembered device proves itself before there are tokens.

(sign-in contract 4.2)
"""

from cognito_sandbox import clock
from cognito_sandbox.cognito import attempt as attempts
from cognito_sandbox.cognito import devices, password_verifier, sessions
from cognito_sandbox.cognito.attempt import Attempt
from cognito_sandbox.cognito.operations import Answer, Parameters, Request
from cognito_sandbox.cognito.sessions import Challenge
from cognito_sandbox.cognito.srp import Exchange
from cognito_sandbox.store.model import Device


def note(attempt: Attempt, request: Parameters) -> None:
    """The device that the app named with its first call or with this answer."""
    first = attempt.request.get("AuthParameters") or {}
    now = request.get("ChallengeResponses") or {}
    key = first.get("DEVICE_KEY") or now.get("DEVICE_KEY")
    if key and not attempt.device and devices.tracks(attempt.pool):
        attempt.device = devices.find(attempt.known_user, key)


def spares_factor(attempt: Attempt, request: Parameters) -> bool:
    """Does the device take the place of the second factor?"""
    note(attempt, request)
    device, settings = attempt.device, attempt.pool.settings.get("DeviceConfiguration") or {}
    return bool(device and device.remembered and settings.get("ChallengeRequiredOnNewDevice"))


def finish(attempt: Attempt, request: Parameters, source: str = "Authentication") -> Answer:
    """The tokens, or first the challenge for a remembered device."""
    note(attempt, request)
    device = attempt.device
    if not device or not device.remembered:
        return attempts.complete(attempt, request, source)
    answer = sessions.ask(Challenge("DEVICE_SRP_AUTH", attempt), {})
    device.session = str(answer["Session"])
    return answer


@sessions.answers("DEVICE_SRP_AUTH")
def _answer_public_value(challenge: Challenge, request: Request) -> Answer:
    device, attempt = _named(challenge, request), challenge.attempt
    value = password_verifier.public_value(sessions.response(request, "SRP_A"))
    exchange = Exchange(device.verifier, device.group_key + device.key, value)
    named = {"DEVICE_KEY": device.key, "USERNAME": attempt.known_user.username}
    return password_verifier.ask_for_proof(attempt, "DEVICE_PASSWORD_VERIFIER", exchange, named)


@sessions.answers("DEVICE_PASSWORD_VERIFIER")
def _answer_proof(challenge: Challenge, request: Request) -> Answer:
    device = _named(challenge, request)
    if not password_verifier.is_proved(challenge, request):
        raise attempts.wrong_credentials()
    device.authenticated = clock.now()
    return attempts.complete(challenge.attempt, request, "AuthenticateDevice")


def _named(challenge: Challenge, request: Request) -> Device:
    """The device of this sign-in, which each answer names."""
    attempt = challenge.attempt
    device = devices.find(attempt.known_user, sessions.response(request, "DEVICE_KEY"))
    if device is not attempt.device:
        raise attempts.wrong_credentials()
    return device
