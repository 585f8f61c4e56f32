"""FIFO topics: what comes twice within five minutes goes out once, and queues only get it.

moto sends each again, and gives a queue no deduplication id that the topic made of the content.
"""

import hashlib
import threading
from typing import Any
from weakref import WeakKeyDictionary

from moto.sns import models
from moto.sns.exceptions import SNSInvalidParameter

from cognito_sandbox import clock

NEEDS = ("moto.sns.models:SNSBackend.get_topic", "moto.sns.models:Topic.publish")
REMEMBERED = 300.0  # seconds
publish = models.Topic.publish
_lock = threading.Lock()
_sent: WeakKeyDictionary[models.Topic, dict[str, float]] = WeakKeyDictionary()


def check_protocol(backend: models.SNSBackend, topic_arn: str, protocol: str) -> None:
    if protocol != "sqs" and backend.get_topic(topic_arn).fifo_topic:
        raise SNSInvalidParameter(
            f"Invalid parameter: Protocol: a FIFO topic sends to queues (sqs), not by {protocol}."
        )


def publish_once(topic: models.Topic, message: str, **more: Any) -> str:
    """The message's id, as Publish tells it of one that does not go out as well."""
    if not topic.fifo_topic:
        return str(publish(topic, message, **more))
    key = more.get("deduplication_id") or hashlib.sha256(message.encode()).hexdigest()
    if not _is_new(topic, key):
        return str(models.mock_random.uuid4())
    return str(publish(topic, message, **more | {"deduplication_id": key}))


def _is_new(topic: models.Topic, key: str) -> bool:
    """Note it for five minutes, unless it was: of two at once, too, one goes out."""
    now = clock.now()
    with _lock:
        lately = {k: when for k, when in _sent.get(topic, {}).items() if now - when < REMEMBERED}
        _sent[topic] = {key: now} | lately
        return key not in lately
