"""Function URLs (events contract 8.4)."""

import json
import uuid
from typing import Any

import pytest
from harness import Aws, Function, refused
from http_apis import Answer, ask, returning

ADDED = {"x-forwarded-for", "x-forwarded-port", "x-forwarded-proto", "x-amzn-trace-id", "host"}
EVERYBODY = {
    "Action": "lambda:InvokeFunctionUrl",
    "Principal": "*",
    "FunctionUrlAuthType": "NONE",
}


def open_to_all(function: Function, **more: Any) -> None:
    statement = f"allow-{uuid.uuid4().hex[:8]}"
    function.aws.lambdas.add_permission(
        FunctionName=function.name, StatementId=statement, **EVERYBODY | more
    )


def url_of(aws: Aws, result: str, **settings: Any) -> str:
    function = returning(aws, result)
    open_to_all(function)
    api: Any = aws.lambdas
    made = api.create_function_url_config(FunctionName=function.name, AuthType="NONE", **settings)
    return str(made["FunctionUrl"])


def answer_to(aws: Aws, result: str) -> Answer:
    return ask(url_of(aws, result))


def test_the_event_is_the_documented_one(aws: Aws) -> None:
    url = url_of(aws, "event")
    address = f"{url}my/path?parameter1=value1&parameter1=value2&parameter2=value"
    answer = ask(
        address,
        "POST",
        headers=[
            *(("Cookie", "cookie1=1; cookie2=2"), ("Header1", "value1")),
            *(("Header2", "value1"), ("Header2", "value2")),
            *(("User-Agent", "agent"), ("Content-Type", "text/plain")),
        ],
        body="Hello from client!",
    )
    event = answer.json
    headers, context = event.pop("headers"), event.pop("requestContext")
    assert event == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/my/path",
        "rawQueryString": "parameter1=value1&parameter1=value2&parameter2=value",
        "cookies": ["cookie1=1", "cookie2=2"],
        "queryStringParameters": {"parameter1": "value1,value2", "parameter2": "value"},
        "body": "Hello from client!",
        "isBase64Encoded": False,
    }
    assert {name: value for name, value in headers.items() if name not in ADDED} == {
        "header1": "value1",
        "header2": "value1,value2",
        "user-agent": "agent",
        "content-type": "text/plain",
        "content-length": "18",
    }
    identifier = url.rstrip("/").rpartition("/")[2]
    assert context.pop("requestId") == answer.header("x-amzn-requestid")
    assert context.pop("time")
    assert context.pop("timeEpoch")
    assert context == {
        "accountId": "anonymous",
        "apiId": identifier,
        "domainName": f"{identifier}.lambda-url.us-east-1.on.aws",
        "domainPrefix": identifier,
        "http": {
            "method": "POST",
            "path": "/my/path",
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": "agent",
        },
        "routeKey": "$default",
        "stage": "$default",
    }


def test_a_form_with_files_comes_in_base64(aws: Aws) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=a"}
    event = ask(url_of(aws, "event"), "POST", headers=kind, body="--a--").json
    assert (event["body"], event["isBase64Encoded"]) == ("LS1hLS0=", True)


@pytest.mark.parametrize(
    ("result", "content"),
    [
        ("'hello'", b"hello"),
        ("['hello', 3, True]", b'["hello",3,true]'),
        ("3", b"3"),
        ("True", b"true"),
        ("{'a': 1}", b'{"a":1}'),
    ],
)
def test_a_result_without_a_status_is_the_body(aws: Aws, result: str, content: bytes) -> None:
    answer = answer_to(aws, result)
    assert (answer.status, answer.content) == (200, content)
    assert answer.header("content-type") == "application/json"


def test_a_result_with_a_status_is_the_whole_answer(aws: Aws) -> None:
    result = "{'statusCode': 201, 'headers': {'X-A': 'b'}, 'cookies': ['c=1', 'd=2'], 'body': 'e'}"
    answer = answer_to(aws, result)
    assert (answer.status, answer.content, answer.header("x-a")) == (201, b"e", "b")
    assert answer.headers["set-cookie"] == ["c=1", "d=2"]


def test_a_function_that_fails_is_a_bad_gateway(aws: Aws) -> None:
    answer = answer_to(aws, "1 / 0")
    assert (answer.status, answer.content) == (502, b"Internal Server Error")


def test_the_request_id_is_the_invocations(aws: Aws) -> None:
    answer = answer_to(aws, "context.aws_request_id")
    assert answer.header("x-amzn-requestid") == answer.content.decode()


def test_without_a_permission_nobody_comes_in(aws: Aws) -> None:
    function = returning(aws, "'in'")
    made = aws.lambdas.create_function_url_config(FunctionName=function.name, AuthType="NONE")
    function.allow("apigateway.amazonaws.com")
    open_to_all(function, FunctionUrlAuthType="AWS_IAM")
    answer = ask(made["FunctionUrl"])
    assert (answer.status, answer.header("x-amzn-errortype")) == (403, "AccessDeniedException")
    assert answer.content.startswith(b'{"Message":"Forbidden. For troubleshooting Function URL')
    assert "AddPermission" in str(answer.header("x-sandbox-reason"))
    open_to_all(function)
    assert ask(made["FunctionUrl"]).content == b"in"


def test_the_statement_has_its_condition(aws: Aws) -> None:
    function = returning(aws, "'in'")
    open_to_all(function)
    (statement,) = json.loads(aws.lambdas.get_policy(FunctionName=function.name)["Policy"])[
        "Statement"
    ]
    assert statement["Action"] == "lambda:InvokeFunctionUrl"
    assert statement["Condition"] == {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}


def test_its_own_cors_answers_preflights(aws: Aws) -> None:
    url = url_of(
        aws,
        "{'statusCode': 200, 'headers': {'access-control-allow-origin': 'mine'}}",
        Cors={"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET"]},
    )
    page = {"Origin": "https://a.example"}
    asked = ask(url, "OPTIONS", headers=page | {"Access-Control-Request-Method": "GET"})
    assert asked.header("access-control-allow-methods") == "GET"
    assert ask(url, headers=page).headers["access-control-allow-origin"] == [page["Origin"]]


def test_with_credentials_anybodys_origin_is_named(aws: Aws) -> None:
    url = url_of(aws, "'in'", Cors={"AllowOrigins": ["*"], "AllowCredentials": True})
    answer = ask(url, headers={"Origin": "https://a.example"})
    assert answer.header("access-control-allow-origin") == "https://a.example"
    assert answer.header("access-control-allow-credentials") == "true"


@pytest.mark.parametrize("name", ["lambda-url.localhost", "lambda-url.us-east-1.on.aws"])
def test_a_host_of_its_own_reaches_it(aws: Aws, name: str) -> None:
    identifier = url_of(aws, "event['rawPath']").rstrip("/").rpartition("/")[2]
    answer = ask(aws.endpoint + "/a", headers={"Host": f"{identifier}.{name}"})
    assert answer.content == b"/a"


def test_an_alias_has_an_address_of_its_own(aws: Aws) -> None:
    function, api = returning(aws, "context.invoked_function_arn"), aws.lambdas
    version = api.publish_version(FunctionName=function.name)["Version"]
    api.create_alias(FunctionName=function.name, Name="live", FunctionVersion=version)
    open_to_all(function, Qualifier="live")
    made = api.create_function_url_config(
        FunctionName=function.name, AuthType="NONE", Qualifier="live"
    )
    assert made["FunctionArn"] == f"{function.arn}:live"
    assert ask(made["FunctionUrl"]).content.decode() == f"{function.arn}:live"
    with refused("ResourceNotFoundException"):
        api.get_function_url_config(FunctionName=function.name)


def test_a_url_is_made_once_changed_and_deleted(aws: Aws) -> None:
    function, api = returning(aws, "'in'"), aws.lambdas
    named: Any = {"FunctionName": function.name}
    with refused("ResourceNotFoundException", "The resource you requested does not exist."):
        api.get_function_url_config(**named)
    made = api.create_function_url_config(**named, AuthType="NONE")
    assert (made["AuthType"], made["FunctionArn"]) == ("NONE", function.arn)
    assert made["CreationTime"]
    with refused("ResourceConflictException"):
        api.create_function_url_config(**named, AuthType="NONE")
    changed = api.update_function_url_config(**named, Cors={"AllowOrigins": ["*"]})
    assert (changed["FunctionUrl"], changed["Cors"]) == (
        made["FunctionUrl"],
        {"AllowOrigins": ["*"]},
    )
    api.delete_function_url_config(**named)
    assert ask(made["FunctionUrl"]).status >= 400


def test_a_deleted_function_takes_its_url_along(aws: Aws) -> None:
    function = returning(aws, "'in'")
    open_to_all(function)
    made = aws.lambdas.create_function_url_config(FunctionName=function.name, AuthType="NONE")
    aws.lambdas.delete_function(FunctionName=function.name)
    assert ask(made["FunctionUrl"]).status >= 400
    source = "def handler(event, context):\n    return 'another'\n"
    open_to_all(aws.function(source, permission=False, FunctionName=function.name))
    assert ask(made["FunctionUrl"]).status >= 400


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"AuthType": "AWS_IAM"}, "AuthType AWS_IAM"),
        ({"AuthType": "NONE", "InvokeMode": "RESPONSE_STREAM"}, "InvokeMode RESPONSE_STREAM"),
    ],
)
def test_what_is_not_here_is_refused_by_name(aws: Aws, settings: Any, named: str) -> None:
    text = f"The sandbox's function URLs do not have {named}."
    with refused("InvalidParameterValueException", text):
        aws.lambdas.create_function_url_config(FunctionName=returning(aws, "1").name, **settings)
