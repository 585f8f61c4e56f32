"""Calls of the Lambda API that moto answers in another way than AWS."""

import base64
import binascii
import json
import secrets
import time
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
from cognito_sandbox.store import needs
from cognito_sandbox.store.functions import named, routed

NEEDS = (
    "moto.awslambda.models:LambdaBackend.create_alias",
    "moto.awslambda.models:LambdaBackend.invoke",
    "moto.awslambda.models:LambdaBackend.update_alias",
    "moto.awslambda.models:LambdaStorage.split_function_arn",
    "moto.awslambda.models:LayerVersion.get_layer_version",
    "moto.awslambda.responses:LambdaResponse.create_function",
    "moto.awslambda.responses:LambdaResponse.list_functions",
    "moto.awslambda.responses:LambdaResponse.publish_layer_version",
    "moto.core.responses:gen_amzn_requestid_long",
)
Members = dict[str, Any]  # as Lambda's API names them
PAGE = 50
LATEST = "$LATEST"  # which Invoke names even where it was not asked for
LINK_SECONDS = 600
UNLISTED = (
    *("State", "StateReason", "StateReasonCode", "RuntimeVersionConfig"),
    *("LastUpdateStatus", "LastUpdateStatusReason", "LastUpdateStatusReasonCode"),
)
_links: Newest[str, tuple[float, bytes]] = Newest()


class LayerVersion(models.LayerVersion):  # type: ignore[misc]
    """A layer's version, made of a zip that can be unpacked."""

    def __init__(self, spec: Members, account_id: str, region: str) -> None:
        try:
            super().__init__(spec, account_id, region)
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
    asked = {name: values[0] for name, values in response.querystring.items()}
    version = asked.get("FunctionVersion")
    if version not in (None, "ALL"):
        constraint = "Member must satisfy enum value set: [ALL]"
        raise ValidationException(version, "functionVersion", constraint)
    described = [each.get_configuration() for each in response.backend.list_functions(version)]
    described.sort(key=lambda each: str(each["FunctionArn"]))
    after = _unmarked(asked.get("Marker", ""))
    rest = [each for each in described if str(each["FunctionArn"]) > after]
    size = min(_at_least_one(asked.get("MaxItems", str(PAGE))), PAGE)
    page: list[Members] = [
        {name: value for name, value in each.items() if name not in UNLISTED}
        for each in rest[:size]
    ]
    answer: Members = {"Functions": page}
    if len(rest) > size:
        answer["NextMarker"] = base64.b64encode(page[-1]["FunctionArn"].encode()).decode()
    return json.dumps(answer)


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


def check_routing(version: str | None, routing: Members | None) -> None:
    weights = (routing or {}).get("AdditionalVersionWeights") or {}
    if len(weights) > 1:
        text = "Number of items in AdditionalVersionWeights cannot be greater than 1"
        raise InvalidParameterValueException(text)
    if weights and "$LATEST" in (version, *weights):
        text = "$LATEST is not supported for an alias pointing to more than 1 version"
        raise InvalidParameterValueException(text)
    for weight in weights.values():
        if not isinstance(weight, int | float) or not 0 <= weight <= 1:
            constraint = "Member must have value less than or equal to 1"
            raise ValidationException(weight, "routingConfig", constraint)


def _route_by_weight() -> None:
    backend = models.LambdaBackend
    create, update = backend.create_alias, backend.update_alias

    def create_alias(self: models.LambdaBackend, **given: Any) -> models.LambdaAlias:
        check_routing(given["function_version"], given["routing_config"])
        return create(self, **given)

    def update_alias(self: models.LambdaBackend, **given: Any) -> models.LambdaAlias:
        alias = self.get_alias(given["name"], given["function_name"])
        check_routing(given["function_version"] or alias.function_version, given["routing_config"])
        return update(self, **given)

    def invoke_routed(
        self: models.LambdaBackend,
        function_name: str,
        qualifier: str | None,
        body: str | bytes,
        headers: dict[str, str],
        response_headers: dict[str, str],
    ) -> str | bytes:
        version = routed(self, function_name, qualifier) or LATEST
        plain = self._lambdas.split_function_arn(function_name)[1]
        asked = named(self, function_name, qualifier)
        function = self.get_function(plain, version)
        payload: str | bytes = function.invoke(body, headers, response_headers, asked)
        response_headers["Content-Length"] = str(len(payload))
        return payload

    backend.create_alias, backend.update_alias = create_alias, update_alias
    backend.invoke = invoke_routed


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
    _route_by_weight()
    _keep_request_ids()
