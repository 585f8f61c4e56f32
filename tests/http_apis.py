"""HTTP APIs and function URLs for tests: made with boto3, asked with plain HTTP."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from harness import Aws, Function

GATEWAY = "apigateway.amazonaws.com"


@dataclass
class Answer:
    """What came back; the headers' names are in lower case, all values of each in a list."""

    status: int
    headers: dict[str, list[str]]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    def header(self, name: str) -> str | None:
        return ", ".join(self.headers[name]) if name in self.headers else None


def ask(
    url: str,
    method: str = "GET",
    headers: dict[str, str] | list[tuple[str, str]] | None = None,
    body: bytes | str = b"",
) -> Answer:
    """Ask without anything that a library would add."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=30)
    target = (address.path or "/") + (f"?{address.query}" if address.query else "")
    given = list(headers.items()) if isinstance(headers, dict) else headers or []
    names = {name.lower() for name, _ in given}
    connection.putrequest(method, target, skip_host="host" in names, skip_accept_encoding=True)
    sent = body.encode() if isinstance(body, str) else body
    if sent:
        given = [*given, ("Content-Length", str(len(sent)))]
    for name, value in given:
        connection.putheader(name, value)
    connection.endheaders(sent)
    response = connection.getresponse()
    found: dict[str, list[str]] = {}
    for name, value in response.getheaders():
        found.setdefault(name.lower(), []).append(value)
    answer = Answer(response.status, found, response.read())
    connection.close()
    return answer


class HttpApi:
    """An HTTP API with a default stage that deploys by itself."""

    def __init__(self, aws: Aws, **settings: Any) -> None:
        self.aws, self.api = aws, aws.client("apigatewayv2")
        made = self.api.create_api(Name="api", ProtocolType="HTTP", **settings)
        self.id, self.endpoint = made["ApiId"], made["ApiEndpoint"]
        if "Target" not in settings:
            self.api.create_stage(ApiId=self.id, StageName="$default", AutoDeploy=True)

    def integrate(self, function: Function, payload: str = "2.0", **settings: Any) -> str:
        made = self.api.create_integration(
            ApiId=self.id,
            IntegrationType="AWS_PROXY",
            IntegrationUri=function.arn,
            PayloadFormatVersion=payload,
            **settings,
        )
        return f"integrations/{made['IntegrationId']}"

    def route(self, key: str, function: Function, payload: str = "2.0", **settings: Any) -> str:
        """Lead a route to a function, and let it."""
        function.allow(GATEWAY, SourceArn=f"arn:aws:execute-api:us-east-1:123456789012:{self.id}/*")
        target = self.integrate(function, payload)
        made = self.api.create_route(ApiId=self.id, RouteKey=key, Target=target, **settings)
        return str(made["RouteId"])

    def ask(self, path: str = "/", method: str = "GET", **more: Any) -> Answer:
        return ask(self.endpoint + path, method, **more)


class RestApi:
    """A REST API; what is put into it is there once it is deployed."""

    def __init__(self, aws: Aws, **settings: Any) -> None:
        self.aws, self.api = aws, aws.client("apigateway")
        self.id = self.api.create_rest_api(name="api", **settings)["id"]
        (root,) = self.api.get_resources(restApiId=self.id)["items"]
        self.resources = {"/": root["id"]}

    def resource(self, path: str) -> str:
        """The identifier of a path's resource, which is made where it is missing."""
        if path not in self.resources:
            parent, _, part = path.rpartition("/")
            made = self.api.create_resource(
                restApiId=self.id, parentId=self.resource(parent or "/"), pathPart=part
            )
            self.resources[path] = made["id"]
        return str(self.resources[path])

    def method(self, key: str, function: Function, verb: str = "POST", **settings: Any) -> None:
        """Lead a method to a function, and let it."""
        function.allow(GATEWAY, SourceArn=f"arn:aws:execute-api:us-east-1:123456789012:{self.id}/*")
        self.put(key, uri(function), verb, **settings)

    def put(self, key: str, uri: str, verb: str = "POST", **settings: Any) -> None:
        place = self.declare(key, **settings)
        self.api.put_integration(**place, type="AWS_PROXY", integrationHttpMethod=verb, uri=uri)

    def declare(self, key: str, **settings: Any) -> dict[str, str]:
        """A method that leads nowhere yet; its place, as the API names it."""
        method, _, path = key.partition(" ")
        place = {"restApiId": self.id, "resourceId": self.resource(path), "httpMethod": method}
        self.api.put_method(**{"authorizationType": "NONE"} | settings, **place)
        return place

    def deploy(self, stage: str = "test") -> str:
        return str(self.api.create_deployment(restApiId=self.id, stageName=stage)["id"])

    def ask(self, path: str = "/", method: str = "GET", **more: Any) -> Answer:
        return ask(f"{self.aws.endpoint}/_aws/execute-api/{self.id}{path}", method, **more)


def uri(function: Function) -> str:
    path = f"lambda:path/2015-03-31/functions/{function.arn}/invocations"
    return f"arn:aws:apigateway:us-east-1:{path}"


def returning(aws: Aws, expression: str) -> Function:
    """A function that returns what the expression gives."""
    source = f"import json\ndef handler(event, context):\n    return {expression}\n"
    return aws.function(source, permission=False)
