"""A REST API as an OpenAPI document describes it, made of moto's resources and methods."""

from typing import Any

from moto.apigateway.models import APIGatewayBackend

from cognito_sandbox.events.http import openapi, rest_settings
from cognito_sandbox.events.http.apis import ApiError
from cognito_sandbox.events.http.openapi import Document, Node, Operation

NEEDS = (
    "moto.apigateway.models:APIGatewayBackend.create_authorizer",
    "moto.apigateway.models:APIGatewayBackend.create_resource",
    "moto.apigateway.models:APIGatewayBackend.put_integration",
    "moto.apigateway.models:APIGatewayBackend.put_integration_response",
    "moto.apigateway.models:APIGatewayBackend.put_method",
)


def replace(backend: APIGatewayBackend, api: Any, document: Document) -> None:
    """Have the document's methods in the place of the API's; all or nothing."""
    root, before = api.default, (api.resources, api.authorizers, api.default.resource_methods)
    api.resources, api.authorizers, root.resource_methods = {root.id: root}, {}, {}
    try:
        known = {
            name: _authorizer(backend, api, name, scheme)
            for name, scheme in document.authorizers.items()
        }
        for operation in document.operations:
            _method(backend, api, operation, known)
    except Exception:
        api.resources, api.authorizers, root.resource_methods = before
        raise


def _authorizer(backend: APIGatewayBackend, api: Any, name: str, scheme: Node) -> str:
    said = scheme.get(openapi.AUTHORIZER) or {}
    given = {
        "identitySource": f"method.request.header.{scheme.get('name', 'Authorization')}",
        "providerARNs": said.get("providerARNs"),
        "type": str(said.get("type", "")).upper(),
    }
    rest_settings.check("CreateAuthorizer", given | {"name": name})
    made = backend.create_authorizer(
        api.id,
        name,
        given["type"],
        provider_arns=given["providerARNs"],
        identity_source=given["identitySource"],
        authorizer_result_ttl=300,
    )
    return str(made.id)


def _method(
    backend: APIGatewayBackend, api: Any, operation: Operation, authorizers: dict[str, str]
) -> None:
    place = api.id, _resource(backend, api, operation.path), operation.method
    authorizer = authorizers.get(operation.authorizer or "")
    if operation.authorizer and not authorizer:
        raise ApiError(f"{operation.path} names {operation.authorizer}, which is no authorizer.")
    backend.put_method(
        *place,
        "COGNITO_USER_POOLS" if authorizer else "NONE",
        authorizer_id=authorizer,
        authorization_scopes=operation.scopes or None,
    )
    _integrate(backend, place, dict(operation.integration))


def _resource(backend: APIGatewayBackend, api: Any, path: str) -> str:
    """The identifier of the path's resource, which is made where it is missing."""
    resource = api.default
    for part in path.strip("/").split("/") if path != "/" else []:
        children = [each for each in api.resources.values() if each.parent_id == resource.id]
        known = next((each for each in children if each.path_part == part), None)
        resource = known or backend.create_resource(api.id, resource.id, part)
    return str(resource.id)


def _integrate(backend: APIGatewayBackend, place: tuple[str, str, str], given: Node) -> None:
    responses = given.pop("responses", {})
    given["type"] = str(given.get("type", "")).upper()
    given["integrationHttpMethod"] = given.pop("httpMethod", "")
    rest_settings.check("PutIntegration", given)
    backend.put_integration(
        *place,
        given["type"],
        given.get("uri", ""),
        given["integrationHttpMethod"],
        request_templates=given.get("requestTemplates"),
        timeout_in_millis=given.get("timeoutInMillis"),
    )
    for response in responses.values() if given["type"] == "MOCK" else ():
        rest_settings.check("PutIntegrationResponse", response)
        backend.put_integration_response(
            *place,
            str(response["statusCode"]),
            None,
            response.get("responseTemplates") or {},
            response.get("responseParameters") or {},
        )
