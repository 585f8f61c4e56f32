"""SES: what it sends goes to the mailbox, as Cognito's mail does; moto keeps it to itself."""

import email
from collections.abc import Iterable
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import Any

from cognito_sandbox import mailbox
from cognito_sandbox.patches import failures
from cognito_sandbox.store import needs

NEEDS = (
    "moto.ses.models:SESBackend.send_bulk_templated_email",
    "moto.ses.models:SESBackend.send_email",
    "moto.ses.models:SESBackend.send_raw_email",
    "moto.ses.models:SESBackend.send_templated_email",
)


def install() -> None:
    needs.check(NEEDS)
    from moto.ses.models import SESBackend

    SESBackend.send_email = _keeping(SESBackend.send_email)
    SESBackend.send_raw_email = _keeping_raw(SESBackend.send_raw_email)
    SESBackend.send_templated_email = SESBackend.send_bulk_templated_email = _refuse


def _keeping(send: Any) -> Any:
    @failures.hands_on
    def send_and_keep(
        backend: Any, source: str, subject: str, body: str, destinations: dict[str, list[str]]
    ) -> Any:
        sent = send(backend, source, subject, body, destinations)
        everybody = (each for listed in destinations.values() for each in listed)
        _keep(everybody, "SendEmail", subject, body)
        return sent

    return send_and_keep


def _keeping_raw(send: Any) -> Any:
    @failures.hands_on
    def send_and_keep(backend: Any, source: str, destinations: list[str], raw_data: str) -> Any:
        named = list(destinations)  # moto adds those of the headers, who get it if nobody is named
        sent = send(backend, source, destinations, raw_data)
        message = email.message_from_string(raw_data, _class=EmailMessage, policy=default)
        subject = str(message["Subject"] or "")
        _keep(named or sent.destinations, "SendRawEmail", subject, _body(message))
        return sent

    return send_and_keep


def _keep(addresses: Iterable[str], purpose: str, subject: str, body: str) -> None:
    """Once for everybody, by the address alone."""
    for address in dict.fromkeys(parseaddr(each)[1] for each in addresses):
        mailbox.add_other(address, "EMAIL", purpose, subject, body)


def _body(message: EmailMessage) -> str:
    text: Any = message.get_body(("plain", "html"))
    if text is None:
        return ""
    try:
        return str(text.get_content())
    except LookupError:  # a charset that nobody knows
        return str(text.get_payload(decode=True).decode(errors="replace"))


def _refuse(*_: object, **__: object) -> None:
    raise NotImplementedError("The sandbox does not have SES's templates: send the text itself.")
