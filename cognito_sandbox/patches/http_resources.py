"""AWS::ApiGatewayV2 in CloudFormation, which moto lacks."""

from typing import Any, ClassVar

from moto.cloudformation import parsing

from cognito_sandbox.events.http import api_calls, api_import, api_parts, apis, openapi
from cognito_sandbox.events.http.apis import Api, ApiError
from cognito_sandbox.events.http.openapi import Document
from cognito_sandbox.patches.made import Made
from cognito_sandbox.patches.properties import Properties, checked
from cognito_sandbox.store import needs

NEEDS = ("moto.cloudformation.parsing:get_model_map",)
SERVICE, PREFIX = "apigatewayv2", "AWS::ApiGatewayV2::"
BODY = ("Body", "FailOnWarnings")


class HttpApi(Made):
    """AWS::ApiGatewayV2::Api."""

    attributes = ("ApiEndpoint", "ApiId")

    def __init__(self, api: Api) -> None:
        super().__init__(api.id)
        self.api = api

    def values(self) -> tuple[str, ...]:
        return str(self.api.described()["ApiEndpoint"]), self.api.id

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, json: Properties, account: str, region: str, **_: object
    ) -> "HttpApi":
        document, given = cls.settings(json["Properties"])
        api = apis.get(api_calls.create_api(given, region)["ApiId"])
        try:
            cls.import_routes(api, document)
        except ApiError:
            apis.delete(api.id)
            raise
        return cls(api)

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: "HttpApi", cloudformation_json: Properties, **_: object
    ) -> "HttpApi":
        document, given = cls.settings(cloudformation_json["Properties"])
        cls.import_routes(original_resource.api, document)
        api_calls.replace_api(original_resource.api, given)
        return original_resource

    @staticmethod
    def settings(properties: Properties) -> tuple[Document | None, Properties]:
        """An API's own settings, and the document that may describe it."""
        given = {name: value for name, value in properties.items() if name not in BODY}
        if "Body" not in properties:
            return None, checked(SERVICE, "CreateApi", given)
        document = openapi.read(properties["Body"])
        usual = {"ProtocolType": "HTTP"} | api_import.settings(document)
        return document, checked(SERVICE, "CreateApi", usual | given)

    @staticmethod
    def import_routes(api: Api, document: Document | None) -> None:
        if document:
            api.current = api_import.routes(api, document)

    def delete(self, account_id: str, region_name: str) -> None:
        if apis.find(self.api.id):
            apis.delete(self.api.id)


class Part(Made):
    """What belongs to an API: each kind has a class of its own."""

    fixed: ClassVar[tuple[str, ...]] = ("ApiId",)  # what makes another one of it, if it changes

    def __init__(self, api: Api, described: Properties) -> None:
        super().__init__(str(described[api_parts.id_name(self.kind)]))
        self.api, self.fixed_values = api, {n: described.get(n) for n in self.fixed if n != "ApiId"}

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, json: Properties, account: str, region: str, **_: object
    ) -> "Part":
        given = checked(SERVICE, f"Create{cls.kind}", json["Properties"])
        api = apis.get(given["ApiId"])
        made = api_parts.create(cls.kind, api, given)
        return cls(api, {"StageName": given.get("StageName")} | made)

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: "Part", cloudformation_json: Properties, **more: Any
    ) -> "Part":
        given = checked(SERVICE, f"Create{cls.kind}", cloudformation_json["Properties"])
        wanted = {"ApiId": given["ApiId"]} | {n: given.get(n) for n in cls.fixed}
        if wanted != {"ApiId": original_resource.api.id} | original_resource.fixed_values:
            name, account, region = (
                more[each] for each in ("new_resource_name", "account_id", "region_name")
            )
            made = cls.create_from_cloudformation_json(name, cloudformation_json, account, region)
            original_resource.delete(account, region)
            return made
        own = original_resource.settings
        lasting = (api_parts.id_name(cls.kind), "CreatedDate", "DeploymentId")
        kept = {name: own[name] for name in lasting if name in own}
        settings = {name: value for name, value in given.items() if name != "ApiId"}
        api_parts.put(cls.kind, original_resource.api, own, kept | settings)
        return original_resource

    @property
    def settings(self) -> Properties:
        named = {api_parts.id_name(self.kind): self.physical_resource_id}
        return api_parts.find(self.kind, self.api, named)

    def delete(self, account_id: str, region_name: str) -> None:
        named = {api_parts.id_name(self.kind): self.physical_resource_id}
        if apis.find(self.api.id) and api_parts.exists(self.kind, self.api, named):
            api_parts.delete(self.kind, self.api, named)


class Authorizer(Part):
    kind, attributes = "Authorizer", ("AuthorizerId",)


class Deployment(Part):
    kind, attributes = "Deployment", ("DeploymentId",)
    fixed = ("ApiId", "StageName")

    def delete(self, account_id: str, region_name: str) -> None:
        """A stage that points to it has nothing deployed any more."""
        for name, stage in list(self.api.stages.items()):
            if stage.get("DeploymentId") == self.physical_resource_id:
                rest = {key: value for key, value in stage.items() if key != "DeploymentId"}
                self.api.stages[name] = rest
        super().delete(account_id, region_name)


class Integration(Part):
    kind, attributes = "Integration", ("IntegrationId",)


class Route(Part):
    kind, attributes = "Route", ("RouteId",)


class Stage(Part):
    kind, fixed = "Stage", ("ApiId", "StageName")


def install() -> None:
    """Have moto's CloudFormation use these types."""
    needs.check(NEEDS)
    models = parsing.get_model_map()
    models[f"{PREFIX}Api"] = HttpApi
    for part in (Authorizer, Deployment, Integration, Route, Stage):
        models[f"{PREFIX}{part.kind}"] = part
