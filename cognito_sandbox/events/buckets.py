"""What happens to the objects of a bucket, told to functions, queues and topics.

(events contract 5)
"""

import json
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from cognito_sandbox import clock
from cognito_sandbox.events.callers import Caller, NotInvokedError
from cognito_sandbox.events.destinations import iso
from cognito_sandbox.store import places

SERVICE = "s3.amazonaws.com"
SUBJECT = "Amazon S3 Notification"  # of what topics get
REMOVED = ("s3:ObjectRemoved:", "s3:LifecycleExpiration:")
TAGGED = ("s3:ObjectTagging:", "s3:ObjectAcl:")


@dataclass(frozen=True)
class Bucket:
    """A bucket, and whose it is."""

    name: str
    region: str
    account: str

    @property
    def arn(self) -> str:
        return f"arn:aws:s3:::{self.name}"

    @property
    def owner(self) -> dict[str, str]:
        return {"principalId": f"A{self.account}"}

    @property
    def caller(self) -> Caller:
        return Caller(SERVICE, self.arn, self.account)


@dataclass(frozen=True)
class Request:
    """What a notification tells of the request that made it."""

    address: str
    principal: str
    id: str

    @classmethod
    def make(cls, address: str, principal: str) -> "Request":
        return cls(address, principal, secrets.token_hex(8).upper())


@dataclass(frozen=True)
class Change:
    """One thing that happened to one object, by its whole name: s3:ObjectCreated:Put."""

    name: str
    bucket: Bucket
    key: str
    size: int = 0
    etag: str = ""
    version: str | None = None

    def object(self) -> dict[str, Any]:
        """The object as this kind of notification shows it."""
        shown: dict[str, Any] = {"key": quote_plus(self.key, safe="/")}
        if self.name.startswith(TAGGED):
            shown |= {"eTag": self.etag}
        elif not self.name.startswith(REMOVED):
            shown |= {"size": self.size, "eTag": self.etag}
        if self.version:
            shown["versionId"] = self.version
        if not self.name.startswith(TAGGED):
            shown["sequencer"] = f"{time.time_ns():018X}"
        return shown


@dataclass(frozen=True)
class Notification:
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


def tell(notifications: Iterable[Notification], change: Change, request: Request) -> None:
    """Tell all that want to know; whoever cannot be told keeps nobody from being told."""
    for notification in notifications:
        if not notification.wants(change):
            continue
        event = {"Records": [_record(notification, change, request)]}
        try:
            _send(notification.arn, change.bucket, event)
        except (NotInvokedError, places.NowhereError):
            continue


def tell_of_settings(notifications: Iterable[Notification], bucket: Bucket) -> None:
    """A queue or a topic that will be told gets a test event; a function gets none."""
    for arn in {each.arn for each in notifications if ":lambda:" not in each.arn}:
        request = Request.make("", "")
        event = {
            "Service": "Amazon S3",
            "Event": "s3:TestEvent",
            "Time": iso(clock.now()),
            "Bucket": bucket.name,
            "RequestId": request.id,
            "HostId": secrets.token_urlsafe(48),
        }
        try:
            _send(arn, bucket, event)
        except places.NowhereError:
            continue


def _send(arn: str, bucket: Bucket, event: dict[str, Any]) -> None:
    if ":lambda:" in arn:
        bucket.caller.invoke(arn, event)
    else:
        places.send(arn, json.dumps(event), SUBJECT)


def _record(notification: Notification, change: Change, request: Request) -> dict[str, Any]:
    bucket = change.bucket
    return {
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
