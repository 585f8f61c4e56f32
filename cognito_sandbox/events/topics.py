"""What a topic gets, handed to the functions that are subscribed to it. (events contract 4)"""

import json
from typing import Any, NamedTuple

from cognito_sandbox.events import losses
from cognito_sandbox.events.callers import Caller
from cognito_sandbox.events.losses import NotInvokedError

SERVICE = "sns.amazonaws.com"
Notification = dict[str, Any]  # as queues and HTTP endpoints get it
SPELLED = {"SigningCertURL": "SigningCertUrl", "UnsubscribeURL": "UnsubscribeUrl"}
ALWAYS: Notification = {"Subject": None, "MessageAttributes": {}}


def caller(topic_arn: str) -> Caller:
    """Who calls for a topic."""
    return Caller(SERVICE, topic_arn, topic_arn.split(":")[4])


class Subscription(NamedTuple):
    """A function or a queue that is subscribed to a topic."""

    arn: str
    endpoint: str
    dead_letters: str | None

    def deliver(self, notification: Notification) -> None:
        """Invoke the function in a moment; what it may not have goes to the dead letters."""
        try:
            caller(str(notification["TopicArn"])).invoke(self.endpoint, self._event(notification))
        except NotInvokedError as error:
            self.bury(notification, error)

    def bury(self, notification: Notification, error: Exception) -> None:
        """What could not be handed over goes to the subscription's dead letters."""
        losses.tell(self.arn, error)
        if self.dead_letters:
            with losses.survived(self.arn):
                topic = caller(str(notification["TopicArn"]))
                topic.send(self.dead_letters, json.dumps(notification))

    def _event(self, notification: Notification) -> dict[str, Any]:
        told = ALWAYS | notification
        return {
            "Records": [
                {
                    "EventVersion": "1.0",
                    "EventSubscriptionArn": self.arn,
                    "EventSource": "aws:sns",
                    "Sns": {SPELLED.get(name, name): value for name, value in told.items()},
                }
            ]
        }
