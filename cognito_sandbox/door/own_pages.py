"""The sandbox's own pages: mail that was sent, calls that functions made, and its health."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from cognito_sandbox import mailbox
from cognito_sandbox.door.refusals import Answer, RefusedError
from cognito_sandbox.iam import calls

PREFIX = "/_sandbox/"


def answer(environ: Mapping[str, Any], status: str) -> Answer:
    path = environ["PATH_INFO"].removeprefix(PREFIX)
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    if path == "mail":
        filters = {name: query[name] for name in mailbox.FILTERS & query.keys()}
        return _json(mailbox.messages(**filters))
    if path == "health":
        return _json({"status": status})
    if path == "calls":
        return _json(calls.made(query.get("function")))
    raise RefusedError("404 Not Found", "NotFound", f"There is no {PREFIX}{path}.")


def _json(value: object) -> Answer:
    return Answer("200 OK", [("Content-Type", "application/json")], json.dumps(value).encode())
