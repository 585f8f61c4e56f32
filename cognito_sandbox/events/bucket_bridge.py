"""What happens to a bucket's objects, as EventBridge gets it. (events contract 5, 7)"""

import json
from typing import Any

from cognito_sandbox.events.bucket_changes import REMOVED, Change, Request
from cognito_sandbox.store import places

DETAIL_TYPES = {
    "s3:ObjectCreated:": "Object Created",
    "s3:ObjectRemoved:": "Object Deleted",
    "s3:LifecycleExpiration:": "Object Deleted",
    "s3:ObjectRestore:Post": "Object Restore Initiated",
    "s3:ObjectRestore:Completed": "Object Restore Completed",
    "s3:ObjectAcl:": "Object ACL Updated",
    "s3:ObjectTagging:Put": "Object Tags Added",
    "s3:ObjectTagging:Delete": "Object Tags Deleted",
}
REASONS = {
    "s3:ObjectCreated:Put": "PutObject",
    "s3:ObjectCreated:Post": "POST Object",
    "s3:ObjectCreated:Copy": "CopyObject",
    "s3:ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload",
    "s3:ObjectRemoved:Delete": "DeleteObject",
    "s3:ObjectRemoved:DeleteMarkerCreated": "DeleteObject",
}
SPELLED = {"eTag": "etag", "versionId": "version-id"}


def put(change: Change, request: Request) -> None:
    """Put the event on the default bus of the bucket's region."""
    kind = next((text for name, text in DETAIL_TYPES.items() if change.name.startswith(name)), None)
    if kind is None:
        return
    entry = {
        "Source": "aws.s3",
        "DetailType": kind,
        "Resources": [change.bucket.arn],
        "Detail": json.dumps(_detail(change, request)),
    }
    bucket = change.bucket
    places.put_event(f"arn:aws:events:{bucket.region}:{bucket.account}:event-bus/default", entry)


def _detail(change: Change, request: Request) -> dict[str, Any]:
    shown = {SPELLED.get(name, name): value for name, value in change.object().items()}
    detail = {
        "version": "0",
        "bucket": {"name": change.bucket.name},
        "object": shown | {"key": change.key},
        "request-id": request.id,
        "requester": change.bucket.account,
        "source-ip-address": request.address,
    }
    if change.name in REASONS:
        detail["reason"] = REASONS[change.name]
    if change.name.startswith(REMOVED):
        marked = change.name.endswith("DeleteMarkerCreated")
        detail["deletion-type"] = "Delete Marker Created" if marked else "Permanently Deleted"
    return detail
