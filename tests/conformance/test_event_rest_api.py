"""REST APIs in front of functions (events contract 8.3)."""

import base64
import time
import uuid
from typing import Any

import pytest
from harness import Aws, Pool, refused
from http_apis import Answer, RestApi, returning, uri

from cognito_sandbox import Sandbox

FAILED = b'{"message":"Internal server error"}'
EVENT = "{'statusCode': 200, 'body': json.dumps(event)}"
SCOPE = "aws.cognito.signin.user.admin"


def answer_to(aws: Aws, result: str, path: str = "/test/", **settings: Any) -> Answer:
    api = RestApi(aws, **settings)
    api.method("GET /", returning(aws, result))
    api.deploy()
    return api.ask(path)


def test_the_event_is_the_documented_one(aws: Aws) -> None:
    api = RestApi(aws)
    api.method("POST /my/{proxy+}", returning(aws, EVENT))
    deployment = api.deploy()
    answer = api.ask(
        "/test/my/long/path?name=one&name=me+too&empty=",
        "POST",
        headers=[
            ("Header-One", "1"),
            ("header-two", "2"),
            ("header-two", "3"),
            ("User-Agent", "agent"),
        ],
        body="Hello",
    )
    event = answer.json
    context, headers = event.pop("requestContext"), event.pop("headers")
    multiple = event.pop("multiValueHeaders")
    assert event == {
        "resource": "/my/{proxy+}",
        "path": "/my/long/path",
        "httpMethod": "POST",
        "queryStringParameters": {"name": "me too", "empty": ""},
        "multiValueQueryStringParameters": {"name": ["one", "me too"], "empty": [""]},
        "pathParameters": {"proxy": "long/path"},
        "stageVariables": None,
        "body": "Hello",
        "isBase64Encoded": False,
    }
    assert (headers["Header-One"], headers["header-two"]) == ("1", "3")
    assert multiple["header-two"] == ["2", "3"]
    assert {"X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"} < set(headers)
    identity = context.pop("identity")
    assert (identity.pop("sourceIp"), identity.pop("userAgent")) == ("127.0.0.1", "agent")
    assert len(identity) == 10
    assert set(identity.values()) == {None}
    assert uuid.UUID(context["requestId"])
    assert context.pop("requestId") == answer.header("x-amzn-requestid")
    assert context.pop("extendedRequestId")
    assert context.pop("requestTime")
    assert abs(context.pop("requestTimeEpoch") / 1000 - time.time()) < 60
    assert context == {
        "resourceId": api.resource("/my/{proxy+}"),
        "resourcePath": "/my/{proxy+}",
        "httpMethod": "POST",
        "path": "/test/my/long/path",
        "accountId": "123456789012",
        "protocol": "HTTP/1.1",
        "stage": "test",
        "domainPrefix": api.id,
        "domainName": f"{api.id}.execute-api.us-east-1.amazonaws.com",
        "deploymentId": deployment,
        "apiId": api.id,
    }


def test_what_is_empty_is_null(aws: Aws) -> None:
    event = answer_to(aws, EVENT).json
    assert {name for name, value in event.items() if value is None} == {
        *("queryStringParameters", "multiValueQueryStringParameters"),
        *("pathParameters", "stageVariables", "body"),
    }


@pytest.mark.parametrize(
    ("result", "status", "content"),
    [
        ("{'statusCode': 201, 'body': 'made'}", 201, b"made"),
        ("{'statusCode': '404', 'headers': None}", 404, b""),
        ("{'body': 'no status'}", 200, b"no status"),
        ("{'statusCode': 200, 'body': '/w==', 'isBase64Encoded': True}", 200, b"/w=="),
        ("{'statusCode': 200, 'colour': 'red'}", 502, FAILED),
        ("'text'", 502, FAILED),
        ("{'statusCode': 'good'}", 502, FAILED),
        ("{'statusCode': 200, 'multiValueHeaders': {'A': 'b'}}", 502, FAILED),
        ("{'statusCode': 200, 'body': {'a': 1}}", 502, FAILED),
        ("1 / 0", 502, FAILED),
    ],
)
def test_a_result_has_the_known_form_or_is_a_bad_gateway(
    aws: Aws, result: str, status: int, content: bytes
) -> None:
    answer = answer_to(aws, result)
    assert (answer.status, answer.content) == (status, content)
    assert answer.header("content-type") == "application/json"


def test_headers_are_bools_or_numbers_too_and_both_maps_count(aws: Aws) -> None:
    result = "{'headers': {'X-A': 1, 'X-B': True}, 'multiValueHeaders': {'X-A': ['2', '3']}}"
    headers = answer_to(aws, result).headers
    assert (sorted(headers["x-a"]), headers["x-b"]) == (["1", "2", "3"], ["true"])


def test_binary_media_types_decode_both_ways(aws: Aws) -> None:
    result = (
        "{'statusCode': 200, 'headers': {'Content-Type': 'image/png'}, "
        "'body': event['body'], 'isBase64Encoded': event['isBase64Encoded']}"
    )
    api = RestApi(aws, binaryMediaTypes=["image/*"])
    api.method("POST /", returning(aws, result))
    api.deploy()
    picture = api.ask("/test/", "POST", headers={"Content-Type": "image/png"}, body=b"\xff\x00")
    assert picture.content == b"\xff\x00"
    echo = "{'body': base64.b64encode(b'x').decode() if event['isBase64Encoded'] else 'text'}"
    api.method("PUT /", returning(aws, echo.replace("base64.", "__import__('base64').")))
    api.deploy()
    assert api.ask("/test/", "PUT", headers={"Content-Type": "a/b"}, body="a").content == b"text"
    kind = {"Content-Type": "image/gif"}
    assert base64.b64decode(api.ask("/test/", "PUT", headers=kind, body="a").content) == b"x"


def test_without_a_permission_it_is_an_error(aws: Aws) -> None:
    api, function = RestApi(aws), returning(aws, "{'body': 'in'}")
    api.put("GET /", uri(function))
    api.deploy()
    answer = api.ask("/test/")
    assert (answer.status, answer.content) == (500, FAILED)
    arn = f"arn:aws:execute-api:us-east-1:123456789012:{api.id}/test/GET/"
    function.allow("apigateway.amazonaws.com", SourceArn=arn)
    assert api.ask("/test/").content == b"in"


def test_an_integrations_own_method_must_be_post(aws: Aws) -> None:
    api = RestApi(aws)
    api.method("GET /", returning(aws, "{}"), verb="GET")
    api.deploy()
    assert (api.ask("/test/").status, api.ask("/test/").content) == (500, FAILED)


def test_unknown_paths_and_methods_miss_a_token(aws: Aws) -> None:
    api = RestApi(aws)
    api.method("GET /items", returning(aws, "{'body': 'items'}"))
    api.method("ANY /any", returning(aws, "{'body': event['httpMethod']}"))
    api.deploy()
    assert api.ask("/test/items").content == b"items"
    assert api.ask("/test/any", "PATCH").content == b"PATCH"
    for path, method in (("/test/items", "POST"), ("/test/other", "GET")):
        answer = api.ask(path, method)
        assert (answer.status, answer.json) == (
            403,
            {"message": "Missing Authentication Token"},
        )
    assert api.ask("/other/items").status == 403


@pytest.mark.parametrize(
    ("path", "resource"),
    [("/pets/1", "/pets/1"), ("/pets/2", "/pets/{id}"), ("/pets/2/3", "/{proxy+}")],
)
def test_the_resource_that_says_most_is_taken(pets: RestApi, path: str, resource: str) -> None:
    assert pets.ask(f"/test{path}").content.decode() == resource


@pytest.fixture(scope="module")
def pets(aws: Aws) -> RestApi:
    api, function = RestApi(aws), returning(aws, "{'body': event['resource']}")
    for path in ("/{proxy+}", "/pets/{id}", "/pets/1"):
        api.method(f"GET {path}", function)
    api.deploy()
    return api


def test_a_stage_answers_with_what_was_deployed_to_it(aws: Aws) -> None:
    api = RestApi(aws)
    api.method("GET /one", returning(aws, "{'body': json.dumps(event['stageVariables'])}"))
    first = api.deploy()
    api.method("GET /two", returning(aws, "{'body': 'two'}"))
    assert api.ask("/test/two").status == 403
    second = api.deploy("prod")
    assert [api.ask(f"/{stage}/two").status for stage in ("test", "prod")] == [403, 200]
    place = {"restApiId": api.id, "stageName": "test"}
    patches = [
        {"op": "replace", "path": "/deploymentId", "value": second},
        {"op": "replace", "path": "/variables/table", "value": "t"},
    ]
    api.api.update_stage(**place, patchOperations=patches)
    assert api.ask("/test/two").status == 200
    assert api.ask("/test/one").json == {"table": "t"}
    back = [{"op": "replace", "path": "/deploymentId", "value": first}]
    api.api.update_stage(**place, patchOperations=back)
    assert api.ask("/test/two").status == 403


def test_a_mock_answers_browsers_that_ask_beforehand(aws: Aws) -> None:
    api = RestApi(aws)
    place = api.declare("OPTIONS /")
    template = {"application/json": '{"statusCode": 204}'}
    api.api.put_integration(**place, type="MOCK", requestTemplates=template)
    fixed = {
        "method.response.header.Access-Control-Allow-Origin": "'*'",
        "method.response.header.Content-Type": "'text/plain\r\nX-B: two'",
    }
    api.api.put_integration_response(**place, statusCode="204", responseParameters=fixed)
    api.deploy()
    answer = api.ask("/test/", "OPTIONS")
    assert (answer.status, answer.header("access-control-allow-origin")) == (204, "*")
    assert answer.headers["content-type"] == ["text/plain X-B: two"]
    with refused("BadRequestException"):
        api.api.put_integration(
            **place, type="MOCK", requestTemplates={"application/json": "$input.json('$')"}
        )


class Guarded:
    """A REST API that lets users of a pool in."""

    def __init__(self, aws: Aws) -> None:
        self.pool, self.api = aws.pool(), RestApi(aws)
        self.pool.add()
        made = self.api.api.create_authorizer(
            restApiId=self.api.id,
            name="pool",
            type="COGNITO_USER_POOLS",
            providerARNs=[self.pool.arn],
            identitySource="method.request.header.Authorization",
        )
        users = {"authorizationType": "COGNITO_USER_POOLS", "authorizerId": made["id"]}
        result = "{'body': json.dumps(event['requestContext']['authorizer'])}"
        function = returning(aws, result)
        self.api.method("GET /", function, **users)
        self.api.method("GET /scoped", function, **users, authorizationScopes=[SCOPE])
        self.api.deploy()

    def ask(self, token: str | None, path: str = "/") -> Answer:
        headers = {"Authorization": token} if token else {}
        return self.api.ask(f"/test{path}", headers=headers)

    def tokens(self, pool: Pool | None = None) -> dict[str, str]:
        return dict((pool or self.pool).sign_in()["AuthenticationResult"])


@pytest.fixture(scope="module")
def guarded(aws: Aws) -> Guarded:
    return Guarded(aws)


def test_users_come_in_with_their_id_token(guarded: Guarded) -> None:
    tokens = guarded.tokens()
    for token in (tokens["IdToken"], f"Bearer {tokens['IdToken']}"):
        claims = guarded.ask(token).json["claims"]
        assert all(isinstance(value, str) for value in claims.values())
        assert (claims["cognito:username"], claims["email_verified"]) == ("ann", "true")


def test_an_access_token_needs_a_scope_of_the_method(guarded: Guarded) -> None:
    tokens = guarded.tokens()
    assert guarded.ask(tokens["AccessToken"]).status == 401
    assert guarded.ask(tokens["AccessToken"], "/scoped").status == 200
    assert guarded.ask(tokens["IdToken"], "/scoped").status == 401


def test_others_are_not_authorized(guarded: Guarded, aws: Aws) -> None:
    other = aws.pool()
    other.add()
    for token in (None, "nonsense", guarded.tokens(other)["IdToken"]):
        answer = guarded.ask(token)
        assert (answer.status, answer.content) == (401, b'{"message":"Unauthorized"}')


def test_an_expired_token_is_told_so() -> None:
    with Sandbox() as sandbox:
        guarded = Guarded(Aws(sandbox.endpoint, sandbox.access_key))
        token = guarded.tokens()["IdToken"]
        guarded.api.aws.post("/_sandbox/clock", {"forward": 3601})
        answer = guarded.ask(token)
    assert (answer.status, answer.content) == (
        401,
        b'{"message":"The incoming token has expired"}',
    )


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("arn:aws:apigateway:us-east-1:lambda:nowhere", "AWS ARN for integration must contain..."),
        ("nowhere", "Invalid ARN specified in the request"),
    ],
)
def test_an_integration_names_its_function(aws: Aws, where: str, text: str) -> None:
    with refused("BadRequestException", text):
        RestApi(aws).put("GET /", where)


@pytest.mark.parametrize(
    ("operation", "settings", "named"),
    [
        ("create_domain_name", {"domainName": "a.example"}, "CreateDomainName"),
        ("create_vpc_link", {"name": "a", "targetArns": ["a"]}, "CreateVpcLink"),
        ("create_rest_api", {"name": "a", "policy": "{}"}, "CreateRestApi.policy"),
        ("create_rest_api", {"name": "a", "disableExecuteApiEndpoint": True}, "disableExecute"),
    ],
)
def test_what_is_not_here_is_refused_by_name(
    aws: Aws, operation: str, settings: dict[str, Any], named: str
) -> None:
    with pytest.raises(Exception, match=rf"BadRequestException.*{named}"):
        getattr(aws.client("apigateway"), operation)(**settings)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"type": "HTTP", "uri": "http://example.com"}, "integration type HTTP"),
        ({"type": "AWS"}, "integration type AWS"),
        ({"connectionType": "VPC_LINK", "connectionId": "a"}, "connectionType"),
        ({"credentials": "arn:aws:iam::123456789012:role/a"}, "credentials"),
    ],
)
def test_integrations_that_are_not_here_are_refused_by_name(
    pets: RestApi, changed: dict[str, Any], named: str
) -> None:
    usual = {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": "arn:aws:lambda:a"}
    place = {"restApiId": pets.id, "resourceId": pets.resource("/pets/1"), "httpMethod": "GET"}
    with pytest.raises(Exception, match=rf"BadRequestException.*{named}"):
        pets.api.put_integration(**place, **usual | changed)


@pytest.mark.parametrize("settings", [{"authorizationType": "AWS_IAM"}, {"apiKeyRequired": True}])
def test_methods_that_are_not_here_are_refused_by_name(
    pets: RestApi, settings: dict[str, Any]
) -> None:
    usual = {"authorizationType": "NONE", "httpMethod": "PUT"}
    with refused("BadRequestException", "The sandbox does not have REST APIs' ..."):
        pets.api.put_method(
            restApiId=pets.id, resourceId=pets.resource("/pets/1"), **usual | settings
        )
    with refused("BadRequestException", "The sandbox does not have REST APIs' authorizer ..."):
        pets.api.create_authorizer(restApiId=pets.id, name="a", type="TOKEN", authorizerUri="a")


def test_a_path_is_there_once(aws: Aws) -> None:
    api = RestApi(aws)
    root = api.resource("/")

    def under(parent: str, part: str) -> str:
        made = api.api.create_resource(restApiId=api.id, parentId=parent, pathPart=part)
        return str(made["id"])

    under(under(root, "pets"), "pets")
    told = "Another resource with the same parent already has this name: pets"
    with refused("ConflictException", told):
        under(root, "pets")
    greedy = under(root, "{proxy+}")
    told = "A sibling ({proxy+}) of this resource already has a variable path part -- only one ..."
    with refused("BadRequestException", told):
        under(root, "{other}")
    told = "Cannot create a child of a resource with a greedy path variable: {proxy+}"
    with refused("BadRequestException", told):
        under(greedy, "more")
    with refused("BadRequestException", "A resource needs a pathPart..."):
        under(root, "")
    with refused("BadRequestException", "The root resource stays..."):
        api.api.delete_resource(restApiId=api.id, resourceId=root)


@pytest.mark.parametrize("authorizer", [{}, {"authorizerId": "none"}])
def test_a_method_for_users_needs_an_authorizer(aws: Aws, authorizer: dict[str, str]) -> None:
    api = RestApi(aws)
    told = (
        "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or "
        "COGNITO_USER_POOLS requires a valid authorizer."
    )
    with refused("BadRequestException", told):
        api.declare("GET /", authorizationType="COGNITO_USER_POOLS", **authorizer)


METHODS = "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,..."


def test_what_is_no_method(aws: Aws) -> None:
    api = RestApi(aws)
    with refused("BadRequestException", METHODS):
        api.declare("WRONG /")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"timeoutInMillis": 49}, "Timeout should be between 50 ms and 29000 ms"),
        ({"timeoutInMillis": 29_001}, "Timeout should be between 50 ms and 29000 ms"),
        ({"integrationHttpMethod": "WRONG"}, METHODS),
        ({"passthroughBehavior": "SOMETIMES"}, "The passthroughBehavior SOMETIMES is none of ..."),
        ({"uri": ""}, "An AWS_PROXY integration needs a uri..."),
    ],
)
def test_what_is_no_integration(aws: Aws, wrong: dict[str, Any], told: str) -> None:
    api = RestApi(aws)
    place = api.declare("GET /")
    usual = {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": uri(aws.echo())}
    with refused("BadRequestException", told):
        api.api.put_integration(**place, **usual | wrong)


def test_what_an_authorizer_cannot_read(aws: Aws) -> None:
    pool = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abcdefghi"
    api = RestApi(aws)
    with refused("BadRequestException", "The identitySource foo is none: ..."):
        api.api.create_authorizer(
            restApiId=api.id,
            name="users",
            type="COGNITO_USER_POOLS",
            providerARNs=[pool],
            identitySource="foo",
        )
