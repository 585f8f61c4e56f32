"""What happens to a bucket's objects, told to functions, queues, topics and EventBridge.

(events contract 5)
"""

import json
import secrets
from typing import Any, NamedTuple

from cognito_sandbox import clock
from cognito_sandbox.events import bucket_bridge, losses
from cognito_sandbox.events.bucket_changes import Bucket, Change, Request
from cognito_sandbox.events.destinations import iso

SUBJECT = "Amazon S3 Notification"  # of what topics get


class Notification(NamedTuple):
    """Who is told of which changes of which keys."""

    id: str
    arn: str
    events: tuple[str, ...]
    prefix: str = ""
    suffix: str = ""

    def wants(self, change: Change) -> bool:
        kind = change.name.rpartition(":")[0] + ":*"
        return (
            not {change.name, kind}.isdisjoint(self.events)
            and change.key.startswith(self.prefix)
            and change.key.endswith(self.suffix)
        )


class Told(NamedTuple):
    """All who are told of what happens in a bucket."""

    notifications: tuple[Notification, ...] = ()
    bridged: bool = False  # EventBridge, too

    def tell(self, change: Change, request: Request) -> None:
        """Tell all that want to know; whoever cannot be told keeps nobody from being told."""
        if self.bridged:
            with losses.survived(change.bucket.arn):
                bucket_bridge.put(change, request)
        for notification in self.notifications:
            if not notification.wants(change):
                continue
            event = {"Records": [_record(notification, change, request)]}
            with losses.survived(change.bucket.arn):
                _send(notification.arn, change.bucket, event)

    def tell_of_settings(self, bucket: Bucket) -> None:
        """A queue or a topic that will be told gets a test event; a function gets none."""
        for arn in {each.arn for each in self.notifications if ":lambda:" not in each.arn}:
            event = {
                "Service": "Amazon S3",
                "Event": "s3:TestEvent",
                "Time": iso(clock.now()),
                "Bucket": bucket.name,
                "RequestId": Request.make("", "").id,
                "HostId": secrets.token_urlsafe(48),
            }
            with losses.survived(bucket.arn):
                _send(arn, bucket, event)


def _send(arn: str, bucket: Bucket, event: dict[str, Any]) -> None:
    if ":lambda:" in arn:
        bucket.caller.invoke(arn, event)
    else:
        bucket.caller.send(arn, json.dumps(event), subject=SUBJECT)


def _record(notification: Notification, change: Change, request: Request) -> dict[str, Any]:
    bucket = change.bucket
    record = {
        "eventVersion": "2.3" if change.name.startswith("s3:ObjectTagging:") else "2.1",
        "eventSource": "aws:s3",
        "awsRegion": bucket.region,
        "eventTime": iso(clock.now()),
        "eventName": change.name.removeprefix("s3:"),
        "userIdentity": {"principalId": request.principal},
        "requestParameters": {"sourceIPAddress": request.address},
        "responseElements": {
            "x-amz-request-id": request.id,
            "x-amz-id-2": secrets.token_urlsafe(48),
        },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": notification.id,
            "bucket": {"name": bucket.name, "ownerIdentity": bucket.owner, "arn": bucket.arn},
            "object": change.object(),
        },
    }
    return record | ({"glacierEventData": change.restored.data()} if change.restored else {})
