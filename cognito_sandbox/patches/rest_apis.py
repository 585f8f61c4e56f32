"""moto's REST APIs: deployments keep what was deployed, and binary media types are kept at all."""

import json
from collections.abc import Callable
from typing import Any

from moto.apigateway.models import RestAPI
from moto.apigateway.responses import APIGatewayResponse

from cognito_sandbox.patches import rest_checks
from cognito_sandbox.store import needs, rest_apis

NEEDS = (
    "moto.apigateway.models:APIGatewayBackend.create_authorizer",
    "moto.apigateway.models:APIGatewayBackend.create_rest_api",
    "moto.apigateway.models:RestAPI.apply_patch_operations",
    "moto.apigateway.models:RestAPI.create_deployment",
    "moto.apigateway.models:RestAPI.update_integration_mocks",
    "moto.apigateway.models:apigateway_backends",
    "moto.apigateway.responses:APIGatewayResponse.create_rest_api",
)
BINARY = "/binaryMediaTypes/"
Method = Callable[..., Any]  # one of moto's


def install() -> None:
    """From now on, moto's REST APIs are ones that can be asked."""
    needs.check(NEEDS)
    RestAPI.create_deployment = _keeping(RestAPI.create_deployment)
    RestAPI.update_integration_mocks = lambda *_: None  # moto's way to be asked, in its own process
    RestAPI.apply_patch_operations = _patching(RestAPI.apply_patch_operations)
    rest_checks.install()
    APIGatewayResponse.create_rest_api = _creating(APIGatewayResponse.create_rest_api)


def _keeping(deploy: Method) -> Method:
    def deploy_and_keep(api: Any, *values: object, **named: object) -> Any:
        before = dict(api.stages)
        deployment = deploy(api, *values, **named)
        deployment.resources = rest_apis.snapshot(api)
        stage = before.get(deployment.stage_name)
        if stage:  # moto would put an empty one in its place
            stage.deployment_id = deployment.id
            stage.variables = stage.variables | api.stages[stage.name].variables
            api.stages[stage.name] = stage
        return deployment

    return deploy_and_keep


def _patching(patch: Method) -> Method:
    def patch_all(api: Any, operations: list[dict[str, Any]]) -> None:
        rest = []
        for each in operations:
            if each["path"].startswith(BINARY):
                _patch_binary(api, each)
            else:
                rest.append(each)
        patch(api, rest)

    return patch_all


def _patch_binary(api: Any, operation: dict[str, Any]) -> None:
    kind = operation["path"].removeprefix(BINARY).replace("~1", "/")
    others = [each for each in api.binaryMediaTypes if each != kind]
    if operation["op"] == "replace":
        others.append(operation["value"])
    api.binaryMediaTypes = [*others, kind] if operation["op"] == "add" else others


def _creating(create: Method) -> Method:
    def create_whole(response: Any) -> Any:
        status, headers, body = create(response)
        made = json.loads(body)
        if "id" not in made:
            return status, headers, body
        api = response.backend.get_rest_api(made["id"])
        api.binaryMediaTypes = response._get_param("binaryMediaTypes") or []
        api.version = response._get_param("version")
        return 201, {"status": 201} | headers, json.dumps(api.to_dict())

    return create_whole
