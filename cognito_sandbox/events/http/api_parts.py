"""What belongs to an HTTP API: routes, integrations, authorizers, stages and deployments."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from cognito_sandbox.events.http import api_settings, apis
from cognito_sandbox.events.http.apis import MANAGED, Api, ApiError, Settings

DATES = ("CreatedDate", "LastUpdatedDate")
SHOWN: dict[str, Settings] = {  # what is shown besides what was set
    "Authorizer": {},
    "Deployment": {"DeploymentStatus": "DEPLOYED", "AutoDeployed": False},
    "Integration": {"ConnectionType": "INTERNET", "IntegrationMethod": "POST"},
    "Route": {"ApiKeyRequired": False, "AuthorizationType": "NONE"},
    "Stage": {"DefaultRouteSettings": {"DetailedMetricsEnabled": False}, "RouteSettings": {}},
}


def _kept(kind: str, api: Api) -> dict[str, Settings]:
    if kind == "Stage":
        return api.stages
    if kind == "Deployment":
        return api.deployments
    return cast(dict[str, Settings], getattr(api.current, f"{kind.lower()}s"))


def id_name(kind: str) -> str:
    return "StageName" if kind == "Stage" else f"{kind}Id"


def exists(kind: str, api: Api, given: Settings) -> bool:
    return given[id_name(kind)] in _kept(kind, api)


def find(kind: str, api: Api, given: Settings) -> Settings:
    identifier = given[id_name(kind)]
    found = _kept(kind, api).get(identifier)
    if found is None:
        raise apis.not_found(kind, identifier)
    return found


def listed(kind: str, api: Api) -> list[Settings]:
    return [SHOWN[kind] | each for each in list(_kept(kind, api).values())]


def get(kind: str, api: Api, given: Settings) -> Settings:
    return SHOWN[kind] | find(kind, api, given)


def create(kind: str, api: Api, given: Settings) -> Settings:
    settings = {name: value for name, value in given.items() if name != "ApiId"}
    _check(kind, api, settings)
    identifier = settings.get("StageName") if kind == "Stage" else apis.new_id()
    made = {id_name(kind): identifier, "CreatedDate": datetime.now(UTC)} | settings
    if kind == "Deployment":
        _deploy(api, made)
    if kind == "Stage":
        made["LastUpdatedDate"] = made["CreatedDate"]
    _kept(kind, api)[str(identifier)] = made
    return SHOWN[kind] | made


def _check(kind: str, api: Api, settings: Settings, own: Settings | None = None) -> None:
    known = {n: v for n, v in settings.items() if n not in (id_name(kind), *MANAGED, *DATES)}
    if kind == "Stage":
        known["StageName"] = settings["StageName"]
    api_settings.check(kind, known, api)
    for other in list(_kept(kind, api).values()):
        if other is own:
            continue
        if kind == "Route" and other["RouteKey"] == settings["RouteKey"]:
            text = f"Route with key {settings['RouteKey']} already exists for this API"
            raise ApiError(text, "ConflictException")
        if kind == "Stage" and other["StageName"] == settings["StageName"]:
            raise ApiError("Stage already exists", "ConflictException")


def update(kind: str, api: Api, given: Settings) -> Settings:
    own = find(kind, api, given)
    return put(kind, api, own, own | {k: v for k, v in given.items() if k != "ApiId"})


def put(kind: str, api: Api, own: Settings, settings: Settings) -> Settings:
    """Have these settings in the place of what is there."""
    _check(kind, api, settings, own)
    if kind == "Stage":
        settings = settings | {"LastUpdatedDate": datetime.now(UTC)}
    _kept(kind, api)[own[id_name(kind)]] = settings
    return SHOWN[kind] | settings


def delete(kind: str, api: Api, given: Settings) -> Settings:
    find(kind, api, given)
    identifier = given[id_name(kind)]
    for route in list(api.current.routes.values()):
        target = route.get("Target", "").removeprefix(api_settings.INTEGRATIONS)
        if identifier in (route.get("AuthorizerId"), target):
            text = f"Cannot delete {kind} '{identifier}'. One or more routes use it"
            raise ApiError(text, "ConflictException")
    in_use = [stage.get("DeploymentId") for stage in list(api.stages.values())]
    if kind == "Deployment" and identifier in in_use:
        raise ApiError("Active stages pointing to this deployment must be moved or deleted")
    _kept(kind, api).pop(identifier, None)
    api.deployed.pop(identifier, None)
    return {}


def _deploy(api: Api, deployment: Settings) -> None:
    """Keep what there is now; the stage that is named answers with it from now on."""
    stage = deployment.pop("StageName", None)
    identifier = deployment["DeploymentId"]
    own = find("Stage", api, {"StageName": stage}) if stage else None
    if own and own.get("AutoDeploy"):
        raise ApiError("Deployments cannot be made for a stage that deploys by itself.")
    api.deployed[identifier] = api.current.copy()
    if own:
        api.stages[str(stage)] = own | {"DeploymentId": identifier}


VERBS: dict[str, Callable[[str, Api, Settings], Settings]] = {
    "Create": create,
    "Delete": delete,
    "Get": get,
    "Update": update,
}
