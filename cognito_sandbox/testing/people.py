"""What comes of signing up and in: plain values, which show no secret when they are printed."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from cognito_sandbox.testing import challenges
from cognito_sandbox.testing.errors import TestingError

__tracebackhide__ = True


@dataclass(frozen=True)
class SignedUp:
    """A new user; `code_sent_to` is masked, and None if no code was sent."""

    username: str
    sub: str
    confirmed: bool
    code_sent_to: str | None


@dataclass(frozen=True)
class User:
    """A user as the pool has it now."""

    username: str
    status: str
    enabled: bool
    attributes: dict[str, str]
    mfa: tuple[str, ...] = ()


@dataclass(frozen=True)
class Message:
    """A mail or a text message that Cognito would have sent."""

    username: str
    destination: str
    medium: str
    purpose: str
    subject: str | None
    body: str = field(repr=False)
    code: str = field(repr=False)


@dataclass(frozen=True)
class SignedIn:
    """Tokens, or the challenge that must be answered first (see `UserPool.respond`).

    `available` is what Cognito lets the user choose from, where it does.
    """

    username: str
    challenge: str | None = None
    available: tuple[str, ...] = ()
    parameters: dict[str, str] = field(default_factory=dict, repr=False)
    session: str = field(default="", repr=False)
    id_token: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)

    @property
    def claims(self) -> dict[str, Any]:
        """What the ID token says."""
        return _read(self.there(self.id_token))

    @property
    def access_claims(self) -> dict[str, Any]:
        """What the access token says."""
        return _read(self.there(self.access_token))

    @property
    def answered_by(self) -> str:
        """The call of the pool that comes next."""
        return challenges.call(self.challenge, self.available)

    def there(self, token: str) -> str:
        """This token of the sign-in, unless a challenge comes first."""
        if not token:
            raise TestingError(
                f"{self.username} is not signed in yet: {self.challenge} is to be answered, by "
                f"{self.answered_by}."
            )
        return token


def _read(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def signed_in(username: str, answer: dict[str, Any], refresh_token: str = "") -> SignedIn:
    """What Cognito answered; a refresh brings no other refresh token."""
    tokens = answer.get("AuthenticationResult", {})
    return SignedIn(
        username,
        answer.get("ChallengeName"),
        challenges.choices(answer),
        answer.get("ChallengeParameters", {}),
        answer.get("Session", ""),
        tokens.get("IdToken", ""),
        tokens.get("AccessToken", ""),
        tokens.get("RefreshToken", refresh_token),
    )


def check_step(method: str, given: object) -> None:
    """What else may be given is not shown: it may be a token."""
    if not isinstance(given, SignedIn):
        raise TestingError(f"{method} takes what sign_in returned, not a {type(given).__name__}.")
