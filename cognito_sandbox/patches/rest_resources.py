"""AWS::ApiGateway in CloudFormation: moto makes some of it, and changes and removes nothing."""

from typing import Any, ClassVar

from moto.apigateway.models import APIGatewayBackend, apigateway_backends
from moto.cloudformation import parsing

from cognito_sandbox.events.http import openapi, rest_settings
from cognito_sandbox.events.http.apis import ApiError
from cognito_sandbox.events.http.openapi import Document
from cognito_sandbox.patches import rest_import
from cognito_sandbox.store import needs, rest_json

NEEDS = (
    "moto.apigateway.models:APIGatewayBackend.create_deployment",
    "moto.apigateway.models:APIGatewayBackend.create_resource",
    "moto.apigateway.models:APIGatewayBackend.create_stage",
    "moto.apigateway.models:APIGatewayBackend.put_integration",
    "moto.apigateway.models:APIGatewayBackend.put_integration_response",
    "moto.apigateway.models:APIGatewayBackend.put_method",
    "moto.apigateway.models:apigateway_backends",
    "moto.cloudformation.parsing:get_model_map",
)
SERVICE, PREFIX = "apigateway", "AWS::ApiGateway::"
PARAMETERS = {"endpointConfigurationTypes"}
BODY = ("Body", "FailOnWarnings", "Parameters")
Properties = dict[str, Any]  # of a resource in a template


def checked(operation: str, properties: Properties) -> Properties:
    """As the API's operation takes them: its names begin with a small letter."""
    given = {name[0].lower() + name[1:]: value for name, value in properties.items()}
    if isinstance(given.get("tags"), list):
        given["tags"] = {tag["Key"]: tag["Value"] for tag in given["tags"]}
    given = rest_json.typed(SERVICE, operation, given)
    try:
        rest_json.check(SERVICE, operation, given)
    except rest_json.UnreadableError as error:
        raise ApiError(str(error)) from None
    rest_settings.check(operation, given)
    return given


class RestResource:
    """What a stack has of a REST API; each kind has a class of its own."""

    kind: ClassVar[str]
    fixed: ClassVar[tuple[str, ...]] = ("RestApiId",)  # what makes another one of it, if it changes

    def __init__(self, backend: APIGatewayBackend, properties: Properties) -> None:
        self.backend, self.properties = backend, properties
        self.physical_resource_id = self.make()

    @property
    def api(self) -> Any:
        return self.backend.get_rest_api(self.properties["RestApiId"])

    def make(self) -> str:
        """Make it, and tell its identifier."""
        raise NotImplementedError

    def change(self) -> None:
        """Make it what the properties say."""
        raise NotImplementedError

    def remove(self) -> None:
        """Remove it from its API."""
        raise NotImplementedError

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, json: Properties, account: str, region: str, **_: object
    ) -> "RestResource":
        return cls(apigateway_backends[account][region], json["Properties"])

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: "RestResource", cloudformation_json: Properties, **more: Any
    ) -> "RestResource":
        old, new = original_resource.properties, cloudformation_json["Properties"]
        if any(old.get(name) != new.get(name) for name in cls.fixed):
            made = cls(original_resource.backend, new)
            original_resource.delete(more["account_id"], more["region_name"])
            return made
        original_resource.properties = new
        try:
            original_resource.change()
        except Exception:
            original_resource.properties = old
            raise
        return original_resource

    def delete(self, account_id: str, region_name: str) -> None:
        if self.properties.get("RestApiId", self.physical_resource_id) in self.backend.apis:
            self.remove()

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr == f"{cls.kind}Id"

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return self.physical_resource_id

    def is_created(self) -> bool:
        return True


class RestApi(RestResource):
    kind, fixed = "RestApi", ()

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

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in ("RestApiId", "RootResourceId")

    def get_cfn_attribute(self, attribute_name: str) -> str:
        root = attribute_name == "RootResourceId"
        return str(self.api.root_resource_id if root else self.physical_resource_id)


class Resource(RestResource):
    kind, fixed = "Resource", ("RestApiId", "ParentId", "PathPart")

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

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return False


class Deployment(RestResource):
    kind = "Deployment"

    def make(self) -> str:
        given = checked("CreateDeployment", self.properties)
        made = self.backend.create_deployment(
            given["restApiId"], given.get("stageName"), given.get("description", "")
        )
        return str(made.id)

    def change(self) -> None:
        given = checked("CreateDeployment", self.properties)
        self.api.deployments[self.physical_resource_id].description = given.get("description", "")

    def remove(self) -> None:
        api, own = self.api, self.physical_resource_id
        api.deployments.pop(own, None)
        for name in [name for name, each in api.stages.items() if each.deployment_id == own]:
            del api.stages[name]

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr == "DeploymentId"


class Stage(RestResource):
    kind, fixed = "Stage", ("RestApiId", "StageName")

    def make(self) -> str:
        given = checked("CreateStage", self.properties)
        self.backend.create_stage(
            given["restApiId"],
            given["stageName"],
            given["deploymentId"],
            given.get("variables"),
            given.get("description", ""),
            tags=given.get("tags"),
        )
        return str(given["stageName"])

    def change(self) -> None:
        given = checked("CreateStage", self.properties)
        stage = self.api.stages[self.physical_resource_id]
        stage.deployment_id, stage.tags = given["deploymentId"], given.get("tags")
        stage.variables = given.get("variables") or {}
        stage.description = given.get("description", "")

    def remove(self) -> None:
        self.api.stages.pop(self.physical_resource_id, None)

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return False


class Authorizer(RestResource):
    kind = "Authorizer"

    def make(self) -> str:
        given = checked("CreateAuthorizer", self.properties)
        made = self.backend.create_authorizer(
            given["restApiId"],
            given["name"],
            given["type"],
            provider_arns=given["providerARNs"],
            identity_source=given.get("identitySource"),
            authorizer_result_ttl=300,
        )
        return str(made.id)

    def change(self) -> None:
        given = checked("CreateAuthorizer", self.properties)
        authorizer = self.api.authorizers[self.physical_resource_id]
        authorizer.name, authorizer.provider_arns = given["name"], given["providerARNs"]
        authorizer.identity_source = given.get("identitySource")

    def remove(self) -> None:
        self.api.authorizers.pop(self.physical_resource_id, None)


def install() -> None:
    """Have moto's CloudFormation use these types."""
    needs.check((*NEEDS, *rest_import.NEEDS))
    models = parsing.get_model_map()
    for resource in (Authorizer, Deployment, Method, Resource, RestApi, Stage):
        models[f"{PREFIX}{resource.kind}"] = resource
