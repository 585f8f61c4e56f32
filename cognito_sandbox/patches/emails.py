"""SES: what it sends goes to the mailbox, as Cognito's mail does; moto keeps it to itself."""

import email
import functools
from email.message import EmailMessage
from email.policy import default
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


@functools.cache
def install() -> None:
    """Once somebody asks SES something: importing it takes its time."""
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
        for address in (each for listed in destinations.values() for each in listed):
            mailbox.add_other(address, "EMAIL", "SendEmail", subject, body)
        return sent

    return send_and_keep


def _keeping_raw(send: Any) -> Any:
    @failures.hands_on
    def send_and_keep(backend: Any, source: str, destinations: list[str], raw_data: str) -> Any:
        sent = send(backend, source, destinations, raw_data)
        message = email.message_from_string(raw_data, _class=EmailMessage, policy=default)
        text = message.get_body(("plain", "html"))
        body = text.get_content() if text else ""
        for address in sent.destinations:
            mailbox.add_other(address, "EMAIL", "SendRawEmail", str(message["Subject"]), body)
        return sent

    return send_and_keep


def _refuse(*_: object, **__: object) -> None:
    raise NotImplementedError("The sandbox does not have SES's templates: send the text itself.")
