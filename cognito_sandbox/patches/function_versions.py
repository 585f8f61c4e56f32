"""Versions and aliases: what refers to them, how they are listed, and who runs by weight.

(events contract 10.3)
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from moto.awslambda import models
from moto.awslambda.exceptions import InvalidParameterValueException, ValidationException
from moto.awslambda.responses import LambdaResponse
from moto.core.responses import TYPE_RESPONSE

from cognito_sandbox.patches.function_calls import Members, page
from cognito_sandbox.patches.function_updates import conflict
from cognito_sandbox.store import needs
from cognito_sandbox.store.functions import named, routed

NEEDS = (
    "moto.awslambda.models:LambdaBackend.create_alias",
    "moto.awslambda.models:LambdaBackend.invoke",
    "moto.awslambda.models:LambdaBackend.list_aliases",
    "moto.awslambda.models:LambdaBackend.list_versions_by_function",
    "moto.awslambda.models:LambdaBackend.update_alias",
    "moto.awslambda.models:LambdaStorage.split_function_arn",
    "moto.awslambda.responses:LambdaResponse.delete_function",
    "moto.awslambda.responses:LambdaResponse.delete_function_concurrency",
    "moto.awslambda.responses:LambdaResponse.get_function_concurrency",
    "moto.awslambda.responses:LambdaResponse.list_aliases",
    "moto.awslambda.responses:LambdaResponse.list_versions_by_function",
    "moto.awslambda.responses:LambdaResponse.put_function_concurrency",
)
LATEST = "$LATEST"  # which these calls name even where it was not asked for: Invoke, and
OF_CONCURRENCY = (
    *("delete_function_concurrency", "get_function_concurrency", "put_function_concurrency"),
)
DIGITS = 20  # so that the names of versions sort as their numbers do
delete_function = LambdaResponse.delete_function


def install() -> None:
    needs.check(NEEDS)
    LambdaResponse.delete_function = _delete
    LambdaResponse.list_aliases, LambdaResponse.list_versions_by_function = _aliases, _versions
    for name in OF_CONCURRENCY:
        setattr(LambdaResponse, name, _of_the_latest(getattr(LambdaResponse, name)))
    _route_by_weight()


def _of_the_latest(answer: Callable[[LambdaResponse], TYPE_RESPONSE]) -> Callable[..., Any]:
    def look_and_answer(response: LambdaResponse) -> TYPE_RESPONSE:
        name, _ = _split(response, 3)
        response.backend.get_function(name, LATEST)
        return answer(response)

    return look_and_answer


def _split(response: LambdaResponse, part: int) -> tuple[str, str | None]:
    """The function's name in a part of the path, and the version or alias that it may end in."""
    given = unquote(response.path.split("/")[part])
    _, name, qualifier = response.backend._lambdas.split_function_arn(given)
    return name, qualifier


def _delete(response: LambdaResponse) -> TYPE_RESPONSE:
    """moto deletes the whole function for $LATEST, and versions that aliases lead to."""
    name, qualifier = _split(response, -1)
    version = response._get_param("Qualifier", None) or qualifier
    if version == LATEST:
        raise InvalidParameterValueException(
            "$LATEST version cannot be deleted without deleting the function."
        )
    listed = response.backend.list_aliases(name) if version else ()
    aliases = [each for each in listed if version in _leads(each)]
    if aliases:
        names = ", ".join(each.name for each in aliases)
        raise conflict(
            f"Unable to delete version because the following aliases reference it: [{names}]"
        )
    return delete_function(response)


def _leads(alias: models.LambdaAlias) -> set[str]:
    weights = (alias.routing_config or {}).get("AdditionalVersionWeights") or {}
    return {alias.function_version, *weights}


def _aliases(response: LambdaResponse) -> TYPE_RESPONSE:
    name, _ = _split(response, -2)
    response.backend.get_function(name)
    wanted = response._get_param("FunctionVersion", None)
    described = [
        each.to_json()
        for each in response.backend.list_aliases(name)
        if wanted is None or wanted in _leads(each)
    ]
    return 200, {}, json.dumps(page(response, "Aliases", described, lambda each: str(each["Name"])))


def _versions(response: LambdaResponse) -> str:
    name, _ = _split(response, -2)
    response.backend.get_function(name)
    listed = response.backend.list_versions_by_function(name)
    described = [each.get_configuration() for each in listed]
    return json.dumps(page(response, "Versions", described, _number))


def _number(version: Members) -> str:
    """$LATEST comes first."""
    return str(version["Version"]).rjust(DIGITS, "0") if version["Version"] != LATEST else LATEST


def _check_routing(
    backend: models.LambdaBackend, function: str, version: str | None, routing: Members | None
) -> None:
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
    if version in weights:
        raise InvalidParameterValueException(
            f"Invalid function version {version}. Function version {version} is already included "
            "in routing configuration."
        )
    for other in weights:
        backend.get_function(function, other)


def _route_by_weight() -> None:
    backend = models.LambdaBackend
    create, update = backend.create_alias, backend.update_alias

    def create_alias(self: models.LambdaBackend, **given: Any) -> models.LambdaAlias:
        name, function = given["name"], given["function_name"]
        _check_routing(self, function, given["function_version"], given["routing_config"])
        for each in self.list_aliases(function):
            if each.name == name:
                raise conflict(f"Alias already exists: {each.arn}")
        return create(self, **given)

    def update_alias(self: models.LambdaBackend, **given: Any) -> models.LambdaAlias:
        function = given["function_name"]
        alias = self.get_alias(given["name"], function)
        version = given["function_version"] or alias.function_version
        _check_routing(self, function, version, given["routing_config"])
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
