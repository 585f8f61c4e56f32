"""Parts of the HTTP APIs by themselves, where others come in between."""

import threading
from typing import Any

import pytest

from cognito_sandbox.events.delivery import Delivery
from cognito_sandbox.events.http import api_parts, calling, http_api
from cognito_sandbox.events.http.apis import Api
from cognito_sandbox.events.http.request import Request


def test_calls_that_were_given_up_hold_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    over = threading.Event()

    def deliver(function_arn: str, *_: object) -> Delivery:
        called.append(function_arn)
        if function_arn == "slow":
            over.wait(30)
        return Delivery(True)

    monkeypatch.setattr(calling, "deliver", deliver)
    for _ in range(65):
        with pytest.raises(calling.TooSlowError):
            calling.run("slow", 3, {}, 1)
    assert calling.run("quick", 3, {}, 2_000).ran
    over.set()
    assert called.count("slow") == 65


class Route(dict[str, Any]):
    """Whenever somebody looks at it, another is made."""

    def __init__(self, api: Api, key: str) -> None:
        super().__init__(RouteKey=key, RouteId=key)
        self._api = api
        api.current.routes[key] = self

    def __getitem__(self, name: str) -> Any:
        Route(self._api, f"GET /{len(self._api.current.routes)}")
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        return self["RouteKey"] and super().get(name, default)

    def __ror__(self, other: dict[str, Any]) -> dict[str, Any]:  # type: ignore[override]
        return other | {"RouteKey": self["RouteKey"]}


@pytest.fixture
def busy() -> Api:
    """An API with two routes, which become more at each look."""
    api = Api("us-east-1", "123456789012", {})
    for key in ("GET /a", "GET /b"):
        Route(api, key)
    return api


def test_routes_may_be_made_while_one_is_chosen(busy: Api) -> None:
    busy.stages["$default"] = {"StageName": "$default", "AutoDeploy": True}
    request = Request("GET", "/b", "", [], b"", "127.0.0.1", "HTTP/1.1", "80")
    assert http_api.answer(busy, request).status == "404 Not Found"


def test_routes_may_be_made_while_they_are_listed(busy: Api) -> None:
    assert len(api_parts.listed("Route", busy)) == 2


def test_routes_may_be_made_while_something_is_deleted(busy: Api) -> None:
    busy.current.integrations["gone"] = {"IntegrationId": "gone"}
    api_parts.delete("Integration", busy, {"IntegrationId": "gone"})
    assert busy.current.integrations == {}
