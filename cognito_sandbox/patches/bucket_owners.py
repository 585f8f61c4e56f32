"""ExpectedBucketOwner: whoever names an owner gets no other owner's bucket; moto reads it not."""

import re
from typing import Any
from urllib.parse import unquote

from moto.s3.exceptions import S3AccessDeniedError, S3ClientError
from moto.s3.responses import S3Response

NEEDS = (
    "moto.s3.exceptions:S3AccessDeniedError",
    "moto.s3.responses:S3Response.parse_bucket_name_from_url",
)
EXPECTED, OF_SOURCE = "x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"
SOURCE = "x-amz-copy-source"
ACCOUNT = re.compile(r"\d{12}")


def check(response: S3Response, headers: Any) -> None:
    """Refuse a request for a bucket of somebody else."""
    source = unquote(headers.get(SOURCE, "")).lstrip("/").partition("/")[0]
    for header, bucket in ((EXPECTED, response.bucket_name), (OF_SOURCE, source)):
        _check(response, bucket, headers.get(header))


def _check(response: S3Response, name: str, expected: str | None) -> None:
    if expected is None:
        return
    if not ACCOUNT.fullmatch(expected):
        told = "The value of the expected bucket owner parameter must be an AWS Account ID..."
        raise S3ClientError("InvalidBucketOwnerAWSAccountID", f"{told} [{expected}]")
    bucket = response.backend.buckets.get(name)
    if bucket and bucket.account_id != expected:
        raise S3AccessDeniedError
