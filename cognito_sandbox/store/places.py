"""Where a message can be sent: a queue or a topic, by its ARN."""

from moto.sns.models import Topic, sns_backends

from cognito_sandbox.store import queues


class NowhereError(Exception):
    """There is nothing of this ARN."""


def exists(arn: str) -> bool:
    """Is there a queue or a topic of this ARN?"""
    return (queues.find(arn) if arn.split(":")[2] == "sqs" else _topic(arn)) is not None


def send(arn: str, text: str, subject: str | None = None, **attributes: tuple[str, str]) -> None:
    """Send a text; each attribute is its type and its value. Only topics have subjects."""
    service = arn.split(":")[2]
    if service == "sqs":
        _to_queue(arn, text, attributes)
    elif service == "sns":
        _to_topic(arn, text, subject, attributes)
    else:
        raise NowhereError(f"The sandbox sends no messages to {arn}.")


def _to_queue(arn: str, text: str, attributes: dict[str, tuple[str, str]]) -> None:
    queue = queues.find(arn)
    if not queue:
        raise NowhereError(f"There is no queue {arn}.")
    queue.send(text, **attributes)


def _to_topic(
    arn: str, text: str, subject: str | None, attributes: dict[str, tuple[str, str]]
) -> None:
    topic = _topic(arn)
    if not topic:
        raise NowhereError(f"There is no topic {arn}.")
    typed = {name: {"Type": kind, "Value": value} for name, (kind, value) in attributes.items()}
    topic.publish(text, subject, message_attributes=typed)


def _topic(arn: str) -> Topic | None:
    _, _, _, region, account, _ = arn.split(":")
    return sns_backends[account][region].topics.get(arn)
