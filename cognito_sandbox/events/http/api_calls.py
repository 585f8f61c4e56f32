"""API Gateway's own API for HTTP APIs: what is made, shown, changed and deleted there."""

import re
from collections.abc import Callable

from cognito_sandbox.events.http import api_parts, api_settings, apis
from cognito_sandbox.events.http.apis import MANAGED, Api, ApiError, Settings
from cognito_sandbox.store.user_pools import ACCOUNT

PAGE = 100
TAGGED = re.compile(r"arn:aws:apigateway:[\w-]+::/apis/(?P<api>\w+)(/stages/(?P<stage>[^/]+))?")
QUICK = ("RouteKey", "Target")


def answer(operation: str, given: Settings, region: str) -> Settings:
    """What API Gateway answers; an operation that is not here is refused by name."""
    call = CALLS.get(operation)
    if call:
        return call(given, region)
    for kind in api_parts.SHOWN:
        verb, _, rest = operation.partition(kind)
        if verb in api_parts.VERBS and rest == "":
            return api_parts.VERBS[verb](kind, apis.get(given["ApiId"]), given)
        if verb == "Get" and rest == "s":
            return _page(api_parts.listed(kind, apis.get(given["ApiId"])), given)
    raise ApiError(f"The sandbox does not have API Gateway's {operation}.")


def create_api(given: Settings, region: str) -> Settings:
    if given["ProtocolType"] != "HTTP":
        told = f"The sandbox does not have ProtocolType {given['ProtocolType']}, only HTTP."
        raise ApiError(told)
    api_settings.check("Api", given)
    settings = {name: value for name, value in given.items() if name not in QUICK}
    api = Api(region, ACCOUNT, settings)
    if "Target" in given:
        quick_create(api, given["Target"], given.get("RouteKey", "$default"))
    return apis.add(api).described()


def quick_create(api: Api, target: str, route_key: str) -> None:
    """The integration, the route and the stage that API Gateway manages for who names a target."""
    integration = api_parts.create(
        "Integration",
        api,
        MANAGED
        | {
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": target,
            "PayloadFormatVersion": "2.0",
        },
    )
    target = f"integrations/{integration['IntegrationId']}"
    api_parts.create("Route", api, MANAGED | {"RouteKey": route_key, "Target": target})
    api_parts.create("Stage", api, MANAGED | {"StageName": "$default", "AutoDeploy": True})


def _update_api(given: Settings, _: str) -> Settings:
    api = apis.get(given["ApiId"])
    replace_api(api, api.settings | {n: v for n, v in given.items() if n != "ApiId"})
    return api.described()


def replace_api(api: Api, settings: Settings) -> None:
    """Have these settings in the place of the API's."""
    api_settings.check("Api", settings)
    if any(name in settings for name in QUICK):
        _retarget(api, settings)
    api.settings = {name: value for name, value in settings.items() if name not in QUICK}


def _retarget(api: Api, given: Settings) -> None:
    """Change what API Gateway manages."""
    for route in list(api.current.routes.values()):
        if "ApiGatewayManaged" not in route:
            continue
        identifier = route["Target"].removeprefix("integrations/")
        if "Target" in given:
            changed = {"IntegrationId": identifier, "IntegrationUri": given["Target"]}
            api_parts.update("Integration", api, changed)
        if "RouteKey" in given:
            changed = {"RouteId": route["RouteId"], "RouteKey": given["RouteKey"]}
            api_parts.update("Route", api, changed)
        return
    raise ApiError("Target and RouteKey change what was made with a Target only.")


def _get_api(given: Settings, _: str) -> Settings:
    return apis.get(given["ApiId"]).described()


def _get_apis(given: Settings, region: str) -> Settings:
    return _page([api.described() for api in apis.in_region(region)], given)


def _delete_api(given: Settings, _: str) -> Settings:
    apis.delete(given["ApiId"])
    return {}


def _delete_cors(given: Settings, _: str) -> Settings:
    apis.get(given["ApiId"]).settings.pop("CorsConfiguration", None)
    return {}


def _tagged(given: Settings) -> Settings:
    """The settings of the API or the stage that an ARN names."""
    named = TAGGED.fullmatch(given["ResourceArn"])
    if not named:
        raise apis.not_found("resource", given["ResourceArn"])
    api, stage = apis.get(named["api"]), named["stage"]
    return api_parts.find("Stage", api, {"StageName": stage}) if stage else api.settings


def _tag(given: Settings, _: str) -> Settings:
    tagged = _tagged(given)
    tagged["Tags"] = tagged.get("Tags", {}) | given.get("Tags", {})
    return {}


def _untag(given: Settings, _: str) -> Settings:
    tagged, gone = _tagged(given), given["TagKeys"]
    tagged["Tags"] = {k: v for k, v in tagged.get("Tags", {}).items() if k not in gone}
    return {}


def _get_tags(given: Settings, _: str) -> Settings:
    return {"Tags": _tagged(given).get("Tags", {})}


def _page(items: list[Settings], given: Settings) -> Settings:
    try:
        start, size = int(given.get("NextToken") or 0), int(given.get("MaxResults") or PAGE)
    except ValueError:
        raise ApiError("MaxResults and NextToken are numbers here.") from None
    if size < 1 or start < 0:
        raise ApiError("MaxResults is at least 1.")
    end = start + size
    return {"Items": items[start:end]} | ({"NextToken": str(end)} if end < len(items) else {})


CALLS: dict[str, Callable[[Settings, str], Settings]] = {
    "CreateApi": create_api,
    "DeleteApi": _delete_api,
    "DeleteCorsConfiguration": _delete_cors,
    "GetApi": _get_api,
    "GetApis": _get_apis,
    "GetTags": _get_tags,
    "TagResource": _tag,
    "UntagResource": _untag,
    "UpdateApi": _update_api,
}
