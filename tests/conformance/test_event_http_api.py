"""HTTP APIs: routes, stages, payloads, answers, CORS (events contract 8.1)."""

import base64
import json
import re
import time
from typing import Any

import pytest
from harness import Aws, refused
from http_apis import GATEWAY, HttpApi, returning

FAILED = b'{"message":"Internal Server Error"}'
ADDED = {"x-forwarded-for", "x-forwarded-port", "x-forwarded-proto", "x-amzn-trace-id"}


def event_of(aws: Aws, key: str, path: str, payload: str = "2.0", **more: Any) -> Any:
    api = HttpApi(aws)
    body = "{'statusCode': 200, 'body': json.dumps(event)}"
    api.route(key, returning(aws, body), payload)
    return api.ask(path, **more).json


def test_the_event_of_payload_2_is_the_documented_one(aws: Aws) -> None:
    event = event_of(
        aws,
        "POST /{proxy+}",
        "/my/path?parameter1=value1&parameter1=value2&parameter2=value",
        method="POST",
        headers=[
            ("Header1", "value1"),
            ("Header2", "value1"),
            ("Header2", "value2"),
            ("Cookie", "cookie1=a; cookie2=b"),
            ("User-Agent", "agent"),
            ("Content-Type", "text/plain"),
        ],
        body="Hello",
    )
    headers, context = event.pop("headers"), event.pop("requestContext")
    assert list(context) == sorted(context)
    assert event == {
        "version": "2.0",
        "routeKey": "POST /{proxy+}",
        "rawPath": "/my/path",
        "rawQueryString": "parameter1=value1&parameter1=value2&parameter2=value",
        "cookies": ["cookie1=a", "cookie2=b"],
        "queryStringParameters": {"parameter1": "value1,value2", "parameter2": "value"},
        "pathParameters": {"proxy": "my/path"},
        "body": "Hello",
        "isBase64Encoded": False,
    }
    assert set(headers) >= ADDED
    assert {name: value for name, value in headers.items() if name not in ADDED | {"host"}} == {
        "header1": "value1",
        "header2": "value1,value2",
        "user-agent": "agent",
        "content-type": "text/plain",
        "content-length": "5",
    }
    api_id = context["apiId"]
    assert re.fullmatch(r"[\w-]{15}=", context.pop("requestId"))
    assert re.fullmatch(r"\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000", context.pop("time"))
    assert abs(context.pop("timeEpoch") / 1000 - aws.now()) < 60
    assert context == {
        "accountId": "123456789012",
        "apiId": api_id,
        "domainName": f"{api_id}.execute-api.us-east-1.amazonaws.com",
        "domainPrefix": api_id,
        "http": {
            "method": "POST",
            "path": "/my/path",
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": "agent",
        },
        "routeKey": "POST /{proxy+}",
        "stage": "$default",
    }


def test_the_event_of_payload_1_is_the_documented_one(aws: Aws) -> None:
    event = event_of(
        aws,
        "GET /my/{what}",
        "/my/path?a=1&a=2",
        "1.0",
        headers=[("Header1", "value1"), ("Header1", "value2"), ("User-Agent", "agent")],
    )
    headers, context = event.pop("headers"), event.pop("requestContext")
    multiple, identity = event.pop("multiValueHeaders"), context.pop("identity")
    assert event == {
        "version": "1.0",
        "resource": "/my/{what}",
        "path": "/my/path",
        "httpMethod": "GET",
        "queryStringParameters": {"a": "2"},
        "multiValueQueryStringParameters": {"a": ["1", "2"]},
        "pathParameters": {"what": "path"},
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }
    assert (headers["Header1"], multiple["Header1"]) == ("value2", ["value1", "value2"])
    assert identity.pop("sourceIp") == "127.0.0.1"
    assert identity.pop("userAgent") == "agent"
    assert len(identity) == 10
    assert set(identity.values()) == {None}
    for name in ("requestId", "extendedRequestId", "requestTime", "requestTimeEpoch"):
        assert context.pop(name)
    api_id = context["apiId"]
    assert context == {
        "accountId": "123456789012",
        "apiId": api_id,
        "authorizer": {"claims": None, "scopes": None},
        "domainName": f"{api_id}.execute-api.us-east-1.amazonaws.com",
        "domainPrefix": api_id,
        "httpMethod": "GET",
        "path": "/my/path",
        "protocol": "HTTP/1.1",
        "resourceId": "GET /my/{what}",
        "resourcePath": "/my/{what}",
        "stage": "$default",
    }


def test_what_is_empty_is_absent(aws: Aws) -> None:
    event = event_of(aws, "$default", "/")
    assert set(event) == {
        *("version", "routeKey", "rawPath", "rawQueryString", "headers"),
        *("requestContext", "isBase64Encoded"),
    }


def test_a_body_that_is_no_text_comes_in_base64(aws: Aws) -> None:
    kind = {"Content-Type": "application/octet-stream"}
    event = event_of(aws, "$default", "/", method="PUT", headers=kind, body=b"\xff\x00")
    assert (event["isBase64Encoded"], base64.b64decode(event["body"])) == (True, b"\xff\x00")


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("GET", "/pets/dog/1", "GET /pets/dog/1"),
        ("GET", "/pets/dog/2", "GET /pets/dog/{id}"),
        ("GET", "/pets/cat/1", "GET /pets/{proxy+}"),
        ("POST", "/test/5", "ANY /{proxy+}"),
        ("GET", "/", "$default"),
        ("PATCH", "/any", "PATCH /any"),
        ("PUT", "/any", "ANY /any"),
    ],
)
def test_the_route_that_says_most_is_taken(
    routes: HttpApi, method: str, path: str, key: str
) -> None:
    assert routes.ask(path, method).content.decode() == key


@pytest.fixture(scope="module")
def routes(aws: Aws) -> HttpApi:
    api, function = HttpApi(aws), returning(aws, "event['routeKey']")
    function.allow(GATEWAY)
    target = api.integrate(function)
    for key in (
        *("ANY /{proxy+}", "GET /pets/{proxy+}", "GET /pets/dog/{id}", "GET /pets/dog/1"),
        *("$default", "ANY /any", "PATCH /any"),
    ):
        api.api.create_route(ApiId=api.id, RouteKey=key, Target=target)
    return api


def test_an_unknown_route_is_refused(aws: Aws) -> None:
    api = HttpApi(aws)
    api.route("GET /items", returning(aws, "'here'"))
    assert api.ask("/items").content == b"here"
    assert api.ask("/items", "POST").status >= 400
    assert api.ask("/other").status >= 400


@pytest.mark.parametrize(
    ("result", "status", "kind", "content"),
    [
        ("{'a': 1}", 200, "application/json", b'{"a":1}'),
        ("[1, 'two']", 200, "application/json", b'[1,"two"]'),
        ("{'statusCode': 201, 'body': 'made'}", 201, None, b"made"),
        ("{'statusCode': '404'}", 404, None, b""),
        (
            "{'statusCode': 200, 'headers': {'Content-Type': 'text/html'}, 'body': '<p>'}",
            *(200, "text/html", b"<p>"),
        ),
        ("{'statusCode': 200, 'body': '/w==', 'isBase64Encoded': True}", 200, None, b"\xff"),
        ("{'statusCode': 'no'}", 500, "application/json", FAILED),
        ("{'statusCode': '000'}", 500, "application/json", FAILED),
        ("{'statusCode': 101}", 500, "application/json", FAILED),
        ("{'statusCode': 200, 'body': {}}", 500, "application/json", FAILED),
        (
            "{'statusCode': 200, 'body': 'é', 'isBase64Encoded': True}",
            *(500, "application/json", FAILED),
        ),
        ("{'statusCode': 200, 'cookies': 'a=1'}", 500, "application/json", FAILED),
        ("{'statusCode': 200, 'cookies': 5}", 500, "application/json", FAILED),
        ("1 / 0", 500, "application/json", FAILED),
    ],
)
def test_what_a_function_returns_is_the_answer(
    aws: Aws, result: str, status: int, kind: str | None, content: bytes
) -> None:
    api = HttpApi(aws)
    api.route("$default", returning(aws, result))
    answer = api.ask()
    assert (answer.status, answer.content) == (status, content)
    assert kind is None or answer.header("content-type") == kind


def test_each_cookie_has_a_header_of_its_own(aws: Aws) -> None:
    api = HttpApi(aws)
    api.route("$default", returning(aws, "{'statusCode': 204, 'cookies': ['a=1', 'b=2; Secure']}"))
    assert api.ask().headers["set-cookie"] == ["a=1", "b=2; Secure"]


def test_payload_1_needs_the_whole_form(aws: Aws) -> None:
    api = HttpApi(aws)
    api.route("GET /short", returning(aws, "{'a': 1}"), "1.0")
    both = "{'statusCode': 200, 'multiValueHeaders': {'X-A': ['1', '2']}, 'body': ''}"
    api.route("GET /whole", returning(aws, both), "1.0")
    assert api.ask("/short").content == FAILED
    assert api.ask("/whole").headers["x-a"] == ["1", "2"]


def test_without_a_permission_the_function_is_not_called(aws: Aws) -> None:
    function = returning(aws, "'called'")
    api = HttpApi(aws, Target=function.arn)
    answer = api.ask()
    assert (answer.status, answer.content) == (500, FAILED)
    assert "AddPermission" in str(answer.header("x-sandbox-reason"))
    function.allow(
        GATEWAY, SourceArn=f"arn:aws:execute-api:us-east-1:123456789012:{api.id}/*/$default"
    )
    assert api.ask().content == b"called"


@pytest.mark.parametrize(
    ("pattern", "status"),
    [
        ("*/*/items/*", 200),
        ("*/GET/items/{id}", 200),
        ("$default/GET/items/*", 200),
        ("*/POST/items/*", 500),
        ("other/GET/items/*", 500),
    ],
)
def test_a_permission_names_stage_method_and_path(aws: Aws, pattern: str, status: int) -> None:
    api, function = HttpApi(aws), returning(aws, "'called'")
    arn = f"arn:aws:execute-api:us-east-1:123456789012:{api.id}/{pattern}"
    function.allow(GATEWAY, SourceArn=arn)
    target = api.integrate(function)
    api.api.create_route(ApiId=api.id, RouteKey="GET /items/{id}", Target=target)
    assert api.ask("/items/5").status == status


def test_a_named_stage_is_in_the_path_and_has_its_variables(aws: Aws) -> None:
    api = HttpApi(aws)
    body = "{'path': event['rawPath'], 'variables': event.get('stageVariables')}"
    api.route("GET /items", returning(aws, body))
    api.api.create_stage(
        ApiId=api.id, StageName="test", AutoDeploy=True, StageVariables={"table": "t"}
    )
    assert api.ask("/test/items").json == {"path": "/test/items", "variables": {"table": "t"}}
    assert api.ask("/items").json == {"path": "/items", "variables": None}


def test_a_stage_without_auto_deploy_answers_with_what_was_deployed(aws: Aws) -> None:
    api = HttpApi(aws)
    api.api.create_stage(ApiId=api.id, StageName="prod")
    api.route("GET /one", returning(aws, "'one'"))
    assert api.ask("/prod/one").status >= 400
    api.api.create_deployment(ApiId=api.id, StageName="prod")
    route = api.route("GET /two", returning(aws, "'two'"))
    assert api.ask("/prod/one").status == 200
    assert api.ask("/prod/two").status >= 400
    assert api.ask("/two").status == 200
    api.api.delete_route(ApiId=api.id, RouteId=route)
    assert api.ask("/two").status >= 400


def test_who_names_a_target_gets_route_integration_and_stage(aws: Aws) -> None:
    function = returning(aws, "event['version']")
    function.allow(GATEWAY)
    api = HttpApi(aws, Target=function.arn, RouteKey="GET /hello")
    assert api.ask("/hello").content == b"2.0"
    (stage,) = api.api.get_stages(ApiId=api.id)["Items"]
    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
    other = returning(aws, "'other'")
    other.allow(GATEWAY)
    api.api.update_api(ApiId=api.id, Target=other.arn)
    assert api.ask("/hello").content == b"other"
    api.api.delete_api(ApiId=api.id)
    assert api.ask("/hello").status >= 400
    with refused("NotFoundException"):
        api.api.get_api(ApiId=api.id)


CORS = {"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET"], "MaxAge": 10}
PREFLIGHT = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}


def test_preflights_are_answered_without_a_route(aws: Aws) -> None:
    api = HttpApi(aws, CorsConfiguration=CORS | {"AllowHeaders": ["authorization"]})
    answer = api.ask("/any", "OPTIONS", headers=PREFLIGHT)
    allowed = {
        name: value
        for name, (value,) in answer.headers.items()
        if name.startswith("access-control-")
    }
    assert answer.status == 204
    assert allowed == {
        "access-control-allow-origin": "https://a.example",
        "access-control-allow-methods": "GET",
        "access-control-allow-headers": "authorization",
        "access-control-max-age": "10",
    }
    other = api.ask("/any", "OPTIONS", headers=PREFLIGHT | {"Origin": "https://b.example"})
    assert other.header("access-control-allow-origin") is None


def test_the_functions_cors_headers_are_ignored_where_the_api_has_cors(aws: Aws) -> None:
    result = "{'statusCode': 200, 'headers': {'Access-Control-Allow-Origin': 'https://mine'}}"
    function = returning(aws, result)
    with_cors, without = HttpApi(aws, CorsConfiguration=CORS), HttpApi(aws)
    for api in (with_cors, without):
        api.route("$default", function)
    page = {"Origin": "https://a.example"}
    asked = with_cors.ask(headers=page).header("access-control-allow-origin")
    assert asked == "https://a.example"
    assert with_cors.ask().header("access-control-allow-origin") is None
    assert without.ask(headers=page).headers["access-control-allow-origin"] == ["https://mine"]


def test_an_integration_has_a_time_limit(aws: Aws) -> None:
    source = "import time\ndef handler(event, context):\n    time.sleep(2)\n"
    api, function = HttpApi(aws), aws.function(source, permission=False)
    function.allow(GATEWAY)
    target = api.integrate(function, TimeoutInMillis=50)
    api.api.create_route(ApiId=api.id, RouteKey="$default", Target=target)
    started = time.monotonic()
    assert api.ask().status >= 500
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize(
    ("operation", "settings", "named"),
    [
        ("create_api", {"ProtocolType": "WEBSOCKET"}, "WEBSOCKET"),
        ("create_api", {"ProtocolType": "HTTP", "DisableExecuteApiEndpoint": True}, "Disable"),
        ("create_vpc_link", {"SubnetIds": ["a"]}, "CreateVpcLink"),
        ("create_domain_name", {"DomainName": "a.example"}, "CreateDomainName"),
    ],
)
def test_what_is_not_here_is_refused_by_name(
    aws: Aws, operation: str, settings: dict[str, Any], named: str
) -> None:
    name = {} if "DomainName" in settings else {"Name": "any"}
    with pytest.raises(Exception, match=rf"BadRequestException.*{named}"):
        getattr(aws.client("apigatewayv2"), operation)(**name, **settings)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (
            {
                "IntegrationMethod": "GET",
                "IntegrationType": "HTTP_PROXY",
                "IntegrationUri": "http://a",
            },
            "HTTP_PROXY",
        ),
        ({"IntegrationSubtype": "SQS-SendMessage"}, "IntegrationSubtype"),
        ({"ConnectionType": "VPC_LINK"}, "VPC_LINK"),
        ({"RequestParameters": {"overwrite:path": "/"}}, "RequestParameters"),
        ({"CredentialsArn": "arn:aws:iam::123456789012:role/a"}, "CredentialsArn"),
        ({"PayloadFormatVersion": None}, "PayloadFormatVersion is a required parameter"),
        ({"PayloadFormatVersion": "3.0"}, "PayloadFormatVersion 3.0 is none"),
        ({"IntegrationMethod": "GET"}, "IntegrationMethod GET: functions are invoked by POST"),
        ({"RequestTemplates": {"a": "b"}}, "RequestTemplates: only WebSocket APIs have it"),
    ],
)
def test_integrations_that_are_not_here_are_refused_by_name(
    aws: Aws, settings: dict[str, Any], named: str
) -> None:
    usual = {
        "IntegrationType": "AWS_PROXY",
        "PayloadFormatVersion": "2.0",
        "IntegrationUri": "arn:aws:lambda:us-east-1:123456789012:function:a",
    }
    given = {name: value for name, value in (usual | settings).items() if value is not None}
    with pytest.raises(Exception, match=rf"BadRequestException.*{named}"):
        aws.client("apigatewayv2").create_integration(ApiId=HttpApi(aws).id, **given)


def test_stages_and_routes_that_are_not_here_are_refused_by_name(aws: Aws) -> None:
    api = HttpApi(aws)
    throttled = {"ThrottlingRateLimit": 1.0}
    with refused("BadRequestException", "The sandbox does not have HTTP APIs' Stage...."):
        api.api.create_stage(ApiId=api.id, StageName="a", DefaultRouteSettings=throttled)
    with refused("BadRequestException", "The sandbox's HTTP APIs do not have Authorization..."):
        api.api.create_route(ApiId=api.id, RouteKey="$default", AuthorizationType="AWS_IAM")
    with refused("BadRequestException", "Route.ApiKeyRequired: only WebSocket APIs have it. ..."):
        api.api.create_route(ApiId=api.id, RouteKey="$default", ApiKeyRequired=True)
    with refused("BadRequestException", "The AuthorizationType JWT needs an AuthorizerId."):
        api.api.create_route(ApiId=api.id, RouteKey="$default", AuthorizationType="JWT")


def test_a_key_and_what_is_used_are_kept(aws: Aws) -> None:
    api = HttpApi(aws)
    target = api.integrate(returning(aws, "1"))
    route = api.api.create_route(ApiId=api.id, RouteKey="GET /a", Target=target)["RouteId"]
    with refused("ConflictException", "Route with key GET /a already exists for this API"):
        api.api.create_route(ApiId=api.id, RouteKey="GET /a", Target=target)
    with refused("ConflictException"):
        api.api.delete_integration(ApiId=api.id, IntegrationId=target.split("/")[1])
    with refused("BadRequestException"):
        api.api.create_route(ApiId=api.id, RouteKey="GET a")
    with refused("NotFoundException"):
        api.api.create_route(ApiId=api.id, RouteKey="GET /b", Target="integrations/none")
    api.api.update_route(ApiId=api.id, RouteId=route, RouteKey="PUT /a")
    assert [each["RouteKey"] for each in api.api.get_routes(ApiId=api.id)["Items"]] == ["PUT /a"]


def test_apis_are_listed_and_tagged(aws: Aws) -> None:
    api = HttpApi(aws, Tags={"a": "1"})
    arn = f"arn:aws:apigateway:us-east-1::/apis/{api.id}"
    api.api.tag_resource(ResourceArn=arn, Tags={"b": "2"})
    api.api.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert api.api.get_tags(ResourceArn=arn)["Tags"] == {"b": "2"}
    pages = [api.api.get_apis(MaxResults="1")]
    while "NextToken" in pages[-1]:
        pages.append(api.api.get_apis(MaxResults="1", NextToken=pages[-1]["NextToken"]))
    found = [each for page in pages for each in page["Items"]]
    assert json.dumps([each["ApiId"] for each in found]).count(api.id) == 1


def test_an_event_is_no_larger_than_a_function_takes(aws: Aws) -> None:
    function = returning(aws, "'called'")
    function.allow(GATEWAY)
    api = HttpApi(aws, Target=function.arn)
    kind = {"Content-Type": "text/plain"}
    assert api.ask("/", "POST", headers=kind, body="a" * 6_000_000).content == b"called"
    assert api.ask("/", "POST", headers=kind, body="a" * 6_300_000).status >= 400


def test_a_function_cannot_write_headers_into_a_header(aws: Aws) -> None:
    api = HttpApi(aws)
    result = "{'statusCode': 200, 'headers': {'X-A': 'one\\r\\nX-B: two'}, 'body': ''}"
    api.route("GET /value", returning(aws, result))
    named = "{'statusCode': 200, 'headers': {'X-A: one\\r\\nX-B': 'two'}, 'body': ''}"
    api.route("GET /name", returning(aws, named))
    cookies = "['a=1\\r\\nX-B: two\\r\\n\\r\\n<b>', 'b=…']"
    cookie = f"{{'statusCode': 200, 'cookies': {cookies}, 'body': 'c'}}"
    api.route("GET /cookie", returning(aws, cookie))
    assert api.ask("/value").header("x-b") is None
    assert api.ask("/name").content == FAILED
    answer = api.ask("/cookie")
    assert (answer.header("x-b"), answer.content) == (None, b"c")
    assert answer.headers["set-cookie"] == ["a=1 X-B: two <b>", "b=?"]
