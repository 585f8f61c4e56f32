"""What API Gateway refuses for what an API has already (events contract 8.3)."""

from typing import Any

from moto.apigateway.exceptions import BadRequestException, ConflictException
from moto.apigateway.models import APIGatewayBackend

from cognito_sandbox.store import needs

NEEDS = (
    "moto.apigateway.models:APIGatewayBackend.create_resource",
    "moto.apigateway.models:APIGatewayBackend.delete_resource",
    "moto.apigateway.models:APIGatewayBackend.put_method",
)
NO_AUTHORIZER = (
    "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or "
    "COGNITO_USER_POOLS requires a valid authorizer."
)
BACKEND = APIGatewayBackend
create, delete, put_method = BACKEND.create_resource, BACKEND.delete_resource, BACKEND.put_method


def install() -> None:
    """Put the sandbox's checks before what moto does."""
    needs.check(NEEDS)
    BACKEND.create_resource, BACKEND.delete_resource = _create, _delete
    BACKEND.put_method = _put_method


def _create(backend: APIGatewayBackend, api_id: str, parent_id: str, part: str) -> Any:
    parent = backend.get_resource(api_id, parent_id)
    if str(parent.path_part).endswith("+}"):
        raise BadRequestException(
            f"Cannot create a child of a resource with a greedy path variable: {parent.path_part}"
        )
    others = backend.get_rest_api(api_id).resources.values()
    _check_siblings(part, [each.path_part for each in others if each.parent_id == parent.id])
    return create(backend, api_id, parent_id, part)


def _check_siblings(part: str, siblings: list[str]) -> None:
    if part in siblings:
        raise ConflictException(
            f"Another resource with the same parent already has this name: {part}"
        )
    variables = [each for each in siblings if each.startswith("{")]
    if part.startswith("{") and variables:
        raise BadRequestException(
            f"A sibling ({variables[0]}) of this resource already has a variable path part -- only "
            "one is allowed"
        )


def _delete(backend: APIGatewayBackend, api_id: str, resource_id: str) -> Any:
    if backend.get_resource(api_id, resource_id).parent_id is None:
        raise BadRequestException("The root resource stays for as long as its API does.")
    return delete(backend, api_id, resource_id)


def _put_method(
    backend: APIGatewayBackend,
    api_id: str,
    resource_id: str,
    method: str,
    authorization: str | None,
    needs_key: bool | None = None,
    **more: object,
) -> Any:
    known = backend.get_rest_api(api_id).authorizers
    if authorization == "COGNITO_USER_POOLS" and more.get("authorizer_id") not in known:
        raise BadRequestException(NO_AUTHORIZER)
    return put_method(backend, api_id, resource_id, method, authorization, needs_key, **more)
