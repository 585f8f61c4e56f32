"""S3's notifications: moto tells functions inside PutObject, with half of an event.

Here they are told once the request is answered, when the object has its tags and metadata.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Any
from xml.sax.saxutils import escape

from moto.core.responses import TYPE_RESPONSE
from moto.s3 import models, notifications
from moto.s3.responses import S3Response

from cognito_sandbox.events.bucket_changes import Bucket, Change, Request, Restored
from cognito_sandbox.events.bucket_settings import SettingError
from cognito_sandbox.events.buckets import Notification, Told
from cognito_sandbox.patches import bucket_owners, failures
from cognito_sandbox.store import identities, needs

NEEDS = (
    "moto.s3.models:FakeBucket.set_notification_configuration",
    "moto.s3.models:S3Backend.delete_object",
    "moto.s3.notifications:send_event",
    "moto.s3.notifications:send_test_event",
    "moto.s3.responses:S3Response._bucket_response",
    "moto.s3.responses:S3Response._key_response",
)
RESTORE, RESTORED = "s3:ObjectRestore:Post", "s3:ObjectRestore:Completed"
CREATED, REMOVED = "s3:ObjectCreated:", "s3:ObjectRemoved:"
_now = threading.local()  # what the request that this thread answers has changed so far


def install() -> None:
    """Put the sandbox's notifications in the place of moto's."""
    needs.check((*NEEDS, *bucket_owners.NEEDS))
    notifications.send_event, notifications.send_test_event = _note, _test
    models.S3Backend.delete_object = _telling_of_deletion(models.S3Backend.delete_object)
    for method in ("_bucket_response", "_key_response"):
        setattr(S3Response, method, _telling_afterwards(getattr(S3Response, method)))


def _told(bucket: models.FakeBucket) -> Told:
    kept = bucket.notification_configuration
    if not kept:
        return Told()
    listed = (*kept.cloud_function, *kept.queue, *kept.topic)
    notifications = (
        Notification(each.id, each.arn, tuple(each.events), **_affixes(each)) for each in listed
    )
    return Told(tuple(notifications), kept.event_bridge is not None)


def _affixes(kept: models.Notification) -> dict[str, str]:
    rules = kept.filters.get("S3Key", {}).get("FilterRule", [])
    return {rule["Name"].lower(): rule["Value"] for rule in rules}


def _bucket(bucket: models.FakeBucket) -> Bucket:
    return Bucket(bucket.name, bucket.region_name, bucket.account_id)


def _note(account_id: str, event_name: str, bucket: models.FakeBucket, key: models.FakeKey) -> None:
    """moto has changed an object; its own account of deletions has gaps."""
    if bucket.notification_configuration is None or event_name.startswith(REMOVED):
        return
    version = str(key.version_id) if bucket.is_versioned else None
    name, etag = str(getattr(event_name, "value", event_name)), key.etag.strip('"')
    change = Change(name, _bucket(bucket), key.name, key.size, etag, version)
    _changed(bucket, change)
    if name == RESTORE:  # which takes moto no time
        _changed(bucket, change._replace(name=RESTORED, restored=_restored(key)))


def _restored(key: models.FakeKey) -> Restored:
    return Restored(key._expiry.replace(tzinfo=UTC).timestamp(), str(key.storage_class))


def _changed(bucket: models.FakeBucket, change: Change) -> None:
    changes = getattr(_now, "changes", None)
    if changes is None:  # nobody asked by HTTP
        _told(bucket).tell(change, Request.make("127.0.0.1", _principal("")))
    else:
        changes.append((_told(bucket), change))


def _test(account_id: str, bucket: models.FakeBucket) -> None:
    _told(bucket).tell_of_settings(_bucket(bucket))


def _telling_of_deletion(delete: Callable[..., Any]) -> Callable[..., Any]:
    def delete_and_note(
        backend: models.S3Backend,
        bucket_name: str,
        key_name: str,
        version_id: str | None = None,
        **more: object,
    ) -> Any:
        bucket = backend.get_bucket(bucket_name)
        before = _versions(bucket, key_name)
        done, told = delete(backend, bucket_name, key_name, version_id, **more)
        gone, made = before - _versions(bucket, key_name), _versions(bucket, key_name) - before
        if bucket.notification_configuration and (gone or made):
            kind = "DeleteMarkerCreated" if made else "Delete"
            version = next(iter(made or gone)) if bucket.is_versioned else None
            change = Change(REMOVED + kind, _bucket(bucket), key_name, version=version)
            _changed(bucket, change)
        return done, told

    return delete_and_note


def _versions(bucket: models.FakeBucket, key_name: str) -> set[str]:
    return {str(key.version_id) for key in bucket.keys.getlist(key_name, [])}


def _telling_afterwards(answer: Callable[..., Any]) -> Callable[..., Any]:
    @failures.hands_on
    def answer_and_tell(response: S3Response, request: Any, full_url: str) -> Any:
        with _noting() as changes:
            try:
                bucket_owners.check(response, request.headers)
                given = answer(response, request, full_url)
            except SettingError as error:
                return _refused(error)
        if changes:
            who = _principal(response.get_access_key())
            made = Request.make(request.remote_addr or "", who)
            for told, change in changes:
                told.tell(change, made)
        return given

    return answer_and_tell


@contextmanager
def _noting() -> Iterator[list[tuple[Told, Change]]]:
    """What a request changes: an upload's tags, and its being put together, are part of it."""
    found: list[tuple[Told, Change]] = []
    _now.changes = found
    try:
        yield found
    finally:
        _now.changes = None
        created = [each for each in found if each[1].name.startswith(CREATED)]
        if created:
            found[:] = created[-1:]


def _principal(access_key: str) -> str:
    return f"AWS:{identities.user_id(access_key)}"


def _refused(error: SettingError) -> TYPE_RESPONSE:
    told = {"Code": "InvalidArgument", "Message": error.message} | error.details
    members = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in told.items())
    headers = {"status": 400, "Content-Type": "application/xml"}
    return 400, headers, f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{members}</Error>'
