"""APIs that are described by an OpenAPI document with API Gateway's extensions, as SAM writes them.

What a document says beside that of its API's behaviour is refused by name.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from cognito_sandbox.events.http.apis import ApiError

PREFIX = "x-amazon-apigateway-"
ANY, INTEGRATION, AUTHORIZER = (f"{PREFIX}{n}" for n in ("any-method", "integration", "authorizer"))
CORS, BINARY, TAG = (f"{PREFIX}{n}" for n in ("cors", "binary-media-types", "tag-value"))
KNOWN = {ANY, INTEGRATION, AUTHORIZER, CORS, BINARY, TAG, f"{PREFIX}authtype"}
METHODS = {"delete", "get", "head", "options", "patch", "post", "put"}
NOBODY = "NONE"  # what SAM writes where anybody may come in
Node = dict[str, Any]


class Operation(NamedTuple):
    """A method of a path, what it leads to, and whose users it lets in."""

    method: str
    path: str
    integration: Node
    authorizer: str | None
    scopes: list[str]

    @property
    def route_key(self) -> str:
        return self.path if self.path == "$default" else f"{self.method} {self.path}"


class Document(NamedTuple):
    title: str
    operations: list[Operation]
    authorizers: dict[str, Node]  # by the names of their security schemes
    cors: Node | None
    binary_types: list[str]
    tags: dict[str, str]


def read(body: object) -> Document:
    if not isinstance(body, dict) or not isinstance(body.get("paths"), dict):
        raise ApiError("Body is no OpenAPI document: it has no paths.")
    unknown = sorted(set(_extensions(body)) - KNOWN)
    if unknown:
        raise ApiError(f"The sandbox does not have {unknown[0]} in an API's Body.")
    schemes = (body.get("components") or {}).get("securitySchemes") or {}
    schemes = schemes | (body.get("securityDefinitions") or {})
    tags = [tag for tag in body.get("tags") or [] if TAG in tag]
    return Document(
        str((body.get("info") or {}).get("title", "")),
        list(_operations(body)),
        {name: each for name, each in schemes.items() if name != NOBODY},
        body.get(CORS),
        body.get(BINARY) or [],
        {tag["name"]: str(tag[TAG]) for tag in tags},
    )


def _extensions(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (name for name in node if isinstance(name, str) and name.startswith(PREFIX))
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from _extensions(child)


def _operations(body: Node) -> Iterator[Operation]:
    for path, methods in body["paths"].items():
        for name, described in (methods or {}).items():
            if name.lower() not in METHODS and name != ANY:
                continue
            method = "ANY" if name == ANY else name.upper()
            if not isinstance(described.get(INTEGRATION), dict):
                raise ApiError(f"{method} {path} has no {INTEGRATION}.")
            security = described.get("security", body.get("security")) or [{NOBODY: []}]
            asked = {name: scopes for each in security for name, scopes in each.items()}
            asked.pop(NOBODY, None)
            if len(asked) > 1:
                raise ApiError(f"{method} {path} has more than one authorizer.")
            authorizer, scopes = next(iter(asked.items()), (None, []))
            yield Operation(method, path, described[INTEGRATION], authorizer, scopes)
