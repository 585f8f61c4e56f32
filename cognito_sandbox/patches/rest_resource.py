"""What the parts of a REST API have in common in CloudFormation: how they change and go."""

from typing import Any, ClassVar

from moto.apigateway.models import APIGatewayBackend, apigateway_backends

from cognito_sandbox.events.http import rest_settings
from cognito_sandbox.patches import properties
from cognito_sandbox.patches.made import Made
from cognito_sandbox.patches.properties import Properties

NEEDS = (
    "moto.apigateway.models:APIGatewayBackend.get_rest_api",
    "moto.apigateway.models:apigateway_backends",
)
SERVICE = "apigateway"


def checked(operation: str, said: Properties) -> Properties:
    """As the API's operation takes them: its names begin with a small letter."""
    given = {name[0].lower() + name[1:]: value for name, value in said.items()}
    if isinstance(given.get("tags"), list):
        given["tags"] = properties.tags(given["tags"])
    given = properties.checked(SERVICE, operation, given)
    rest_settings.check(operation, given)
    return given


class RestResource(Made):
    """What a stack has of a REST API; each kind has a class of its own."""

    fixed: ClassVar[tuple[str, ...]] = ("RestApiId",)  # what makes another one of it, if it changes

    def __init__(self, backend: APIGatewayBackend, said: Properties) -> None:
        self.backend, self.properties = backend, said
        super().__init__(self.make())

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
