"""The events that functions get over HTTP are what Powertools' models take them for."""

from typing import Any

from aws_lambda_powertools.utilities.parser import models
from harness import Aws
from http_apis import HttpApi, RestApi, ask, returning

EVENT = "{'statusCode': 200, 'body': json.dumps(event)}"
ASKED: dict[str, Any] = {"headers": {"User-Agent": "agent", "Cookie": "a=b"}, "body": "{}"}


def parsed(model: Any, event: dict[str, Any]) -> Any:
    return model.model_validate(event)


def test_an_http_apis_event(aws: Aws) -> None:
    api = HttpApi(aws)
    api.route("POST /items/{id}", returning(aws, EVENT))
    read = parsed(models.APIGatewayProxyEventV2Model, api.ask("/items/5?a=1", "POST", **ASKED).json)
    assert (read.routeKey, read.rawPath) == ("POST /items/{id}", "/items/5")
    assert (read.pathParameters, read.queryStringParameters) == ({"id": "5"}, {"a": "1"})
    assert (read.cookies, read.requestContext.http.userAgent) == (["a=b"], "agent")


def test_a_rest_apis_event(aws: Aws) -> None:
    api = RestApi(aws)
    api.method("POST /items/{id}", returning(aws, EVENT))
    api.deploy()
    read = parsed(
        models.APIGatewayProxyEventModel, api.ask("/test/items/5?a=1", "POST", **ASKED).json
    )
    assert (read.resource, read.path) == ("/items/{id}", "/items/5")
    assert (read.pathParameters, read.queryStringParameters) == ({"id": "5"}, {"a": "1"})
    assert read.requestContext.identity.userAgent == "agent"


def test_a_function_urls_event(aws: Aws) -> None:
    function = returning(aws, "event")
    aws.lambdas.add_permission(
        FunctionName=function.name,
        StatementId="everybody",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )
    made = aws.lambdas.create_function_url_config(FunctionName=function.name, AuthType="NONE")
    read = parsed(models.LambdaFunctionUrlModel, ask(f"{made['FunctionUrl']}a", **ASKED).json)
    assert (read.rawPath, read.requestContext.accountId) == ("/a", "anonymous")
