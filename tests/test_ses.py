"""What SES sends is in the mailbox."""

import uuid
from typing import Any

import pytest
from harness import Aws, refused

SENDING = """
import boto3
def handler(event, context):
    return getattr(boto3.client(event["service"]), event["method"])(**event["parameters"])
"""
RAW = "From: a@example.com\r\nTo: {}\r\nSubject: Hi\r\n\r\nYour code is 5\r\n"


@pytest.mark.parametrize("way", ["ses", "sesv2", "raw"])
def test_mail_of_ses_is_in_the_mailbox(aws: Aws, way: str) -> None:
    """A challenge of one's own sends its code so."""
    to = f"{uuid.uuid4().hex}@example.com"
    subject, body = {"Data": "Hi"}, {"Text": {"Data": "Your code is 5"}}
    message = {"Subject": subject, "Body": body}
    place = {"ToAddresses": [to]}
    sent: dict[str, Any] = {"Source": "a@example.com", "Destination": place, "Message": message}
    method = "send_email"
    if way == "sesv2":
        content = {"Simple": message}
        sent = {"FromEmailAddress": "a@example.com", "Destination": place, "Content": content}
    elif way == "raw":
        method, sent = "send_raw_email", {"RawMessage": {"Data": RAW.format(to)}}
    aws.client("ses").verify_email_identity(EmailAddress="a@example.com")
    service = "sesv2" if way == "sesv2" else "ses"
    function = aws.function(SENDING, Timeout=20)
    function.invoke({"service": service, "method": method, "parameters": sent})
    (kept,) = aws.get("/_sandbox/mail", username=to)
    assert (kept["medium"], kept["subject"]) == ("EMAIL", "Hi")
    assert kept["body"].strip() == "Your code is 5"


def raw(aws: Aws, *headers: str, **named: Any) -> None:
    aws.client("ses").verify_email_identity(EmailAddress="a@example.com")
    data = "\r\n".join(["From: a@example.com", *headers, "", "Your code is 5", ""])
    aws.client("ses").send_raw_email(RawMessage={"Data": data}, **named)


def kept(aws: Aws, address: str) -> list[Any]:
    return list(aws.get("/_sandbox/mail", username=address))


def test_who_is_named_twice_gets_one(aws: Aws) -> None:
    to, other = (f"{uuid.uuid4().hex}@example.com" for _ in range(2))
    raw(aws, f"To: Ann <{to}>", f"Cc: {other}", "Subject: Hi", Destinations=[to])
    assert len(kept(aws, to)) == 1
    assert kept(aws, other) == []


@pytest.mark.parametrize("way", ["raw", "simple"])
def test_who_is_named_with_an_address_gets_it_there(aws: Aws, way: str) -> None:
    to = f"{uuid.uuid4().hex}@example.com"
    if way == "raw":
        raw(aws, f"To: Ann <{to}>", "Subject: Hi")
    else:
        aws.client("ses").verify_email_identity(EmailAddress="a@example.com")
        aws.client("ses").send_email(
            Source="a@example.com",
            Destination={"ToAddresses": [f"Ann <{to}>"]},
            Message={"Subject": {"Data": "Hi"}, "Body": {"Text": {"Data": "5"}}},
        )
    assert [each["subject"] for each in kept(aws, to)] == ["Hi"]


def test_mail_without_a_subject_in_a_charset_that_nobody_knows(aws: Aws) -> None:
    to = f"{uuid.uuid4().hex}@example.com"
    raw(aws, f"To: {to}", "Content-Type: text/plain; charset=nobodys")
    (mail,) = kept(aws, to)
    assert (mail["subject"], mail["body"].strip()) == ("", "Your code is 5")


def test_templates_of_ses_are_refused_by_name(aws: Aws) -> None:
    to = {"ToAddresses": ["b@example.com"]}
    with refused("NotImplementedException", "The sandbox does not have SES's templates..."):
        aws.client("ses").send_templated_email(
            Source="a@example.com", Destination=to, Template="none", TemplateData="{}"
        )
