"""Where something can be sent, by its ARN: a queue, a topic, an event bus, a bucket."""

import uuid
from collections.abc import Mapping
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.events.models import events_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.sns.models import Topic, sns_backends

from cognito_sandbox import clock
from cognito_sandbox.store import queues

Attributes = Mapping[str, tuple[str, str]]  # each its type and its value


class NowhereError(Exception):
    """There is nothing of this ARN."""


def exists(arn: str) -> bool:
    """Is there a queue or a topic of this ARN?"""
    return (queues.find(arn) if arn.split(":")[2] == "sqs" else _topic(arn)) is not None


def send(
    arn: str,
    text: str,
    attributes: Attributes | None = None,
    subject: str | None = None,
    group: str | None = None,
) -> None:
    """Send a text to a queue or a topic; only topics have subjects, only FIFO queues groups."""
    service = arn.split(":")[2]
    if service == "sqs":
        _to_queue(arn, text, attributes or {}, group)
    elif service == "sns":
        _to_topic(arn, text, attributes or {}, subject)
    else:
        raise NowhereError(f"The sandbox sends no messages to {arn}.")


def put_event(bus_arn: str, entry: dict[str, Any]) -> None:
    """Put an event, as PutEvents names its members."""
    _, _, _, region, account, name = bus_arn.split(":")
    backend = events_backends[account][region]
    if name.partition("/")[2] not in backend.event_buses:
        raise NowhereError(f"There is no event bus {bus_arn}.")
    backend.put_events([entry | {"EventBusName": bus_arn}])


def put_object(bucket_arn: str, key: str, text: str) -> None:
    """Put an object into a bucket."""
    name, backend = bucket_arn.rpartition(":")[2], s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    if name not in backend.buckets:
        raise NowhereError(f"There is no bucket {bucket_arn}.")
    backend.put_object(name, key, text.encode())


def log(group_arn: str, text: str) -> None:
    """Write a text to a log group, as a stream of its own."""
    _, _, _, region, account, _, name, *_ = group_arn.split(":")
    backend, stream = logs_backends[account][region], str(uuid.uuid4())
    if name not in backend.groups:
        raise NowhereError(f"There is no log group {group_arn}.")
    backend.create_log_stream(name, stream)
    backend.put_log_events(name, stream, [{"timestamp": int(clock.now() * 1000), "message": text}])


def _to_queue(arn: str, text: str, attributes: Attributes, group: str | None) -> None:
    queue = queues.find(arn)
    if not queue:
        raise NowhereError(f"There is no queue {arn}.")
    queue.send(text, group, **attributes)


def _to_topic(arn: str, text: str, attributes: Attributes, subject: str | None) -> None:
    topic = _topic(arn)
    if not topic:
        raise NowhereError(f"There is no topic {arn}.")
    typed = {name: {"Type": kind, "Value": value} for name, (kind, value) in attributes.items()}
    topic.publish(text, subject, message_attributes=typed)


def _topic(arn: str) -> Topic | None:
    _, _, _, region, account, _ = arn.split(":")
    return sns_backends[account][region].topics.get(arn)
