"""A topic's message as SNS signs and sends it; moto would make a key for each subscription."""

import base64
import functools
import uuid
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.utils import utcnow
from moto.sns import models

from cognito_sandbox import clock
from cognito_sandbox.events.destinations import iso
from cognito_sandbox.events.topics import Notification

NEEDS = (
    "moto.core.utils:utcnow",
    "moto.sns.models:SNSBackend",
    "moto.sns.models:sns_backends",
)
SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
HASHES: dict[str, hashes.HashAlgorithm] = {"1": hashes.SHA1(), "2": hashes.SHA256()}


def notification(
    subscription: models.Subscription,
    message: str,
    message_id: str,
    subject: str | None,
    message_attributes: dict[str, Any] | None = None,
) -> Notification:
    """As queues and HTTP endpoints get it."""
    topic, region = subscription.topic, subscription.topic.sns_backend.region_name
    version = str(getattr(topic, "signature_version", "1"))
    told = {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": topic.arn,
        "Message": message,
        "Timestamp": iso(clock.now()),
        "SignatureVersion": version,
    }
    if subject:
        told["Subject"] = subject
    url = f"https://sns.{region}.amazonaws.com"
    return (
        told
        | {
            "Signature": _signature(told, HASHES.get(version, HASHES["2"])),
            "SigningCertURL": f"{url}/{_certificate(region)}",
            "UnsubscribeURL": f"{url}/?Action=Unsubscribe&SubscriptionArn={subscription.arn}",
        }
        | ({"MessageAttributes": message_attributes} if message_attributes else {})
    )


def _signature(told: dict[str, str], algorithm: hashes.HashAlgorithm) -> str:
    text = "".join(f"{name}\n{told[name]}\n" for name in SIGNED if name in told)
    return base64.b64encode(_key().sign(text.encode(), padding.PKCS1v15(), algorithm)).decode()


@functools.cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@functools.cache
def _certificate(region: str) -> str:
    """The name of the file that holds the certificate; moto hands it out."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(_key().public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(utcnow())
        .not_valid_after(utcnow() + timedelta(days=365))
        .sign(_key(), hashes.SHA256())
    )
    file = f"SimpleNotificationService-{uuid.uuid4().hex}.pem"
    keys = models.sns_backends[DEFAULT_ACCOUNT_ID][region]._message_public_keys
    keys[file] = certificate.public_bytes(serialization.Encoding.PEM)
    return file
