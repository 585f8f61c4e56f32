"""Requests are read whole, whoever will answer them, and never more than the service takes."""

import io
import json
import re
from typing import Any
from wsgiref.types import WSGIEnvironment

PIECE = 1 << 16
MAYBE_HALF = re.compile(rb"\\u[dD]|\xed")  # a character's half, or what begins like one


class TooLargeError(Exception):
    """The request is larger than the service takes; what is left of it was not read."""


class BrokenError(Exception):
    """The request ended early, or says of its length what cannot be."""


class NoJsonError(Exception):
    """The body should be JSON, and is none, is nested too deeply, or has half a character."""


def read(environ: WSGIEnvironment, limit: int) -> bytes:
    """The whole request, which moto then finds in the environ, too."""
    if environ.get("wsgi.input_terminated"):
        body = _read_chunks(environ["wsgi.input"], limit)
    else:
        body = _read_sized(environ["wsgi.input"], environ.get("CONTENT_LENGTH") or "0", limit)
    take(environ, body)
    return body


def take(environ: WSGIEnvironment, body: bytes) -> None:
    """Have this body be the request's."""
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))


def _read_sized(stream: io.BufferedIOBase, length: str, limit: int) -> bytes:
    if not (length.isascii() and length.isdecimal()):
        raise BrokenError("Content-Length is no number.")
    size = int(length)
    if size > limit:
        raise TooLargeError
    body = stream.read(size) if size else b""
    if len(body) < size:
        raise BrokenError("The request is shorter than its Content-Length.")
    return body


def _read_chunks(stream: io.RawIOBase, limit: int) -> bytes:
    pieces, size = [], 0
    try:
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > limit:
                raise TooLargeError
            pieces.append(piece)
    except OSError as error:
        raise BrokenError(f"The request's chunks cannot be read: {error}.") from None
    return b"".join(pieces)


def checked_json(body: bytes) -> bytes:
    """JSON without its members that are null: they are absent, as in AWS."""
    try:
        value = json.loads(body) if body else None
        if MAYBE_HALF.search(body):
            json.dumps(value, ensure_ascii=False).encode()  # a ValueError, if it is one
    except (ValueError, RecursionError):
        raise NoJsonError from None
    return json.dumps(_stripped(value)).encode() if b"null" in body else body


def _stripped(value: object) -> Any:
    if isinstance(value, dict):
        return {key: _stripped(item) for key, item in value.items() if item is not None}
    return [_stripped(item) for item in value] if isinstance(value, list) else value
