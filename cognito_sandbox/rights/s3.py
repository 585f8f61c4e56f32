"""What S3's operations need: its actions have other names than its operations."""

import re
from urllib.parse import unquote

from cognito_sandbox.iam.needs import Call, Need

ACTIONS = {
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketCors": "PutBucketCORS",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycle": "PutLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "SelectObjectContent": "GetObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}
VERSIONED = {"GetObject", "DeleteObject", "GetObjectAcl", "GetObjectTagging", "PutObjectTagging"}
KEY = re.compile(rb"<Key>([^<]*)</Key>")


def needs(call: Call) -> list[Need]:
    bucket, key = call.text("Bucket"), call.text("Key")
    action = ACTIONS.get(call.operation, call.operation)
    if call.operation == "DeleteObjects":
        keys = call.parameters.get("Keys", [])
        return [Need("s3:DeleteObject", (_arn(f"{bucket}/{each}"),)) for each in keys]
    if action in VERSIONED and call.text("versionId"):
        action = action.replace("Object", "ObjectVersion", 1)
    resource = _arn(f"{bucket}/{key}" if key else bucket) if bucket else "*"
    return [Need(f"s3:{action}", (resource,)), *_besides(call, resource)]


def _besides(call: Call, resource: str) -> list[Need]:
    """What is read to be copied, and what is set along with an object."""
    found = []
    source = call.headers.get("x-amz-copy-source")
    if source:
        read = unquote(source.partition("?")[0]).lstrip("/")
        found.append(Need("s3:GetObject", (read if read.startswith("arn:") else _arn(read),)))
    if call.operation in ("PutObject", "CopyObject", "CreateMultipartUpload"):
        for header, action in (("x-amz-tagging", "Tagging"), ("x-amz-acl", "Acl")):
            if call.headers.get(header):
                found.append(Need(f"s3:PutObject{action}", (resource,)))
    return found


def _arn(path: str) -> str:
    return f"arn:aws:s3:::{path}"
