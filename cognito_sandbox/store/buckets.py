"""S3's buckets: whether an address is one's, and what their policies say."""

from wsgiref.types import WSGIEnvironment


def is_address(environ: WSGIEnvironment) -> bool:
    """Is it http://localhost/bucket/… or http://bucket.localhost/…?"""
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends  # not at the start: only pages need to know

    named = environ["PATH_INFO"].strip("/").partition("/")[0]
    asked = environ.get("HTTP_HOST", "").partition(".")[0]
    buckets = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets
    return named in buckets or asked in buckets


def policy(arn: str) -> str | None:
    """The policy of a bucket, or of the one that an object is in."""
    service, _, path = arn.partition(":::")
    if service != "arn:aws:s3":
        return None
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends

    bucket = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.get(path.partition("/")[0])
    return bucket.policy.decode() if bucket and bucket.policy else None
