"""What a request's signature says: with which key, for which region and service."""

import re
from typing import NamedTuple
from urllib.parse import parse_qs
from wsgiref.types import WSGIEnvironment

REGION = re.compile(r"[a-z]{2,}(-[a-z0-9]+)+")
NO_REGION = "Credential should be scoped to a valid region"
PARTS = ("access key", "day", "region", "service", "aws4_request")


class MalformedError(Exception):
    """No client signs like that."""


class Signature(NamedTuple):
    """Empty where a request is not signed: some calls need no signature."""

    access_key: str = ""
    region: str = "us-east-1"
    service: str = ""


def read(environ: WSGIEnvironment) -> Signature:
    """The signature, from the header or, for a link made beforehand, from the address."""
    header: str = environ.get("HTTP_AUTHORIZATION", "")
    if header.startswith("AWS4-HMAC-SHA256"):
        return _parsed(header.partition("Credential=")[2].partition(",")[0].strip())
    query = environ.get("QUERY_STRING", "")
    credential = parse_qs(query).get("X-Amz-Credential") if "X-Amz-Credential" in query else None
    return _parsed(credential[0]) if credential else Signature()


def _parsed(credential: str) -> Signature:
    parts = credential.split("/")
    if len(parts) != len(PARTS) or not parts[0] or not parts[3]:
        text = "Credential must have exactly 5 slash-delimited elements, e.g. "
        raise MalformedError(f"{text}keyid/date/region/service/term, got '{credential[:100]}'")
    if not REGION.fullmatch(parts[2]):
        raise MalformedError(f"{NO_REGION}.")
    return Signature(parts[0], parts[2], parts[3].lower())
