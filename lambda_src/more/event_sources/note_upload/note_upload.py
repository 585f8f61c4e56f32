"""S3: say in the log what kind of object was put into a bucket."""

import logging
from typing import Any
from urllib.parse import unquote_plus

import boto3

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)
s3 = boto3.client("s3")


def handler(event: dict[str, Any], context: Any) -> None:
    """Keys come quoted, as in a form: a blank is a plus."""
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        quoted = record["s3"]["object"]["key"]
        key = unquote_plus(quoted)
        kind = s3.head_object(Bucket=bucket, Key=key)["ContentType"]
        logger.info("%s means %s, which is of type %s.", quoted, key, kind)
