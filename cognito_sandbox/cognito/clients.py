"""App clients: made and changed."""

from typing import Any

from cognito_sandbox.cognito import pools
from cognito_sandbox.cognito.operations import Request, operation
from cognito_sandbox.store import user_pools as store


def create(settings: dict[str, Any]) -> Any:
    settings = dict(settings)
    return store.new_client(pools.find(settings.pop("UserPoolId")), settings)


def update(client: Any, settings: dict[str, Any]) -> None:
    """Replace the settings: what is not given goes back to its default, but for the name."""
    kept = {"ClientName": client.extended_config["ClientName"]}
    fresh = type(client)(client.user_pool_id, client.generate_secret, kept | settings)
    client.extended_config = fresh.extended_config


@operation
def create_user_pool_client(request: Request) -> dict[str, Any]:
    return {"UserPoolClient": create(request).to_json(extended=True)}


@operation
def update_user_pool_client(request: Request) -> dict[str, Any]:
    settings = dict(request)
    _, client = pools.find_client(settings.pop("ClientId"), settings.pop("UserPoolId"))
    update(client, settings)
    return {"UserPoolClient": client.to_json(extended=True)}
