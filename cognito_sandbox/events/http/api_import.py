"""An HTTP API as an OpenAPI document describes it."""

from typing import Any

from cognito_sandbox.events.http import api_parts, openapi
from cognito_sandbox.events.http.apis import Api, ApiError, Deployed, Settings
from cognito_sandbox.events.http.openapi import Document, Node, Operation


def settings(document: Document) -> Settings:
    """What the document says of the API itself."""
    found: Settings = {"Name": document.title}
    if document.cors:
        found["CorsConfiguration"] = _capital(document.cors)
    return found | ({"Tags": document.tags} if document.tags else {})


def routes(api: Api, document: Document) -> Deployed:
    """The API's routes, and what they lead to."""
    scratch = Api(api.region, api.account, {})
    for name, scheme in document.authorizers.items():
        _authorize(scratch, name, scheme)
    names = {each["Name"]: number for number, each in scratch.current.authorizers.items()}
    for operation in document.operations:
        _route(scratch, operation, names)
    return scratch.current


def _authorize(api: Api, name: str, scheme: Node) -> None:
    authorizer = scheme.get(openapi.AUTHORIZER) or {}
    if authorizer.get("type") != "jwt":
        raise ApiError(f"The sandbox's HTTP APIs have JWT authorizers only: {name} is none.")
    api_parts.create(
        "Authorizer",
        api,
        {
            "AuthorizerType": "JWT",
            "IdentitySource": [authorizer.get("identitySource")],
            "JwtConfiguration": _capital(authorizer.get("jwtConfiguration") or {}),
            "Name": name,
        },
    )


def _route(api: Api, operation: Operation, authorizers: dict[str, str]) -> None:
    given = _capital(operation.integration)
    given["IntegrationType"] = str(given.pop("Type", "")).upper()
    given["IntegrationUri"] = given.pop("Uri", "")
    given["IntegrationMethod"] = given.pop("HttpMethod", "POST")
    made = api_parts.create("Integration", api, given)
    route: Settings = {
        "RouteKey": operation.route_key,
        "Target": f"integrations/{made['IntegrationId']}",
    }
    if operation.authorizer:
        known = authorizers.get(operation.authorizer, operation.authorizer)
        scopes = {"AuthorizationScopes": operation.scopes} if operation.scopes else {}
        route |= {"AuthorizationType": "JWT", "AuthorizerId": known} | scopes
    api_parts.create("Route", api, route)


def _capital(node: dict[str, Any]) -> Settings:
    """A document's names begin with a small letter, the API's with a capital."""
    return {name[0].upper() + name[1:]: value for name, value in node.items()}
