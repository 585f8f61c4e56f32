"""HTTP APIs: their routes, integrations, authorizers, stages and deployments. (events contract 8.1)

Everything is kept by the names that API Gateway's own API gives it.
"""

import secrets
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cognito_sandbox.door import addresses

Settings = dict[str, Any]
LETTERS = string.ascii_lowercase + string.digits
MANAGED = {"ApiGatewayManaged": True}


class ApiError(Exception):
    """What API Gateway refuses; `kind` is its name for that."""

    def __init__(self, message: str, kind: str = "BadRequestException") -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


def not_found(what: str, identifier: str) -> ApiError:
    return ApiError(f"Invalid {what} identifier specified {identifier}", "NotFoundException")


def new_id(length: int = 7) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


class Deployed(NamedTuple):
    """What a stage answers with: an API's routes, and what they lead to."""

    routes: dict[str, Settings]
    integrations: dict[str, Settings]
    authorizers: dict[str, Settings]

    def copy(self) -> "Deployed":
        return Deployed(dict(self.routes), dict(self.integrations), dict(self.authorizers))


@dataclass(eq=False)
class Api:
    """An HTTP API. What belongs to it comes and goes while others look: they take a list first."""

    region: str
    account: str
    settings: Settings
    id: str = field(default_factory=lambda: new_id(10))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    current: Deployed = field(default_factory=lambda: Deployed({}, {}, {}))
    stages: dict[str, Settings] = field(default_factory=dict)
    deployments: dict[str, Settings] = field(default_factory=dict)
    deployed: dict[str, Deployed] = field(default_factory=dict)  # by deployment

    @property
    def arn(self) -> str:
        return f"arn:aws:apigateway:{self.region}::/apis/{self.id}"

    def at(self, stage: Settings) -> Deployed | None:
        """What this stage answers with: all there is, or what was deployed to it."""
        if stage.get("AutoDeploy"):
            return self.current
        return self.deployed.get(stage.get("DeploymentId", ""))

    def described(self) -> Settings:
        known = {
            "ApiEndpoint": addresses.url("execute-api", self.id),
            "ApiId": self.id,
            "ApiKeySelectionExpression": "$request.header.x-api-key",
            "CreatedDate": self.created,
            "DisableExecuteApiEndpoint": False,
            "IpAddressType": "ipv4",
            "RouteSelectionExpression": "$request.method $request.path",
            "Tags": {},
        }
        return known | self.settings


_apis: dict[str, Api] = {}


def add(api: Api) -> Api:
    _apis[api.id] = api
    return api


def find(identifier: str) -> Api | None:
    return _apis.get(identifier)


def get(identifier: str) -> Api:
    api = _apis.get(identifier)
    if api is None:
        raise not_found("API", identifier)
    return api


def in_region(region: str) -> list[Api]:
    return [api for api in list(_apis.values()) if api.region == region]


def delete(identifier: str) -> None:
    get(identifier)
    _apis.pop(identifier, None)
