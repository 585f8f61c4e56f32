"""Calls of the Lambda API that moto answers in another way than AWS."""

import base64
import binascii
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

from moto.awslambda import models, responses
from moto.awslambda.exceptions import (
    InvalidParameterValueException,
    LambdaClientError,
    ValidationException,
)
from moto.awslambda.responses import LambdaResponse
from moto.core import responses as core

from cognito_sandbox.lambdas import zips
from cognito_sandbox.newest import Newest
from cognito_sandbox.patches import function_code
from cognito_sandbox.store import needs

NEEDS = (
    "moto.awslambda.models:LayerVersion.get_layer_version",
    "moto.awslambda.responses:LambdaResponse.create_function",
    "moto.awslambda.responses:LambdaResponse.list_functions",
    "moto.awslambda.responses:LambdaResponse.publish_layer_version",
    "moto.core.responses:gen_amzn_requestid_long",
)
Members = dict[str, Any]  # as Lambda's API names them
PAGE = 50
LINK_SECONDS = 600
UNLISTED = (
    *("State", "StateReason", "StateReasonCode", "RuntimeVersionConfig"),
    *("LastUpdateStatus", "LastUpdateStatusReason", "LastUpdateStatusReasonCode"),
)
_links: Newest[str, tuple[float, bytes]] = Newest()


class LayerVersion(models.LayerVersion):
    """A layer's version, made of a zip that can be unpacked."""

    def __init__(self, spec: Members, account_id: str, region: str) -> None:
        try:
            content = function_code.of_version(account_id, region, spec["Content"])
            super().__init__(spec | {"Content": content}, account_id, region)
            zips.check(self.code_bytes)
        except zips.BadZipError as error:
            raise InvalidParameterValueException(str(error)) from None
        except (binascii.Error, KeyError):
            raise InvalidParameterValueException(zips.NO_ZIP) from None

    def get_layer_version(self) -> Members:
        described: Members = super().get_layer_version()
        described["Content"]["Location"] = link(self.code_bytes)
        return described


def link(code: bytes) -> str:
    """The path of a link to this code that cannot be guessed, and that holds for ten minutes."""
    secret = secrets.token_urlsafe(24)
    _links[secret] = time.time() + LINK_SECONDS, code
    return f"{link.endpoint}/_sandbox/code/{secret}"  # type: ignore[attr-defined]


def linked(secret: str) -> bytes | None:
    until, code = _links.get(secret, (0.0, b""))
    return code if time.time() < until else None


def list_functions(response: LambdaResponse) -> str:
    """A page of functions, in the order of their ARNs."""
    version = _asked(response).get("FunctionVersion")
    if version not in (None, "ALL"):
        constraint = "Member must satisfy enum value set: [ALL]"
        raise ValidationException(version, "functionVersion", constraint)
    described = [each.get_configuration() for each in response.backend.list_functions(version)]
    answer = page(response, "Functions", described, lambda each: str(each["FunctionArn"]))
    answer["Functions"] = [
        {name: value for name, value in each.items() if name not in UNLISTED}
        for each in answer["Functions"]
    ]
    return json.dumps(answer)


def page(
    response: LambdaResponse, kind: str, listed: list[Members], key: Callable[[Members], str]
) -> Members:
    """So many as were asked for, in the order of their keys, and where the next page begins."""
    asked = _asked(response)
    after = _unmarked(asked.get("Marker", ""))
    rest = sorted((each for each in listed if key(each) > after), key=key)
    size = min(_at_least_one(asked.get("MaxItems", str(PAGE))), PAGE)
    answer: Members = {kind: rest[:size]}
    if len(rest) > size:
        answer["NextMarker"] = base64.b64encode(key(rest[size - 1]).encode()).decode()
    return answer


def _asked(response: LambdaResponse) -> dict[str, str]:
    return {name: values[0] for name, values in response.querystring.items()}


def _at_least_one(number: str) -> int:
    if not (number.isascii() and number.isdecimal()) or int(number) < 1:
        constraint = "Member must have value greater than or equal to 1"
        raise ValidationException(number, "maxItems", constraint)
    return int(number)


def _unmarked(marker: str) -> str:
    try:
        return base64.b64decode(marker, validate=True).decode()
    except ValueError:
        raise InvalidParameterValueException("Invalid Marker") from None


def too_large(message: str) -> LambdaClientError:
    error = LambdaClientError("RequestEntityTooLargeException", message)
    error.code = 413
    return error


def _keep_request_ids() -> None:
    """Where an answer has its id already, moto would give it another."""
    make = core.gen_amzn_requestid_long
    core.gen_amzn_requestid_long = lambda headers: headers.get("x-amzn-requestid") or make(headers)


def install(endpoint: str) -> None:
    needs.check(NEEDS)
    link.endpoint = endpoint  # type: ignore[attr-defined]
    models.LayerVersion = LayerVersion
    answers = responses.LambdaResponse
    answers.list_functions = list_functions
    _keep_request_ids()
