"""What users under test answer a challenge with: a code that they were sent, or that their app
shows, or a new password."""

import base64
import hmac
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cognito_sandbox.testing import passwords
from cognito_sandbox.testing.challenges import APP, BY_SRP, NO_SRP, SENT
from cognito_sandbox.testing.errors import TestingError
from cognito_sandbox.testing.people import SignedIn

__tracebackhide__ = True
SECONDS = 30
Responses = dict[str, str]


class Authenticator:
    """An app on a user's phone (RFC 6238): a new code every 30 seconds, and the next one early."""

    def __init__(self, secret: str, now: Callable[[], float]) -> None:
        self._key = base64.b32decode(secret + "=" * (-len(secret) % 8))
        self._now, self._last = now, 0

    def code(self) -> str:
        """One that was not used yet, as each counts once."""
        step = int(self._now()) // SECONDS
        chosen = max(step, self._last + 1)
        if chosen > step + 1:
            raise TestingError(
                "The codes of these 30 seconds are used up. "
                "sandbox.clock.forward(seconds=30) brings the next ones."
            )
        self._last = chosen
        digest = hmac.digest(self._key, chosen.to_bytes(8), "sha1")
        start = digest[-1] & 15
        number = int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF
        return f"{number % 1_000_000:06}"


class Answers:
    """The users' apps, and what else they need to answer with."""

    def __init__(
        self,
        call: Callable[..., Any],
        now: Callable[[], float],
        sent: Callable[[str], str],
        password: Callable[[str], str],
        secrets: set[str],
    ) -> None:
        self._call, self._now, self._secrets = call, now, secrets
        self._sent, self._password = sent, password
        self._apps: dict[str, Authenticator] = {}

    def to(self, step: SignedIn) -> tuple[SignedIn, Responses]:
        """The answer, and the challenge that it is for: to set up an app changes its session."""
        name, challenge = step.parameters.get("USER_ID_FOR_SRP", step.username), step.challenge
        if challenge == "MFA_SETUP" and APP in step.available:
            return replace(step, session=self.set_up(name, Session=step.session)), {}
        if challenge == APP and name in self._apps:
            return step, {f"{APP}_CODE": self._apps[name].code()}
        if challenge in SENT:
            return step, {f"{challenge}_CODE": self._sent(name)}
        if challenge == "NEW_PASSWORD_REQUIRED":
            return step, {"NEW_PASSWORD": passwords.made()}
        needed = f"respond(step, {APP}_CODE=...)" if challenge == APP else step.answered_by
        raise TestingError(f"{challenge} needs an answer of yours: {needed}.")

    def completed(self, step: SignedIn, given: Responses) -> Responses:
        """The answer of a test, with what belongs to its choice."""
        chosen = given.get("ANSWER") if step.challenge == "SELECT_CHALLENGE" else None
        if chosen == "PASSWORD":
            return {"PASSWORD": given.get("PASSWORD") or self._password(step.username)} | given
        if chosen == BY_SRP and "SRP_A" not in given:
            raise TestingError(NO_SRP)
        return given

    def set_up(self, name: str, **who: str) -> str:
        """Give the user an app; the session to go on with, if the user is not signed in yet."""
        given = self._call("associate_software_token", **who)
        app = Authenticator(given["SecretCode"], self._now)
        self._secrets.add(given["SecretCode"])
        who |= {"Session": given["Session"]} if "Session" in given else {}
        verified = self._call("verify_software_token", UserCode=app.code(), **who)
        self._apps[name] = app
        return str(verified.get("Session", ""))
