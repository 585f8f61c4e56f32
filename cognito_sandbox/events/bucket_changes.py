"""What happened to an object of a bucket, and the request that made it. (events contract 5)"""

import secrets
import time
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from cognito_sandbox.events.callers import Caller
from cognito_sandbox.events.destinations import iso

SERVICE = "s3.amazonaws.com"
REMOVED = ("s3:ObjectRemoved:", "s3:LifecycleExpiration:")
TAGGED = ("s3:ObjectTagging:", "s3:ObjectAcl:")


class Bucket(NamedTuple):
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


class Request(NamedTuple):
    """What a notification tells of the request that made it."""

    address: str
    principal: str
    id: str

    @classmethod
    def make(cls, address: str, principal: str) -> "Request":
        return cls(address, principal, secrets.token_hex(8).upper())


class Restored(NamedTuple):
    """An archived object that can be read again: until when, and of which storage class it is."""

    until: float
    storage_class: str

    def data(self) -> dict[str, Any]:
        shown = {
            "lifecycleRestorationExpiryTime": iso(self.until),
            "lifecycleRestoreStorageClass": self.storage_class,
        }
        return {"restoreEventData": shown}


class Change(NamedTuple):
    """One thing that happened to one object, by its whole name: s3:ObjectCreated:Put."""

    name: str
    bucket: Bucket
    key: str
    size: int = 0
    etag: str = ""
    version: str | None = None
    restored: Restored | None = None

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
