"""Codes that Cognito sends: six digits that must be right, and expire; and the mail they go in.

(contract 7)
"""

import hmac
import secrets
import zlib
from dataclasses import dataclass, field

from cognito_sandbox import clock, mailbox
from cognito_sandbox.cognito import senders, triggers, users
from cognito_sandbox.cognito.errors import CognitoError
from cognito_sandbox.cognito.operations import Parameters
from cognito_sandbox.cognito.trigger_response import Response
from cognito_sandbox.lasting import lasting
from cognito_sandbox.newest import Newest
from cognito_sandbox.store.model import Pool, User

HOUR = 3600
LIFETIME = {"ForgotPassword": HOUR}
USUAL_LIFETIME = 24 * HOUR
PURPOSE = {"ResendCode": "SignUp"}  # a resent code replaces the one of the sign-up
MEDIUMS = {"EMAIL": "email", "SMS": "phone_number"}
USUAL_TEXT = "Your verification code is {####}. "
INVITATION = "Your username is {username} and temporary password is {####}. "
_codes = lasting("codes", Newest[tuple[str, str, str], tuple[str, float]]())


def new(digits: int = 6) -> str:
    return f"{secrets.randbelow(10**digits):0{digits}}"


@dataclass(frozen=True)
class Message:
    """One message to a user's e-mail address or phone; `purpose` is as CustomMessage names it."""

    pool: Pool
    user: User
    purpose: str
    kind: str
    client_id: str | None
    extra: Parameters = field(default_factory=dict)
    new_address: str | None = None  # where the user does not have it yet

    def send_code(self) -> dict[str, str]:
        """Make a new code, send it, and say where it went."""
        code = new()
        expires = clock.now() + LIFETIME.get(self.purpose, USUAL_LIFETIME)
        _codes[_key(self.pool, self.user, self.purpose, self.kind)] = code, expires
        self.deliver(code)
        return delivery(self.kind, self.address)

    @property
    def address(self) -> str:
        return self.new_address or self.user.attribute[self.kind]

    def deliver(self, code: str) -> None:
        """Leave it to the pool's own sender, or put it into the mailbox."""
        sender = senders.of(self.pool, self.kind)
        if sender:
            self._hand_over(sender, code)
        else:
            self._put(code)

    def _hand_over(self, sender: str, code: str) -> None:
        request: triggers.Event = {
            "clientMetadata": self.extra.get("ClientMetadata"),
            "userAttributes": users.event_attributes(self.user) | {self.kind: self.address},
        }
        source, name = f"{sender}_{self.purpose}", self.user.username
        senders.hand_over(self.pool, source, name, self.client_id, request, code)

    def _put(self, code: str) -> None:
        """In the words of the CustomMessage trigger or of the pool."""
        subject, body = self._words()
        mailbox.add(
            user_pool_id=self.pool.id,
            username=self.user.username,
            destination=self.address,
            medium="EMAIL" if self.kind == "email" else "SMS",
            purpose=self.purpose,
            subject=subject,
            body=body.replace("{username}", self.user.username).replace("{####}", code),
            code=code,
        )

    @property
    def invites(self) -> bool:
        return self.purpose == mailbox.WITH_PASSWORD

    def _words(self) -> tuple[str | None, str]:
        """The subject, which an SMS has none of, and the text."""
        custom, config = self._custom(), self.pool.settings
        invitation = config.get("AdminCreateUserConfig", {}).get("InviteMessageTemplate", {})
        if self.kind == "phone_number":
            verify = config.get("SmsVerificationMessage") or USUAL_TEXT
            if self.purpose == "Authentication":
                verify = config.get("SmsAuthenticationMessage") or verify
            usual = invitation.get("SMSMessage", INVITATION) if self.invites else verify
            return None, custom.get("smsMessage") or usual
        subject = config.get("EmailVerificationSubject") or "Your verification code"
        usual = config.get("EmailVerificationMessage") or USUAL_TEXT
        if self.invites:
            subject = invitation.get("EmailSubject", "Your temporary password")
            usual = invitation.get("EmailMessage", INVITATION)
        if self.purpose == "Authentication":
            words = self.pool.email_mfa_config or {}
            subject, usual = words.get("Subject", subject), words.get("Message", usual)
        return custom.get("emailSubject") or subject, custom.get("emailMessage") or usual

    def _custom(self) -> Response:
        """What the CustomMessage trigger says, which must keep the placeholders."""
        request: triggers.Event = {
            "userAttributes": users.event_attributes(self.user),
            "codeParameter": "{####}",
            "linkParameter": "{##Click Here##}",
            "usernameParameter": "{username}" if self.invites else None,
            **triggers.metadata(self.extra),
        }
        empty: triggers.Event = {"smsMessage": None, "emailMessage": None, "emailSubject": None}
        source, name = f"CustomMessage_{self.purpose}", self.user.username
        response = triggers.run(self.pool, source, name, self.client_id, request, empty) or {}
        account = self.pool.settings.get("EmailConfiguration", {}).get("EmailSendingAccount")
        by_mail = response.get("emailMessage") or response.get("emailSubject")
        if account != "DEVELOPER" and by_mail:
            raise triggers.bad_response(
                "emailMessage and emailSubject need a pool whose EmailSendingAccount is DEVELOPER"
            )
        text = (
            response.get("smsMessage")
            if self.kind == "phone_number"
            else response.get("emailMessage")
        )
        wanted = ["{####}", "{username}"] if self.invites else ["{####}"]
        if text and not all(placeholder in text for placeholder in wanted):
            raise triggers.bad_response(f"The message must contain {' and '.join(wanted)}")
        return response


def invite(
    pool: Pool,
    user: User,
    password: str,
    mediums: list[str] | None,
    extra: Parameters,
    client_id: str = triggers.NO_CLIENT,
) -> None:
    """Send a new user the name and the temporary password, by SMS unless told otherwise."""
    for kind in (MEDIUMS.get(medium) for medium in mediums or ["SMS"]):
        if kind and user.attribute.get(kind):
            Message(pool, user, mailbox.WITH_PASSWORD, kind, client_id, extra).deliver(password)


def _key(pool: Pool, user: User, purpose: str, kind: str = "") -> tuple[str, str, str]:
    attribute = kind if purpose.endswith("UserAttribute") else ""
    name = "Attribute" if attribute else PURPOSE.get(purpose, purpose)
    return pool.id, user.id, name + attribute


def expired() -> CognitoError:
    text = "Invalid code provided, please request a code again."
    return CognitoError("ExpiredCodeException", text)


def check(pool: Pool, user: User, purpose: str, code: str, kind: str = "") -> None:
    """Accept the code once."""
    compare(pool, user, purpose, code, kind)
    if not _codes.pop(_key(pool, user, purpose, kind), None):
        raise expired()  # somebody else was quicker with the same code


def compare(pool: Pool, user: User, purpose: str, code: str, kind: str = "") -> None:
    """The code must be right, and stays so."""
    known, expires = _codes.get(_key(pool, user, purpose, kind), ("", 0.0))
    if not known or clock.now() > expires:
        raise expired()
    if not hmac.compare_digest(known.encode(), code.encode()):
        text = "Invalid verification code provided, please try again."
        raise CognitoError("CodeMismatchException", text)


def delivery(kind: str, destination: str) -> dict[str, str]:
    """Where a message went, masked as Cognito masks it."""
    if kind == "email":
        name, _, domain = destination.partition("@")
        masked, medium = f"{name[:1]}***@{domain[:1]}***", "EMAIL"
    else:
        digits = destination.removeprefix("+")
        masked, medium = "+" + "*" * max(0, len(digits) - 4) + digits[-4:], "SMS"
    return {"Destination": masked, "DeliveryMedium": medium, "AttributeName": kind}


def simulated_delivery(username: str, kind: str = "") -> dict[str, str]:
    """What a client that hides its users hears when there is nobody to send a code to."""
    if not kind:
        kind = "phone_number" if username.startswith("+") else "email"
    if kind == "phone_number":
        made_up = f"+{zlib.crc32(username.encode()):011}"
        return delivery(kind, username if username.startswith("+") else made_up)
    return delivery(kind, username if "@" in username else f"{username}@{username[::-1]}")
