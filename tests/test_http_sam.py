"""SAM's HttpApi and Api events, and APIs that are described by an OpenAPI document."""

from collections.abc import Iterator
from typing import Any

import pytest
from harness import AGREED, PASSWORD, Aws, Pool
from http_apis import ask
from test_http_stacks import Stack, guarded

SAM = "AWS::Serverless-2016-10-31"
HTTP_CODE = "def handler(event, context):\n    return event['routeKey']\n"
REST_CODE = "def handler(event, context):\n    return {'body': event['resource']}\n"


@pytest.fixture
def stack(aws: Aws) -> Iterator[Stack]:
    pytest.importorskip("samtranslator")
    stack = Stack(aws)
    stack.known = {name: guarded()[name] for name in ("Pool", "App")}
    yield stack
    stack.api.delete_stack(StackName=stack.name)


def function(code: str, **events: Any) -> dict[str, Any]:
    properties = {
        "InlineCode": code,
        "Handler": "index.handler",
        "Runtime": "python3.11",
        "Events": events,
    }
    return {"Type": "AWS::Serverless::Function", "Properties": properties}


def event(kind: str, path: str, method: str = "GET", **more: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": {"Path": path, "Method": method, **more}}


def token(aws: Aws, made: dict[str, str]) -> str:
    pool = Pool(aws, made["Pool"], "", made["App"])
    pool.add()
    return str(pool.sign_in(password=PASSWORD)["AuthenticationResult"]["IdToken"])


USERS = {"Pool": {"Ref": "Pool"}, "App": {"Ref": "App"}}


def test_an_implicit_http_api(stack: Stack) -> None:
    stack.resources["Function"] = function(
        HTTP_CODE,
        Get=event("HttpApi", "/items/{id}"),
        Any=event("HttpApi", "/any", "ANY"),
    )
    stack.outputs = {"Endpoint": {"Fn::GetAtt": ["ServerlessHttpApi", "ApiEndpoint"]}}
    endpoint = stack.create(transform=SAM)["Endpoint"]
    assert ask(f"{endpoint}/items/5").content == b"GET /items/{id}"
    assert ask(f"{endpoint}/any", "PUT").content == b"ANY /any"
    assert ask(f"{endpoint}/other").status == 404


def test_an_http_api_with_a_jwt_authorizer(aws: Aws, stack: Stack) -> None:
    issuer = "https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}"
    users = {
        "IdentitySource": "$request.header.Authorization",
        "JwtConfiguration": {"issuer": {"Fn::Sub": issuer}, "audience": [{"Ref": "App"}]},
    }
    properties = {
        "Auth": {"DefaultAuthorizer": "Users", "Authorizers": {"Users": users}},
        "CorsConfiguration": {"AllowOrigins": ["https://a.example"]},
    }
    api: dict[str, Any] = {"ApiId": {"Ref": "Api"}}
    stack.resources = {
        "Api": {"Type": "AWS::Serverless::HttpApi", "Properties": properties},
        "Function": function(
            HTTP_CODE,
            Get=event("HttpApi", "/{id}", **api),
            Root=event("HttpApi", "/", **api, Auth={"Authorizer": "NONE"}),
        ),
    }
    stack.outputs = USERS | {"Endpoint": {"Fn::GetAtt": ["Api", "ApiEndpoint"]}}
    made = stack.create(transform=SAM)
    page = {"Origin": "https://a.example"}
    answer = ask(f"{made['Endpoint']}/", headers=page)
    assert answer.content == b"GET /"
    assert answer.header("access-control-allow-origin") == page["Origin"]
    assert ask(f"{made['Endpoint']}/5").status == 401
    headers = {"Authorization": token(aws, made)}
    assert ask(f"{made['Endpoint']}/5", headers=headers).content == b"GET /{id}"


def test_a_rest_api_with_a_user_pool_and_cors(aws: Aws, stack: Stack) -> None:
    properties = {
        "StageName": "prod",
        "Cors": "'https://a.example'",
        "Auth": {
            "DefaultAuthorizer": "Users",
            "AddDefaultAuthorizerToCorsPreflight": False,
            "Authorizers": {"Users": {"UserPoolArn": {"Fn::GetAtt": ["Pool", "Arn"]}}},
        },
    }
    stack.resources = {
        "Api": {"Type": "AWS::Serverless::Api", "Properties": properties},
        "Function": function(REST_CODE, Get=event("Api", "/items/{id}", RestApiId={"Ref": "Api"})),
    }
    stack.outputs = USERS | {"Api": {"Ref": "Api"}}
    made = stack.create(transform=SAM)
    address = f"{aws.endpoint}/_aws/execute-api/{made['Api']}/prod/items/5"
    assert ask(address).status == 401
    headers = {"Authorization": token(aws, made)}
    assert ask(address, headers=headers).content == b"/items/{id}"
    preflight = ask(address, "OPTIONS")
    assert (preflight.status, preflight.header("access-control-allow-origin")) == (
        200,
        "https://a.example",
    )


def test_an_implicit_rest_api_changes_with_its_template(aws: Aws, stack: Stack) -> None:
    stack.resources["Function"] = function(REST_CODE, Get=event("Api", "/one"))
    stack.outputs = {"Api": {"Ref": "ServerlessRestApi"}}
    before = stack.create(transform=SAM)
    stack.resources["Function"] = function(REST_CODE, Get=event("Api", "/two"))
    assert stack.update(transform=SAM) == before
    address = f"{aws.endpoint}/_aws/execute-api/{before['Api']}/Prod"
    assert ask(f"{address}/two").content == b"/two"
    assert ask(f"{address}/one").status == 403


def test_a_functions_url(stack: Stack) -> None:
    made = function(HTTP_CODE)
    made["Properties"]["FunctionUrlConfig"] = {"AuthType": "NONE"}
    stack.resources["Function"] = made
    stack.outputs = {"Url": {"Fn::GetAtt": ["FunctionUrl", "FunctionUrl"]}}
    assert ask(stack.create(transform=SAM)["Url"]).content == b"$default"


@pytest.mark.parametrize("kind", ["AWS::ApiGatewayV2::Api", "AWS::ApiGateway::RestApi"])
def test_what_a_document_says_besides_is_refused_by_name(stack: Stack, kind: str) -> None:
    body = {"paths": {}, "x-amazon-apigateway-policy": {}, "info": {"title": "a"}}
    stack.resources["Api"] = {"Type": kind, "Properties": {"Body": body}}
    stack.api.create_stack(StackName=stack.name, Capabilities=AGREED, TemplateBody=stack.template())
    assert any("x-amazon-apigateway-policy" in each for each in stack.reasons())
