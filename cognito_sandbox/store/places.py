"""Where something can be sent, by its ARN: a queue, a topic, an event bus, a bucket."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypedDict, Unpack

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import JsonRESTError, ServiceException
from moto.events.models import EventBus, events_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.sns.models import Topic, sns_backends

from cognito_sandbox import clock
from cognito_sandbox.store import queues

Attributes = Mapping[str, tuple[str, str]]  # each its type and its value


class Sent(TypedDict, total=False):
    """What a text may have beside it; only topics have subjects, only FIFO queues groups."""

    attributes: Attributes
    subject: str
    group: str | None


class NowhereError(Exception):
    """There is nothing of this ARN."""


class NotTakenError(NowhereError):
    """What is there does not take this."""


def exists(arn: str) -> bool:
    """Is there a queue, a topic, an event bus or a bucket of this ARN?"""
    match arn.split(":")[2:3]:
        case ["events"]:
            return _bus(arn) is not None
        case ["s3"]:
            return _bucket_name(arn) in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets
    return _place(arn) is not None


def policy(arn: str) -> str | None:
    """The policy of a queue or a topic, if it has one."""
    place = _place(arn)
    return place.policy if place else None


@contextmanager
def sending(arn: str) -> Iterator[None]:
    """What moto refuses within this, say in our own words."""
    try:
        yield
    except (ServiceException, JsonRESTError) as error:
        raise NotTakenError(f"{arn} does not take it: {error.message}") from None


def send(arn: str, text: str, **more: Unpack[Sent]) -> None:
    """Send a text to a queue or a topic."""
    service, attributes = arn.split(":")[2:3], more.get("attributes", {})
    if service == ["sqs"]:
        _to_queue(arn, text, attributes, more.get("group"))
    elif service == ["sns"]:
        _to_topic(arn, text, attributes, more.get("subject"))
    else:
        raise NowhereError(f"The sandbox sends no messages to {arn}.")


def put_event(bus_arn: str, entry: dict[str, Any]) -> None:
    """Put an event, as PutEvents names its members."""
    bus = event_bus(bus_arn)
    with sending(bus_arn):
        events_backends[bus.account_id][bus.region].put_events([entry | {"EventBusName": bus_arn}])


def event_bus(arn: str) -> EventBus:
    """The event bus of this ARN."""
    bus = _bus(arn)
    if bus is None:
        raise NowhereError(f"There is no event bus {arn}.")
    return bus


def put_object(bucket_arn: str, key: str, text: str) -> None:
    """Put an object into a bucket."""
    name, backend = _bucket_name(bucket_arn), s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    if name not in backend.buckets:
        raise NowhereError(f"There is no bucket {bucket_arn}.")
    with sending(bucket_arn):
        backend.put_object(name, key, text.encode())


def log(group_arn: str, text: str) -> None:
    """Write a text to a log group, as a stream of its own."""
    stream, event = str(uuid.uuid4()), {"timestamp": int(clock.now() * 1000), "message": text}
    try:
        _, _, _, region, account, _, name, *_ = group_arn.split(":")
        backend = logs_backends[account][region]
        _ = backend.groups[name]
    except (ValueError, KeyError):  # no ARN, no such region, no such group
        raise NowhereError(f"There is no log group {group_arn}.") from None
    with sending(group_arn):
        backend.create_log_stream(name, stream)
        backend.put_log_events(name, stream, [event])


def _to_queue(arn: str, text: str, attributes: Attributes, group: str | None) -> None:
    queue = queues.find(arn)
    if not queue:
        raise NowhereError(f"There is no queue {arn}.")
    with sending(arn):
        queue.send(text, group, **attributes)


def _to_topic(arn: str, text: str, attributes: Attributes, subject: str | None) -> None:
    topic = _topic(arn)
    if not topic:
        raise NowhereError(f"There is no topic {arn}.")
    typed = {name: {"Type": kind, "Value": value} for name, (kind, value) in attributes.items()}
    with sending(arn):
        topic.publish(text, subject=subject, message_attributes=typed)


def _place(arn: str) -> queues.Queue | Topic | None:
    return queues.find(arn) if arn.split(":")[2:3] == ["sqs"] else _topic(arn)


def _topic(arn: str) -> Topic | None:
    try:
        _, _, _, region, account, _ = arn.split(":")
        return sns_backends[account][region].topics[arn]
    except (ValueError, KeyError):  # no ARN, no such region, no such topic
        return None


def _bus(arn: str) -> EventBus | None:
    try:
        _, _, _, region, account, name = arn.split(":")
        return events_backends[account][region].event_buses[name.partition("/")[2]]
    except (ValueError, KeyError):  # no ARN, no such region, no such bus
        return None


def _bucket_name(arn: str) -> str:
    return arn.rpartition(":")[2]
