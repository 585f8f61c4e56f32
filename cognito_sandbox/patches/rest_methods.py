"""AWS::ApiGateway::RestApi, Resource and Method."""

from typing import Any

from cognito_sandbox.events.http import openapi
from cognito_sandbox.events.http.apis import ApiError
from cognito_sandbox.events.http.openapi import Document
from cognito_sandbox.patches import rest_import
from cognito_sandbox.patches.properties import Properties
from cognito_sandbox.patches.rest_resource import RestResource, checked

PARAMETERS = {"endpointConfigurationTypes"}
BODY = ("Body", "FailOnWarnings", "Parameters")


class RestApi(RestResource):
    kind, attributes = "RestApi", ("RestApiId", "RootResourceId")
    fixed = ()

    @property
    def api(self) -> Any:
        return self.backend.get_rest_api(self.physical_resource_id)

    def make(self) -> str:
        _, given = self.settings()
        self.physical_resource_id = str(self.backend.create_rest_api(given["name"], "").id)
        try:
            self.change()
        except Exception:
            self.remove()
            raise
        return self.physical_resource_id

    def change(self) -> None:
        document, given = self.settings()
        api = self.api
        if document:
            rest_import.replace(self.backend, api, document)
        api.name, api.description = given["name"], given.get("description", "")
        api.binaryMediaTypes = given.get("binaryMediaTypes", [])
        api.tags = given.get("tags", {})
        api.endpoint_configuration = given.get("endpointConfiguration", {"types": ["EDGE"]})

    def settings(self) -> tuple[Document | None, Properties]:
        """An API's own settings, and the document that may describe it."""
        given = {name: value for name, value in self.properties.items() if name not in BODY}
        unknown = sorted(self.properties.get("Parameters", {}).keys() - PARAMETERS)
        if unknown:
            raise ApiError(f"The sandbox does not have the import parameter {unknown[0]}.")
        if "Body" not in self.properties:
            return None, checked("CreateRestApi", given)
        document = openapi.read(self.properties["Body"])
        usual = {"Name": document.title, "BinaryMediaTypes": document.binary_types}
        return document, checked("CreateRestApi", usual | given)

    def remove(self) -> None:
        self.backend.delete_rest_api(self.physical_resource_id)

    def values(self) -> tuple[str, ...]:
        return self.physical_resource_id, str(self.api.root_resource_id)


class Resource(RestResource):
    kind, attributes = "Resource", ("ResourceId",)
    fixed = ("RestApiId", "ParentId", "PathPart")

    def make(self) -> str:
        given = checked("CreateResource", self.properties)
        made = self.backend.create_resource(
            given["restApiId"], given["parentId"], given["pathPart"]
        )
        return str(made.id)

    def change(self) -> None:
        """All that it has makes another one of it."""

    def remove(self) -> None:
        self.api.resources.pop(self.physical_resource_id, None)


class Method(RestResource):
    kind, fixed = "Method", ("RestApiId", "ResourceId", "HttpMethod")
    others = ("Integration", "MethodResponses")  # what its own operation does not take

    def make(self) -> str:
        self.change()
        return "-".join(self.properties[name] for name in self.fixed)

    def change(self) -> None:
        own = {n: v for n, v in self.properties.items() if n not in self.others}
        given = checked("PutMethod", own)
        place = given["restApiId"], given["resourceId"], given["httpMethod"]
        self.backend.put_method(
            *place,
            given.get("authorizationType", "NONE"),
            authorizer_id=given.get("authorizerId"),
            authorization_scopes=given.get("authorizationScopes"),
            operation_name=given.get("operationName"),
        )
        if "Integration" in self.properties:
            self._integrate(place, dict(self.properties["Integration"]))

    def _integrate(self, place: tuple[str, str, str], integration: Properties) -> None:
        responses = integration.pop("IntegrationResponses", [])
        where = dict(zip(("RestApiId", "ResourceId", "HttpMethod"), place, strict=True))
        given = checked("PutIntegration", where | integration)
        self.backend.put_integration(
            *place,
            given["type"],
            given.get("uri", ""),
            given.get("integrationHttpMethod", ""),
            request_templates=given.get("requestTemplates"),
            passthrough_behavior=given.get("passthroughBehavior"),
            timeout_in_millis=given.get("timeoutInMillis"),
        )
        for response in responses:
            told = checked("PutIntegrationResponse", where | response)
            self.backend.put_integration_response(
                *place,
                told["statusCode"],
                told.get("selectionPattern"),
                told.get("responseTemplates") or {},
                told.get("responseParameters") or {},
            )

    def remove(self) -> None:
        resource = self.api.resources.get(self.properties["ResourceId"])
        if resource:
            resource.delete_method(self.properties["HttpMethod"])
