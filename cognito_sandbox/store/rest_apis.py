"""moto's REST APIs, as those see them who answer requests: what was deployed to which stage."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from cognito_sandbox.store.user_pools import ACCOUNT


class Authorizer(NamedTuple):
    """Who lets users of some pools in."""

    pool_arns: tuple[str, ...]
    identity_source: str


class Integration(NamedTuple):
    """What a method leads to; a mock answers by itself, with the first that is in `responses`."""

    kind: str
    uri: str
    http_method: str
    milliseconds: int
    templates: Mapping[str, str]
    responses: Mapping[str, "MockResponse"]


class MockResponse(NamedTuple):
    parameters: Mapping[str, str]
    templates: Mapping[str, str]


class Method(NamedTuple):
    authorizer: Authorizer | None
    scopes: tuple[str, ...]
    integration: Integration | None


class Resource(NamedTuple):
    id: str
    path: str
    methods: Mapping[str, Method]


class Stage(NamedTuple):
    """A stage, and the resources of the deployment that it points to."""

    name: str
    deployment_id: str
    variables: Mapping[str, str]
    resources: tuple[Resource, ...]


class RestApi(NamedTuple):
    id: str
    region: str
    account: str
    binary_types: tuple[str, ...]
    stages: Mapping[str, Any]
    deployments: Mapping[str, Any]

    def stage(self, name: str) -> Stage | None:
        stage = self.stages.get(name)
        deployment = self.deployments.get(stage.deployment_id) if stage else None
        if stage is None or deployment is None:
            return None
        return Stage(name, stage.deployment_id, stage.variables, deployment.resources)


def find(identifier: str) -> RestApi | None:
    from moto.apigateway.models import apigateway_backends  # here: it takes its time

    for backend in list(apigateway_backends[ACCOUNT].values()):
        api = backend.apis.get(identifier)
        if api:
            types = tuple(api.binaryMediaTypes)
            return RestApi(api.id, api.region_name, ACCOUNT, types, api.stages, api.deployments)
    return None


def snapshot(api: Any) -> tuple[Resource, ...]:
    """An API's resources as they are now."""
    return tuple(
        Resource(
            each.id,
            each.get_path(),
            {name: _method(api, method) for name, method in each.resource_methods.items()},
        )
        for each in api.resources.values()
    )


def _method(api: Any, method: Any) -> Method:
    made = api.authorizers.get(method.authorizer_id)
    authorizer = None
    if method.authorization_type == "COGNITO_USER_POOLS":
        source = (made and made.identity_source) or "method.request.header.Authorization"
        authorizer = Authorizer(tuple(made.provider_arns or ()) if made else (), source)
    integration = method.method_integration
    scopes = tuple(method.authorization_scopes or ())
    return Method(authorizer, scopes, _integration(integration) if integration else None)


def _integration(made: Any) -> Integration:
    responses = {
        str(status): MockResponse(each.response_parameters or {}, each.response_templates or {})
        for status, each in (made.integration_responses or {}).items()
    }
    milliseconds = int(made.timeout_in_millis or 29_000)
    templates = made.request_templates or {}
    method = made.http_method or ""
    return Integration(
        made.integration_type, made.uri or "", method, milliseconds, templates, responses
    )
