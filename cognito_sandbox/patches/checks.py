"""Calls of Lambda, Cognito and EventBridge, and of tables, held against AWS's description first.

So what moto cannot make sense of afterwards is no mistake of the client's. And what moto takes for
another call is refused: it deletes a bucket that was to lose its metrics, say.
"""

import json
import re
from typing import Any, cast
from urllib.parse import parse_qs
from wsgiref.types import WSGIEnvironment
from xml.parsers import expat

from botocore.model import OperationModel, Shape, StructureShape
from moto.core.utils import get_service_model

from cognito_sandbox.door import parameters
from cognito_sandbox.door.refusals import RefusedError
from cognito_sandbox.store import routes, user_pools

NEEDS = ("moto.core.utils:get_service_model",)
BAD_REQUEST = "400 Bad Request"
LARGEST_REQUEST = 69_905_067  # bytes: a zip of 50 MB, in base64
INVOCATIONS = ("Invoke", "InvokeAsync", "InvokeWithResponseStream")
UNKNOWN_WISHES = {
    "HTTP_X_AMZ_DURABLE_EXECUTION_NAME": "DurableExecutionName",
    "HTTP_X_AMZ_TENANT_ID": "TenantId",
}
EVENTS = "AWSEvents."
OF_TABLES = ("CreateTable", "UpdateTable")  # of which moto takes any type and view
UNKNOWN_PARTS = {  # of an address in S3: moto goes on as if they were not there
    *("abac", "analytics", "annotation", "intelligent-tiering", "metadataAnnotationTable"),
    *("metadataConfiguration", "metadataInventoryTable", "metadataJournalTable"),
    *("metadataTable", "metrics", "renameObject", "requestPayment", "session", "torrent"),
}
READ_BY_LETTERS = {"object-lock", "replication", "versioning", "website"}
VERSIONING = re.compile(rb"<Status>(Enabled|Suspended)</Status>")
OF_UPLOADS = {"max-parts", "part-number-marker"}
OWN_WORDS = ("Runtime", "StartingPosition")  # of which the sandbox tells more, or AWS otherwise


def check(service: str, environ: WSGIEnvironment, body: bytes) -> None:
    """Refuse a call that is not as AWS describes it; other services have moto's checks only."""
    if service == "cognito-idp":
        operation = environ.get("HTTP_X_AMZ_TARGET", "").removeprefix(f"{user_pools.TARGET}.")
        if operation in user_pools.api().operation_names:
            shape = user_pools.api().operation_model(operation).input_shape
            _refuse(shape, _json(body), "InvalidParameterException")
    elif service == "lambda":
        found = routes.match(service, environ)
        if found:
            _check_lambda(found[0], found[1], environ, body)
    elif service == "events":
        _check_json("events", environ.get("HTTP_X_AMZ_TARGET", "").removeprefix(EVENTS), body)
    elif service == "dynamodb":
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        if operation in OF_TABLES:
            _check_json(service, operation, body)
    elif service == "s3":
        _check_address(environ)
        _check_settings(environ, body)


def _check_json(service: str, operation: str, body: bytes) -> None:
    model = get_service_model(service)
    if operation in model.operation_names:
        shape = model.operation_model(operation).input_shape
        _refuse(shape, _json(body), "ValidationException")


def _check_address(environ: dict[str, Any]) -> None:
    parts = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True).keys()
    unknown = sorted(parts & UNKNOWN_PARTS)
    if "uploadId" not in parts:
        unknown += sorted(parts & OF_UPLOADS)
    if environ["REQUEST_METHOD"] == "GET" and "retention" in parts:
        unknown.append("retention")
    if unknown:
        text = f"The sandbox does not have S3's ?{unknown[0]}: it would be taken for another call."
        raise RefusedError(BAD_REQUEST, "NotImplemented", text)


def _check_settings(environ: dict[str, Any], body: bytes) -> None:
    """Of some settings of a bucket, moto takes any text, or refuses it without a word."""
    parts = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True).keys()
    if environ["REQUEST_METHOD"] == "PUT" and parts & READ_BY_LETTERS and body:
        expat.ParserCreate().Parse(body, True)  # its error is told as S3 tells it
        if "versioning" in parts and not VERSIONING.search(body):
            text = "The Versioning element must be specified"
            raise RefusedError(BAD_REQUEST, "IllegalVersioningConfigurationException", text)


def _check_lambda(
    operation: str, in_path: dict[str, Any], environ: WSGIEnvironment, body: bytes
) -> None:
    if operation not in INVOCATIONS and len(body) > LARGEST_REQUEST:
        text = f"Request must be smaller than {LARGEST_REQUEST} bytes for the {operation} operation"
        raise RefusedError("413 Content Too Large", "RequestEntityTooLargeException", text)
    for header, name in UNKNOWN_WISHES.items() if operation in INVOCATIONS else ():
        if environ.get(header):
            text = f"The sandbox does not have {name}: it would be passed over."
            raise RefusedError(BAD_REQUEST, "InvalidParameterValueException", text)
    model = cast(OperationModel, get_service_model("lambda").operation_model(operation))
    shape = model.input_shape
    if shape is not None:
        given = {} if operation in INVOCATIONS else _json(body)
        _refuse(shape, given | _beside(shape, in_path, environ), "ValidationException")


def _beside(
    shape: StructureShape, in_path: dict[str, Any], environ: WSGIEnvironment
) -> dict[str, Any]:
    """What is given in the path, in the query, or in headers."""
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    found: dict[str, Any] = {}
    for name, member in shape.members.items():
        key = member.serialization.get("name", name)
        place = member.serialization.get("location")
        if place == "uri":
            found[name] = _typed(member, [str(in_path.get(key, ""))])
        elif place == "querystring" and key in query:
            found[name] = _typed(member, query[key])
        elif name == shape.serialization.get("payload"):
            found[name] = ""  # any bytes
        elif place == "header" and (header := environ.get(_header(key))) is not None:
            found[name] = header
    return found


def _header(name: str) -> str:
    return f"HTTP_{name.upper().replace('-', '_')}"


def _typed(shape: Shape, texts: list[str]) -> Any:
    """What stands as text in an address, as JSON would have it."""
    if shape.type_name == "list":
        return texts
    if shape.type_name == "string":
        return texts[0]
    try:
        return json.loads(texts[0])
    except ValueError:
        return texts[0]


def _json(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body or b"{}")
    except ValueError as error:
        text = f"Could not parse request body into json: {error}"
        raise RefusedError(BAD_REQUEST, "InvalidRequestContentException", text) from None
    if not isinstance(given, dict):
        text = "The request is not a JSON object."
        raise RefusedError(BAD_REQUEST, "SerializationException", text)
    return {name: value for name, value in given.items() if name not in OWN_WORDS}


def _refuse(shape: StructureShape, given: dict[str, Any], code: str) -> None:
    try:
        problem = parameters.violations(shape, given)
    except parameters.MisshapenError as error:
        raise RefusedError(BAD_REQUEST, "SerializationException", str(error)) from None
    if problem:
        raise RefusedError(BAD_REQUEST, code, problem)
