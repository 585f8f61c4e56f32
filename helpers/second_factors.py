"""Second factors: an authenticator app's token, set up in a sign-in or by who is signed in.

>>> challenge = signing_in.initiate_auth(
...     client_id, "USER_PASSWORD_AUTH", USERNAME="ann", PASSWORD=password
... )
>>> challenge
Challenge(name='MFA_SETUP', username='ann', choices=())
>>> token = second_factors.associate_software_token(session=challenge.session)
>>> code = second_factors.authenticator_code(token.secret)
>>> verified = second_factors.verify_software_token(code, session=token.session)
>>> signing_in.respond_to_auth_challenge(client_id, challenge, session=verified.session)
Tokens(access=eyJ..., identity=eyJ...)
"""

import base64
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from helpers import cloud
from helpers._inner import sandbox
from helpers.errors import AnswerError, told_briefly

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.literals import VerifySoftwareTokenResponseTypeType

__all__ = [
    "STEP_SECONDS",
    "SoftwareToken",
    "Verified",
    "associate_software_token",
    "authenticator_code",
    "set_user_mfa_preference",
    "verify_software_token",
]

STEP_SECONDS = 30
Factor = Literal["EMAIL_OTP", "SMS_MFA", "SOFTWARE_TOKEN_MFA"]
SETTINGS: dict[Factor, str] = {
    "EMAIL_OTP": "EmailMfaSettings",
    "SMS_MFA": "SMSMfaSettings",
    "SOFTWARE_TOKEN_MFA": "SoftwareTokenMfaSettings",
}


@dataclass(frozen=True)
class SoftwareToken:
    """What an authenticator app is told once: whoever has the secret has the codes."""

    secret: str = field(repr=False)
    session: str | None = field(repr=False)


@dataclass(frozen=True)
class Verified:
    """That the app shows the right codes; in a sign-in, the session to go on with."""

    status: "VerifySoftwareTokenResponseTypeType"
    session: str | None = field(repr=False)


def associate_software_token(
    access_token: str | None = None, session: str | None = None
) -> SoftwareToken:
    """A new secret for the user's authenticator app; who is not yet signed in has a session.

    >>> associate_software_token(tokens.access)
    SoftwareToken()
    """
    with told_briefly():
        answer = cloud.client("cognito-idp").associate_software_token(**_who(access_token, session))
    return SoftwareToken(answer["SecretCode"], answer.get("Session"))


def verify_software_token(
    code: str,
    access_token: str | None = None,
    session: str | None = None,
    device_name: str | None = None,
) -> Verified:
    """Show that the app has the secret, by a code of it.

    >>> token = associate_software_token(tokens.access)
    >>> verify_software_token(authenticator_code(token.secret), tokens.access)
    Verified(status='SUCCESS')
    """
    named = {"FriendlyDeviceName": device_name} if device_name else {}
    with told_briefly():
        answer = cloud.client("cognito-idp").verify_software_token(
            UserCode=code, **_who(access_token, session), **named
        )
    return Verified(answer["Status"], answer.get("Session"))


def set_user_mfa_preference(
    access_token: str, factor: Factor, enabled: bool = True, preferred: bool = True
) -> None:
    """Have a second factor asked for at each sign-in, or no more.

    >>> token = associate_software_token(tokens.access)
    >>> _ = verify_software_token(authenticator_code(token.secret), tokens.access)
    >>> set_user_mfa_preference(tokens.access, "SOFTWARE_TOKEN_MFA")
    """
    setting: Any = {SETTINGS[factor]: {"Enabled": enabled, "PreferredMfa": enabled and preferred}}
    with told_briefly():
        cloud.client("cognito-idp").set_user_mfa_preference(AccessToken=access_token, **setting)


def authenticator_code(secret: str, when: float | None = None) -> str:
    """What an authenticator app shows now, or then (RFC 6238): a new code every 30 seconds.

    >>> authenticator_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", when=59)
    '287082'
    """
    step = int(sandbox.now() if when is None else when) // STEP_SECONDS
    try:
        key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    except ValueError:
        raise AnswerError(
            "This is no secret of an authenticator app: letters and 2 to 7."
        ) from None
    digest = hmac.digest(key, step.to_bytes(8), "sha1")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def _who(access_token: str | None, session: str | None) -> dict[str, str]:
    given = {"AccessToken": access_token, "Session": session}
    return {name: value for name, value in given.items() if value}
