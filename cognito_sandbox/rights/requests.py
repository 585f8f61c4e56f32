"""Which operation of which service an HTTP request asks for, whatever the service's protocol."""

import html
import json
import re
from typing import Any, NamedTuple
from urllib.parse import parse_qsl
from wsgiref.types import WSGIEnvironment

from cognito_sandbox.iam.needs import Call

JSON, QUERY, EC2, REST_JSON, REST_XML = "json", "query", "ec2", "rest-json", "rest-xml"
KEY = re.compile(rb"<Key>([^<]*)</Key>")


class Scope(NamedTuple):
    """What a signature says: whose key it is, and the region and service it is for."""

    access_key: str
    region: str
    service: str


def scope(environ: WSGIEnvironment) -> Scope | None:
    """From the header, or from a presigned address."""
    signed: str = (
        environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition(",")[0]
    )
    query: str = environ.get("QUERY_STRING", "")
    if not signed and "X-Amz-Credential=" in query:
        signed = dict(parse_qsl(query)).get("X-Amz-Credential", "")
    parts = signed.strip().split("/")
    return Scope(parts[0], parts[2], parts[3].lower()) if len(parts) == 5 else None


def protocol(environ: WSGIEnvironment, service: str) -> str:
    if environ.get("HTTP_X_AMZ_TARGET"):
        return JSON
    if service == "s3":
        return REST_XML
    if "form" in environ.get("CONTENT_TYPE", "") or "Action=" in environ.get("QUERY_STRING", ""):
        return EC2 if service == "ec2" else QUERY
    return REST_JSON


def call(environ: WSGIEnvironment, body: bytes, at: Scope, account: str) -> Call | None:
    """The call, or None if the sandbox cannot tell which one it is."""
    kind = protocol(environ, at.service)
    if kind == JSON:
        operation = environ["HTTP_X_AMZ_TARGET"].rpartition(".")[2]
        return Call(at.service, operation, _json(body), at.region, account)
    if kind in (QUERY, EC2):
        text = body.decode("utf-8", "replace") or environ.get("QUERY_STRING", "")
        given = dict(parse_qsl(text, keep_blank_values=True))
        return Call(at.service, given.get("Action", ""), given, at.region, account)
    return _routed(environ, body, at, account)


def operation(environ: WSGIEnvironment, body: bytes, service: str) -> str:
    """What is asked for, or the method if that is all there is. Some calls are not signed."""
    at = scope(environ) or Scope("", "", service)
    asked = call(environ, body, at, "") if service else None
    return asked.operation if asked else str(environ["REQUEST_METHOD"])


def _routed(environ: WSGIEnvironment, body: bytes, at: Scope, account: str) -> Call | None:
    from cognito_sandbox.store import routes

    if at.service == "apigateway":  # its actions are HTTP's own
        path = {"path": environ["PATH_INFO"]}
        return Call(at.service, environ["REQUEST_METHOD"], path, at.region, account)
    found = routes.match(_model(at.service, environ), environ)
    if not found:
        return None
    operation, in_path = found
    given = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)) | in_path
    if at.service == "s3":
        if operation == "DeleteObjects":
            given["Keys"] = [html.unescape(each.decode()) for each in KEY.findall(body)]
        names = ("x-amz-copy-source", "x-amz-tagging", "x-amz-acl")
        headers = {
            name: environ.get("HTTP_" + name.upper().replace("-", "_"), "") for name in names
        }
        return Call(at.service, operation, given, at.region, account, headers)
    return Call(at.service, operation, _json(body) | given, at.region, account)


def _model(service: str, environ: WSGIEnvironment) -> str:
    """The name under which botocore describes a service, where it signs by another."""
    if service == "ses":
        return "sesv2"
    if service == "s3" and environ["PATH_INFO"].startswith("/v20180820/"):
        return "s3control"
    return {"execute-api": "apigatewaymanagementapi"}.get(service, service)


def _json(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}  # the service itself has the words for it
    return parsed if isinstance(parsed, dict) else {}
