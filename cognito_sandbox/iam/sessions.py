"""The temporary credentials that functions get: each execution environment has its own."""

import secrets
import string
from dataclasses import dataclass, field

LETTERS = string.ascii_uppercase + "234567"


def _access_key() -> str:
    return "ASIA" + "".join(secrets.choice(LETTERS) for _ in range(16))


@dataclass
class Session:
    """A function's session of its role; AWS names it after the function."""

    role: str  # its ARN
    function: str
    function_arn: str
    access_key: str = field(default_factory=_access_key)
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(30), repr=False)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(200), repr=False)
    request_id: str | None = None  # of the invocation under way

    @property
    def account(self) -> str:
        return self.role.split(":")[4]

    @property
    def arn(self) -> str:
        name = self.role.rpartition("/")[2]
        return f"arn:aws:sts::{self.account}:assumed-role/{name}/{self.function}"

    def variables(self) -> dict[str, str]:
        """The credentials, where AWS's SDKs look for them."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_SESSION_TOKEN": self.token,
        }


_sessions: dict[str, Session] = {}


def begin(role: str, function: str, function_arn: str) -> Session:
    session = Session(role, function, function_arn)
    _sessions[session.access_key] = session
    return session


def end(session: Session) -> None:
    """Nobody knows these credentials any more."""
    _sessions.pop(session.access_key, None)


def find(access_key: str) -> Session | None:
    return _sessions.get(access_key)
