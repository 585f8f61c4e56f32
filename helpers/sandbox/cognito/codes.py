"""Codes that Cognito sends: six digits that must be right, and expire; and the mail they go in."""

import hmac
import secrets
import time
from typing import Any

from helpers.sandbox import mailbox
from helpers.sandbox.cognito import triggers, users
from helpers.sandbox.cognito.operations import CognitoError

HOUR = 3600
LIFETIME = {"ForgotPassword": HOUR, "Authentication": 3 * 60}
USUAL_LIFETIME = 24 * HOUR
PURPOSE = {"ResendCode": "SignUp"}  # a resent code replaces the one of the sign-up
MEDIUMS = {"EMAIL": "email", "SMS": "phone_number"}
USUAL_TEXT = "Your verification code is {####}. "
INVITATION = "Your username is {username} and temporary password is {####}. "
_codes: dict[tuple[str, str, str], tuple[str, float]] = {}


def send(
    pool: Any,
    user: Any,
    purpose: str,
    kind: str,
    client_id: str | None,
    extra: dict[str, Any] | None = None,
) -> dict[str, str]:
    """Make a new code, send it to the user's e-mail or phone, and say where it went."""
    code = f"{secrets.randbelow(1_000_000):06}"
    expires = time.time() + LIFETIME.get(purpose, USUAL_LIFETIME)
    _codes[_key(pool, user, purpose, kind)] = code, expires
    deliver(pool, user, purpose, kind, code, client_id, extra)
    return delivery(kind, user.attribute_lookup[kind])


def _key(pool: Any, user: Any, purpose: str, kind: str = "") -> tuple[str, str, str]:
    attribute = kind if purpose.endswith("UserAttribute") else ""
    name = "Attribute" if attribute else PURPOSE.get(purpose, purpose)
    return pool.id, user.id, name + attribute


def expired() -> CognitoError:
    text = "Invalid code provided, please request a code again."
    return CognitoError("ExpiredCodeException", text)


def check(pool: Any, user: Any, purpose: str, code: str, kind: str = "") -> None:
    """Accept the code once."""
    key = _key(pool, user, purpose, kind)
    known, expires = _codes.get(key, ("", 0.0))
    if not known or time.time() > expires:
        raise expired()
    if not hmac.compare_digest(known.encode(), code.encode()):
        text = "Invalid verification code provided, please try again."
        raise CognitoError("CodeMismatchException", text)
    if not _codes.pop(key, None):  # somebody else was quicker with the same code
        raise expired()


def deliver(
    pool: Any,
    user: Any,
    purpose: str,
    kind: str,
    code: str,
    client_id: str | None,
    extra: dict[str, Any] | None = None,
) -> None:
    """Put the message into the mailbox, in the words of the CustomMessage trigger or the pool."""
    subject, body = _message(pool, user, purpose, kind, client_id, extra or {})
    mailbox.add(
        user_pool_id=pool.id,
        username=user.username,
        destination=user.attribute_lookup[kind],
        medium="EMAIL" if kind == "email" else "SMS",
        purpose=purpose,
        subject=subject if kind == "email" else None,
        body=body.replace("{username}", user.username).replace("{####}", code),
        code=code,
    )


def invite(
    pool: Any, user: Any, password: str, mediums: list[str] | None, extra: dict[str, Any]
) -> None:
    """Send a new user the name and the temporary password, by SMS unless told otherwise."""
    for medium in mediums or ["SMS"]:
        kind = MEDIUMS.get(medium, "")
        if user.attribute_lookup.get(kind):
            nobody = triggers.NO_CLIENT
            deliver(pool, user, "AdminCreateUser", kind, password, nobody, extra)


def _message(
    pool: Any, user: Any, purpose: str, kind: str, client_id: str | None, extra: dict[str, Any]
) -> tuple[str, str]:
    invites = purpose == "AdminCreateUser"
    custom = _custom_message(pool, user, purpose, kind, client_id, extra, invites)
    config = pool.extended_config
    if invites:
        template = config.get("AdminCreateUserConfig", {}).get("InviteMessageTemplate", {})
        sms = template.get("SMSMessage", INVITATION)
        usual = template.get("EmailSubject", "Your temporary password")
        email = template.get("EmailMessage", INVITATION)
    else:
        signing_in = config.get("SmsAuthenticationMessage") if purpose == "Authentication" else None
        sms = signing_in or config.get("SmsVerificationMessage") or USUAL_TEXT
        usual = config.get("EmailVerificationSubject") or "Your verification code"
        email = config.get("EmailVerificationMessage") or USUAL_TEXT
    if kind == "phone_number":
        return "", custom.get("smsMessage") or sms
    return custom.get("emailSubject") or usual, custom.get("emailMessage") or email


def _custom_message(
    pool: Any,
    user: Any,
    purpose: str,
    kind: str,
    client_id: str | None,
    extra: dict[str, Any],
    invites: bool,
) -> dict[str, Any]:
    request = {
        "userAttributes": users.event_attributes(user),
        "codeParameter": "{####}",
        "linkParameter": "{##Click Here##}",
        "usernameParameter": "{username}" if invites else None,
        **triggers.metadata(extra),
    }
    empty = {"smsMessage": None, "emailMessage": None, "emailSubject": None}
    source = f"CustomMessage_{purpose}"
    response = triggers.run(pool, source, user.username, client_id, request, empty) or {}
    text = response.get("smsMessage" if kind == "phone_number" else "emailMessage")
    sender = pool.extended_config.get("EmailConfiguration", {}).get("EmailSendingAccount")
    if (response.get("emailMessage") or response.get("emailSubject")) and sender != "DEVELOPER":
        raise triggers.bad_response(
            "emailMessage and emailSubject need a pool whose EmailSendingAccount is DEVELOPER"
        )
    wanted = ["{####}", "{username}"] if invites else ["{####}"]
    if text and not all(placeholder in text for placeholder in wanted):
        raise triggers.bad_response(f"The message must contain {' and '.join(wanted)}")
    return response


def delivery(kind: str, destination: str) -> dict[str, str]:
    """Where a message went, masked as Cognito masks it."""
    if kind == "email":
        name, _, domain = destination.partition("@")
        masked, medium = f"{name[:1]}***@{domain[:1]}***", "EMAIL"
    else:
        digits = destination.removeprefix("+")
        masked, medium = "+" + "*" * max(0, len(digits) - 4) + digits[-4:], "SMS"
    return {"Destination": masked, "DeliveryMedium": medium, "AttributeName": kind}


def simulated_delivery(username: str) -> dict[str, str]:
    """What a client that hides its users hears when there is nobody to send a code to."""
    if username.startswith("+"):
        return delivery("phone_number", username)
    return delivery("email", username if "@" in username else f"{username}@{username[::-1]}")
