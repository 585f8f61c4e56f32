"""An API of notes: GET / lists them; GET, PUT and DELETE /{id} read, write and remove one."""

import base64
import json
import logging
import os
from typing import Any

import boto3

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)
table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def answer(status: int, body: Any) -> dict[str, Any]:
    """What API Gateway makes a response of."""
    headers = {"content-type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}


def read(note_id: str) -> dict[str, Any]:
    """One note, or 404."""
    note = table.get_item(Key={"id": note_id}, ConsistentRead=True).get("Item")
    return answer(200, note) if note else answer(404, {"message": f"There is no note {note_id}."})


def sent(event: dict[str, Any]) -> str | bytes:
    """The body; what is not named as text or JSON comes in base64, such as what curl -d sends."""
    body: str = event.get("body", "")
    return base64.b64decode(body) if event["isBase64Encoded"] else body


def write(note_id: str, body: str | bytes, author: str) -> dict[str, Any]:
    """Keep a note, or 400 if there is no text in the body."""
    try:
        text = json.loads(body)["text"]
    except (KeyError, TypeError, ValueError):
        text = None
    if not isinstance(text, str):
        return answer(400, {"message": 'The body should be JSON, such as {"text": "Hello"}.'})
    note = {"id": note_id, "text": text, "author": author}
    table.put_item(Item=note)
    return answer(200, note)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Only editors write and remove; whoever has a token of the user pool reads."""
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    who = claims.get("cognito:username") or claims["username"]  # of an ID or an access token
    route, role = event["routeKey"], claims.get("role")
    note_id = event.get("pathParameters", {}).get("id", "")
    logger.info("%s by %s, whose token names %s.", route, who, role or "no role")
    if route == "GET /":
        return answer(200, sorted(table.scan()["Items"], key=lambda note: str(note["id"])))
    if route == "GET /{id}":
        return read(note_id)
    if role != "editor":
        return answer(403, {"message": f"{who} may not change notes."})
    if route == "PUT /{id}":
        return write(note_id, sent(event), who)
    table.delete_item(Key={"id": note_id})
    return answer(200, {"removed": note_id})
