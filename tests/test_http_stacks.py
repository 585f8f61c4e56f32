"""HTTP APIs in CloudFormation: made, changed, removed."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from harness import AGREED, PASSWORD, Aws, Pool, refused
from http_apis import ask

CODE = "def handler(event, context):\n    return event['routeKey']\n"
INVOKE = {"Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}


class Stack:
    """A stack of some resources, whose references are outputs."""

    def __init__(self, aws: Aws) -> None:
        self.aws, self.api = aws, aws.client("cloudformation")
        self.name = f"stack-{uuid.uuid4().hex[:8]}"
        self.known: dict[str, Any] = {
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Code": {"ZipFile": CODE},
                    "Handler": "index.handler",
                    "Role": aws.role,
                    "Runtime": "python3.11",
                },
            }
        }
        self.resources: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}

    def template(self, transform: str | None = None) -> str:
        body: dict[str, Any] = {"Resources": self.known | self.resources}
        body["Outputs"] = {name: {"Value": value} for name, value in self.outputs.items()}
        return json.dumps(body | ({"Transform": transform} if transform else {}))

    def create(self, **more: Any) -> dict[str, str]:
        self.api.create_stack(
            StackName=self.name, Capabilities=AGREED, TemplateBody=self.template(**more)
        )
        return self.described()

    def update(self, **more: Any) -> dict[str, str]:
        self.api.update_stack(
            StackName=self.name, Capabilities=AGREED, TemplateBody=self.template(**more)
        )
        return self.described()

    def described(self) -> dict[str, str]:
        (stack,) = self.api.describe_stacks(StackName=self.name)["Stacks"]
        assert stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), self.reasons()
        return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}

    def reasons(self) -> list[str]:
        events = self.api.describe_stack_events(StackName=self.name)["StackEvents"]
        return [e["ResourceStatusReason"] for e in events if "FAILED" in e["ResourceStatus"]]


@pytest.fixture
def stack(aws: Aws) -> Iterator[Stack]:
    stack = Stack(aws)
    yield stack
    stack.api.delete_stack(StackName=stack.name)


def part(kind: str, **properties: Any) -> dict[str, Any]:
    properties = {"ApiId": {"Ref": "Api"}} | properties
    return {"Type": f"AWS::ApiGatewayV2::{kind}", "Properties": properties}


def guarded() -> dict[str, Any]:
    """An API with one open route and one for the users of a pool."""
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    issuer = "https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}"
    arn = "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*"
    target = {"Fn::Join": ["/", ["integrations", {"Ref": "Integration"}]]}
    return {
        "Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {}},
        "App": {
            "Type": "AWS::Cognito::UserPoolClient",
            "Properties": {"UserPoolId": {"Ref": "Pool"}, "ExplicitAuthFlows": flows},
        },
        "Api": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {"Name": "api", "ProtocolType": "HTTP"},
        },
        "Stage": part("Stage", StageName="$default", AutoDeploy="true"),
        "Integration": part(
            "Integration",
            IntegrationType="AWS_PROXY",
            IntegrationUri={"Fn::GetAtt": ["Function", "Arn"]},
            PayloadFormatVersion="2.0",
            TimeoutInMillis="5000",
        ),
        "Authorizer": part(
            "Authorizer",
            AuthorizerType="JWT",
            IdentitySource=["$request.header.Authorization"],
            Name="pool",
            JwtConfiguration={"Issuer": {"Fn::Sub": issuer}, "Audience": [{"Ref": "App"}]},
        ),
        "Open": part("Route", RouteKey="GET /", Target=target),
        "Closed": part(
            "Route",
            RouteKey="GET /{id}",
            Target=target,
            AuthorizationType="JWT",
            AuthorizerId={"Ref": "Authorizer"},
        ),
        "Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": INVOKE
            | {"FunctionName": {"Ref": "Function"}, "SourceArn": {"Fn::Sub": arn}},
        },
    }


REFERENCES = {
    "Api": {"Ref": "Api"},
    "ApiId": {"Fn::GetAtt": ["Api", "ApiId"]},
    "Endpoint": {"Fn::GetAtt": ["Api", "ApiEndpoint"]},
    "Pool": {"Ref": "Pool"},
    "App": {"Ref": "App"},
    "Stage": {"Ref": "Stage"},
    "Route": {"Ref": "Closed"},
    "RouteId": {"Fn::GetAtt": ["Closed", "RouteId"]},
    "Integration": {"Ref": "Integration"},
    "IntegrationId": {"Fn::GetAtt": ["Integration", "IntegrationId"]},
    "Authorizer": {"Ref": "Authorizer"},
    "AuthorizerId": {"Fn::GetAtt": ["Authorizer", "AuthorizerId"]},
}


def test_an_api_behind_a_user_pool(aws: Aws, stack: Stack) -> None:
    stack.resources, stack.outputs = guarded(), REFERENCES
    made = stack.create()
    api = aws.client("apigatewayv2")
    for name, listed in (
        ("Route", api.get_routes),
        ("Integration", api.get_integrations),
        ("Authorizer", api.get_authorizers),
    ):
        known = [each[f"{name}Id"] for each in listed(ApiId=made["Api"])["Items"]]
        assert made[name] == made[f"{name}Id"]
        assert made[name] in known
    assert (made["ApiId"], made["Stage"]) == (made["Api"], "$default")
    assert ask(made["Endpoint"]).content == b"GET /"
    assert ask(made["Endpoint"] + "/5").status == 401
    pool = Pool(aws, made["Pool"], "", made["App"])
    pool.add()
    token = pool.sign_in(password=PASSWORD)["AuthenticationResult"]["IdToken"]
    answer = ask(made["Endpoint"] + "/5", headers={"Authorization": token})
    assert answer.content == b"GET /{id}"


def test_what_changes_in_the_template_changes_in_the_api(aws: Aws, stack: Stack) -> None:
    stack.resources, stack.outputs = guarded(), REFERENCES
    stack.resources["Api"]["Properties"]["Description"] = "first"
    before = stack.create()
    properties = stack.resources["Api"]["Properties"]
    properties["CorsConfiguration"] = {"AllowOrigins": ["https://a.example"]}
    del properties["Description"]
    stack.resources["Open"]["Properties"]["RouteKey"] = "GET /open"
    stack.resources["Stage"]["Properties"]["StageName"] = "test"
    del stack.resources["Closed"]
    stack.outputs = {n: v for n, v in stack.outputs.items() if not n.startswith("Route")}
    after = stack.update()
    assert (after["Api"], after["Stage"]) == (before["Api"], "test")
    described = aws.client("apigatewayv2").get_api(ApiId=after["Api"])
    assert "Description" not in described
    page = {"Origin": "https://a.example"}
    answer = ask(after["Endpoint"] + "/test/open", headers=page)
    assert (answer.status, answer.header("access-control-allow-origin")) == (200, page["Origin"])
    assert [ask(after["Endpoint"] + path).status for path in ("/open", "/test/")] == [404, 404]


def test_what_is_deleted_is_gone(aws: Aws, stack: Stack) -> None:
    stack.resources, stack.outputs = guarded(), REFERENCES
    made = stack.create()
    stack.api.delete_stack(StackName=stack.name)
    assert ask(made["Endpoint"]).status == 403
    with refused("NotFoundException"):
        aws.client("apigatewayv2").get_api(ApiId=made["Api"])


def test_an_api_with_a_target_alone(stack: Stack) -> None:
    stack.resources = {name: guarded()[name] for name in ("Api", "Permission")}
    stack.resources["Api"]["Properties"]["Target"] = {"Fn::GetAtt": ["Function", "Arn"]}
    stack.outputs = {"Endpoint": REFERENCES["Endpoint"]}
    assert ask(stack.create()["Endpoint"] + "/any").content == b"$default"


def test_a_stage_that_is_deployed_by_the_template(stack: Stack) -> None:
    stack.resources, stack.outputs = guarded(), {"Endpoint": REFERENCES["Endpoint"]}
    stack.resources["Deployment"] = part("Deployment") | {"DependsOn": ["Open", "Closed"]}
    stack.resources["Stage"] = part("Stage", StageName="prod", DeploymentId={"Ref": "Deployment"})
    endpoint = stack.create()["Endpoint"]
    assert ask(f"{endpoint}/prod/").content == b"GET /"
    stack.resources["Deployment"]["Properties"]["StageName"] = "prod"
    del stack.resources["Stage"]["Properties"]["DeploymentId"]
    stack.update()
    assert ask(f"{endpoint}/prod/").content == b"GET /"
    stack.resources["Stage"]["Properties"]["Description"] = "still deployed"
    stack.update()
    assert ask(f"{endpoint}/prod/").content == b"GET /"
    stack.api.delete_stack(StackName=stack.name)
    assert ask(f"{endpoint}/prod/").status == 403


@pytest.mark.parametrize(
    ("name", "properties", "reason"),
    [
        ("Api", {"ProtocolType": "WEBSOCKET"}, "WEBSOCKET"),
        ("Integration", {"IntegrationType": "HTTP_PROXY"}, "HTTP_PROXY"),
        ("Open", {"Colour": "red"}, "Colour"),
    ],
)
def test_what_is_not_here_fails_its_resource_by_name(
    stack: Stack, name: str, properties: dict[str, Any], reason: str
) -> None:
    stack.resources = guarded()
    stack.resources[name]["Properties"] |= properties
    stack.api.create_stack(StackName=stack.name, TemplateBody=stack.template())
    assert any(reason in each for each in stack.reasons())


def test_a_functions_own_url(aws: Aws, stack: Stack) -> None:
    arn = {"Fn::GetAtt": ["Function", "Arn"]}
    url = {"AuthType": "NONE", "TargetFunctionArn": arn}
    permission = {
        "Action": "lambda:InvokeFunctionUrl",
        "FunctionName": {"Ref": "Function"},
        "FunctionUrlAuthType": "NONE",
        "Principal": "*",
    }
    stack.resources = {
        "Url": {"Type": "AWS::Lambda::Url", "Properties": url},
        "Permission": {"Type": "AWS::Lambda::Permission", "Properties": permission},
    }
    stack.outputs = {
        "Url": {"Fn::GetAtt": ["Url", "FunctionUrl"]},
        "Ref": {"Ref": "Url"},
        "Arn": {"Fn::GetAtt": ["Url", "FunctionArn"]},
        "Function": arn,
    }
    made = stack.create()
    assert made["Ref"] == made["Arn"] == made["Function"]
    assert ask(made["Url"]).content == b"$default"
    url["Cors"] = {"AllowOrigins": ["*"]}
    assert stack.update()["Url"] == made["Url"]
    answer = ask(made["Url"], headers={"Origin": "https://a.example"})
    assert answer.header("access-control-allow-origin") == "*"
    del stack.resources["Url"]
    stack.outputs = {}
    stack.update()
    assert ask(made["Url"]).status == 403


def rest(kind: str, **properties: Any) -> dict[str, Any]:
    properties = {"RestApiId": {"Ref": "Rest"}} | properties
    return {"Type": f"AWS::ApiGateway::{kind}", "Properties": properties}


def proxy() -> dict[str, Any]:
    """An integration with the stack's function."""
    path = "lambda:path/2015-03-31/functions/${Function.Arn}/invocations"
    uri = {"Fn::Sub": f"arn:aws:apigateway:${{AWS::Region}}:{path}"}
    return {"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": uri}


def rest_api() -> dict[str, Any]:
    """A REST API with one open method and one for the users of a pool."""
    arn = "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Rest}/*"
    http = guarded()
    root = {"Fn::GetAtt": ["Rest", "RootResourceId"]}
    return {
        "Pool": http["Pool"],
        "App": http["App"],
        "Rest": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "rest"}},
        "Items": rest("Resource", ParentId=root, PathPart="items"),
        "Users": rest(
            "Authorizer",
            Name="users",
            Type="COGNITO_USER_POOLS",
            IdentitySource="method.request.header.Authorization",
            ProviderARNs=[{"Fn::GetAtt": ["Pool", "Arn"]}],
        ),
        "Open": rest(
            "Method",
            ResourceId=root,
            HttpMethod="GET",
            AuthorizationType="NONE",
            Integration=proxy(),
        ),
        "Closed": rest(
            "Method",
            ResourceId={"Ref": "Items"},
            HttpMethod="ANY",
            AuthorizationType="COGNITO_USER_POOLS",
            AuthorizerId={"Ref": "Users"},
            Integration=proxy(),
        ),
        "Stage": rest(
            "Stage",
            StageName="prod",
            DeploymentId={"Ref": "Deployment"},
            Variables={"table": "t"},
        ),
        "Deployment": rest("Deployment") | {"DependsOn": ["Open", "Closed"]},
        "Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": INVOKE
            | {"FunctionName": {"Ref": "Function"}, "SourceArn": {"Fn::Sub": arn}},
        },
    }


REST_CODE = (
    "def handler(event, context):\n"
    "    return {'body': f\"{event['resource']} {event['stageVariables']['table']}\"}\n"
)
REST_REFERENCES = {
    "Rest": {"Ref": "Rest"},
    "Pool": {"Ref": "Pool"},
    "App": {"Ref": "App"},
    "Stage": {"Ref": "Stage"},
    "Resource": {"Ref": "Items"},
    "ResourceId": {"Fn::GetAtt": ["Items", "ResourceId"]},
    "Authorizer": {"Ref": "Users"},
    "AuthorizerId": {"Fn::GetAtt": ["Users", "AuthorizerId"]},
    "Deployment": {"Ref": "Deployment"},
    "DeploymentId": {"Fn::GetAtt": ["Deployment", "DeploymentId"]},
}


@pytest.fixture
def rest_stack(stack: Stack) -> Stack:
    stack.known["Function"]["Properties"]["Code"] = {"ZipFile": REST_CODE}
    stack.resources, stack.outputs = rest_api(), dict(REST_REFERENCES)
    return stack


def test_a_rest_api_behind_a_user_pool(aws: Aws, rest_stack: Stack) -> None:
    made = rest_stack.create()
    for name in ("Resource", "Authorizer", "Deployment"):
        assert made[name] == made[f"{name}Id"]
    address = f"{aws.endpoint}/_aws/execute-api/{made['Rest']}/{made['Stage']}"
    assert ask(f"{address}/").content == b"/ t"
    assert ask(f"{address}/items").status == 401
    pool = Pool(aws, made["Pool"], "", made["App"])
    pool.add()
    token = pool.sign_in(password=PASSWORD)["AuthenticationResult"]["IdToken"]
    answer = ask(f"{address}/items", headers={"Authorization": token})
    assert answer.content == b"/items t"


def test_a_rest_api_changes_with_its_template(aws: Aws, rest_stack: Stack) -> None:
    before = rest_stack.create()
    resources = rest_stack.resources
    resources["Items"]["Properties"]["PathPart"] = "things"
    resources["Closed"]["Properties"]["AuthorizationType"] = "NONE"
    resources["Stage"]["Properties"]["DeploymentId"] = {"Ref": "Second"}
    resources["Stage"]["Properties"]["Variables"] = {"table": "other"}
    resources["Second"] = resources.pop("Deployment")
    for name in ("Deployment", "DeploymentId"):
        del rest_stack.outputs[name]
    after = rest_stack.update()
    assert after["Rest"] == before["Rest"]
    address = f"{aws.endpoint}/_aws/execute-api/{after['Rest']}/prod"
    assert ask(f"{address}/things").content == b"/things other"
    assert ask(f"{address}/items").status == 403
    rest_stack.api.delete_stack(StackName=rest_stack.name)
    assert ask(f"{address}/").json == {"message": "Forbidden"}
    with refused("NotFoundException"):
        aws.client("apigateway").get_rest_api(restApiId=after["Rest"])


@pytest.mark.parametrize(
    ("name", "properties", "reason"),
    [
        ("Rest", {"Policy": {"Version": "2012-10-17"}}, "policy"),
        ("Open", {"ApiKeyRequired": "true"}, "apiKeyRequired"),
        ("Stage", {"TracingEnabled": True}, "tracingEnabled"),
    ],
)
def test_what_rest_apis_do_not_have_fails_its_resource_by_name(
    rest_stack: Stack, name: str, properties: dict[str, Any], reason: str
) -> None:
    rest_stack.resources[name]["Properties"] |= properties
    rest_stack.api.create_stack(StackName=rest_stack.name, TemplateBody=rest_stack.template())
    assert any(reason in each for each in rest_stack.reasons())
