"""Where a message can be sent: a queue or a topic, by its ARN."""

from moto.sns.models import sns_backends

from cognito_sandbox.store import queues


class NowhereError(Exception):
    """There is nothing of this ARN."""


def send(arn: str, text: str, **attributes: tuple[str, str]) -> None:
    """Send a text; each attribute is its type and its value."""
    service = arn.split(":")[2]
    if service == "sqs":
        _to_queue(arn, text, attributes)
    elif service == "sns":
        _to_topic(arn, text, attributes)
    else:
        raise NowhereError(f"The sandbox sends no messages to {arn}.")


def _to_queue(arn: str, text: str, attributes: dict[str, tuple[str, str]]) -> None:
    queue = queues.find(arn)
    if not queue:
        raise NowhereError(f"There is no queue {arn}.")
    queue.send(text, **attributes)


def _to_topic(arn: str, text: str, attributes: dict[str, tuple[str, str]]) -> None:
    _, _, _, region, account, _ = arn.split(":")
    topic = sns_backends[account][region].topics.get(arn)
    if not topic:
        raise NowhereError(f"There is no topic {arn}.")
    typed = {name: {"Type": kind, "Value": value} for name, (kind, value) in attributes.items()}
    topic.publish(text, message_attributes=typed)
