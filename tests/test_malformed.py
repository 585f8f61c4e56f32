"""Requests that make no sense get the service's own error, and never a 500."""

import json
import urllib.error
import urllib.request
import uuid
from typing import Any

import pytest
from botocore import xform_name
from harness import Aws, refused

DEEP = b"[" * 100_000
MAKE = "AWSCognitoIdentityProviderService.CreateUserPool"
TABLE = "DynamoDB_20120810.ListTables"
SIGN_UP = "AWSCognitoIdentityProviderService.SignUp"
SIGN_IN = "AWSCognitoIdentityProviderService.InitiateAuth"
GET_DEVICE = "AWSCognitoIdentityProviderService.ListDevices"
QUEUE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}


def post(
    aws: Aws, service: str, body: bytes, path: str = "/", scope: str = "", **headers: str
) -> tuple[int, str]:
    """Status and content of the answer to this body."""
    scope = scope or f"{aws.access_key}/20260101/us-east-1/{service}/aws4_request"
    signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, Signature=none"}
    method = headers.pop("method", "POST")
    request = urllib.request.Request(aws.endpoint + path, body, signed | headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def as_json(target: str) -> dict[str, str]:
    return {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}


@pytest.mark.parametrize("body", [DEEP, b'{"a":' * 100_000, b"{", b"\xff\xfe", b"5", b""])
@pytest.mark.parametrize(
    ("service", "target"),
    [("cognito-idp", SIGN_UP), ("cognito-idp", GET_DEVICE), ("dynamodb", TABLE)],
)
def test_json_that_is_none_or_too_deep(aws: Aws, service: str, target: str, body: bytes) -> None:
    status, _ = post(aws, service, body, **as_json(target))
    assert status == 400 or (status == 200 and body == b"" and target == TABLE)


@pytest.mark.parametrize("half", [b"\\ud800", b"\\uDC00", b"\xed\xa0\x80"])
def test_half_a_character_is_no_json(aws: Aws, half: bytes) -> None:
    pool = aws.pool()
    pool.sign_up("ann", attributes={})
    user = {"USERNAME": "ann", "PASSWORD": "HALF"}
    sign_in = {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": pool.client_id, "AuthParameters": user}
    entry = {"Source": "HALF", "DetailType": "any", "Detail": "{}"}
    for service, target, given in (
        ("cognito-idp", SIGN_IN, sign_in),
        ("events", "AWSEvents.PutEvents", {"Entries": [entry]}),
    ):
        body = json.dumps(given).encode().replace(b"HALF", half)
        status, told = post(aws, service, body, **as_json(target))
        assert (status, "half a character" in told) == (400, True)


def test_characters_of_two_halves_are_taken(aws: Aws) -> None:
    body = (
        b'{"Entries": [{"Source": "\\ud83d\\ude00", "DetailType": "\xed\x95\x9c", "Detail": "{}"}]}'
    )
    assert post(aws, "events", body, **as_json("AWSEvents.PutEvents"))[0] == 200


@pytest.mark.parametrize("path", ["/restapis", "/v2/apis"])
def test_api_gateways_json_too(aws: Aws, path: str) -> None:
    status, told = post(aws, "apigateway", DEEP, path, **{"Content-Type": "application/json"})
    assert (status, "nested too deeply" in told) == (400, True)


@pytest.mark.parametrize("body", [DEEP, b"{"])
def test_lambdas_json_too(aws: Aws, body: bytes) -> None:
    status, told = post(aws, "lambda", body, "/2015-03-31/functions")
    assert status == 400, told


@pytest.mark.parametrize(
    "query",
    [
        *("cors", "delete", "lifecycle", "notification", "object-lock", "replication", "tagging"),
        *("versioning", "website"),
    ],
)
@pytest.mark.parametrize("body", [b"<Tagging", b"no xml", b"<a>" * 5000])
def test_xml_that_is_none(aws: Aws, query: str, body: bytes) -> None:
    bucket = f"bucket-{uuid.uuid4().hex[:8]}"
    aws.client("s3").create_bucket(Bucket=bucket)
    method = "POST" if query == "delete" else "PUT"
    status, told = post(aws, "s3", body, f"/{bucket}?{query}", method=method)
    assert (status, "MalformedXML" in told) == (400, True)


@pytest.mark.parametrize("status", ["", "<Status>On</Status>"])
def test_versioning_that_is_none(aws: Aws, status: str) -> None:
    bucket = f"bucket-{uuid.uuid4().hex[:8]}"
    aws.client("s3").create_bucket(Bucket=bucket)
    body = f"<VersioningConfiguration>{status}</VersioningConfiguration>".encode()
    told = post(aws, "s3", body, f"/{bucket}?versioning", method="PUT")
    assert (told[0], "IllegalVersioningConfigurationException" in told[1]) == (400, True)


@pytest.mark.parametrize(
    "template",
    [
        "{",
        "a: [",
        "[]",
        "5",
        "text",
        '{"Resources": 5}',
        '{"Resources": {}}',
        '{"Resources": {"A": 5}}',
        '{"Resources": {"A": {}}}',
        '{"Parameters": {"P": 5}, "Resources": {"A": {"Type": "AWS::SQS::Queue"}}}',
        "Resources: !!python/object/apply:os.getcwd []",
        "[" * 20_000,
    ],
)
@pytest.mark.parametrize("operation", ["create_stack", "validate_template", "create_change_set"])
def test_templates_that_are_none(aws: Aws, operation: str, template: str) -> None:
    named = {
        "create_stack": {"StackName": f"stack-{uuid.uuid4().hex[:8]}"},
        "create_change_set": {"StackName": f"stack-{uuid.uuid4().hex[:8]}", "ChangeSetName": "c"},
        "validate_template": {},
    }[operation]
    with refused("ValidationError"):
        getattr(aws.client("cloudformation"), operation)(TemplateBody=template, **named)


def test_a_template_is_described(aws: Aws) -> None:
    parameters = {"Size": {"Type": "Number", "Default": 5, "Description": "how many"}}
    template = QUEUE | {"Parameters": parameters, "Description": "A queue"}
    cloudformation = aws.client("cloudformation")
    told = cloudformation.validate_template(TemplateBody=json.dumps(template))
    assert told["Description"] == "A queue"
    assert told["Parameters"] == [
        {
            "ParameterKey": "Size",
            "DefaultValue": "5",
            "NoEcho": False,
            "Description": "how many",
        }
    ]


@pytest.mark.parametrize("operation", ["describe", "delete", "execute"])
def test_a_change_set_that_is_missing(aws: Aws, operation: str) -> None:
    call = getattr(aws.client("cloudformation"), f"{operation}_change_set")
    with refused("ChangeSetNotFound", "ChangeSet [none] does not exist"):
        call(StackName="none", ChangeSetName="none")


def with_parameter(kind: str) -> str:
    return json.dumps(QUEUE | {"Parameters": {"P": {"Type": kind}}})


def test_a_parameter_that_systems_manager_does_not_have(aws: Aws) -> None:
    with refused("ValidationError", "Unable to fetch parameters [/none]..."):
        aws.client("cloudformation").create_stack(
            StackName=f"stack-{uuid.uuid4().hex[:8]}",
            TemplateBody=with_parameter("AWS::SSM::Parameter::Value<String>"),
            Parameters=[{"ParameterKey": "P", "ParameterValue": "/none"}],
        )


@pytest.mark.parametrize("change_set", [{}, {"ChangeSetName": "c", "ChangeSetType": "CREATE"}])
def test_a_previous_value_that_there_is_not(aws: Aws, change_set: dict[str, Any]) -> None:
    cloudformation = aws.client("cloudformation")
    create = cloudformation.create_change_set if change_set else cloudformation.create_stack
    with refused("ValidationError", "Invalid input for parameter key P. ..."):
        create(
            StackName=f"stack-{uuid.uuid4().hex[:8]}",
            TemplateBody=with_parameter("String"),
            Parameters=[{"ParameterKey": "P", "UsePreviousValue": True}],
            **change_set,
        )


def test_a_parameter_has_a_value_and_a_place(aws: Aws) -> None:
    cloudformation, name = aws.careless("cloudformation"), f"stack-{uuid.uuid4().hex[:8]}"
    body = json.dumps(QUEUE)
    cloudformation.create_stack(StackName=name, TemplateBody=body)
    with refused("ValidationError", "Parameters: [Z] do not exist in the template"):
        parameters = [{"ParameterKey": "Z", "ResolvedValue": "any"}]
        cloudformation.update_stack(StackName=name, TemplateBody=body, Parameters=parameters)


def test_the_previous_value_is_kept(aws: Aws) -> None:
    cloudformation, name = aws.client("cloudformation"), f"stack-{uuid.uuid4().hex[:8]}"
    given = [{"ParameterKey": "P", "ParameterValue": "first"}]
    cloudformation.create_stack(
        StackName=name, TemplateBody=with_parameter("String"), Parameters=given
    )
    other = json.loads(with_parameter("String")) | {"Description": "another"}
    cloudformation.update_stack(
        StackName=name,
        TemplateBody=json.dumps(other),
        Parameters=[{"ParameterKey": "P", "UsePreviousValue": True}],
    )
    (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    assert stack["Parameters"] == given


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_template_in_a_bucket_by_its_address_here(aws: Aws, host: str) -> None:
    bucket = f"bucket-{uuid.uuid4().hex[:8]}"
    aws.client("s3").create_bucket(Bucket=bucket)
    aws.client("s3").put_object(Bucket=bucket, Key="a/b.json", Body=json.dumps(QUEUE))
    cloudformation, name = aws.client("cloudformation"), f"stack-{uuid.uuid4().hex[:8]}"
    place = aws.endpoint.replace("127.0.0.1", host)
    cloudformation.create_stack(StackName=name, TemplateURL=f"{place}/{bucket}/a/b.json")
    (made,) = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    assert made["LogicalResourceId"] == "Queue"
    with refused("ValidationError", "S3 error: ..."):
        cloudformation.create_stack(StackName=f"{name}2", TemplateURL=f"{place}/{bucket}/none")


@pytest.mark.parametrize(
    "scope",
    [
        "{}/20260101//SERVICE/aws4_request",
        "{}/20260101/xx-nope-1/SERVICE/aws4_request",
        *("{}/20260101/us-east-1/SERVICE", "{}", "/", "{}/////"),
    ],
)
@pytest.mark.parametrize("service", ["cognito-idp", "dynamodb", "s3", "lambda"])
def test_a_signature_that_is_none(aws: Aws, service: str, scope: str) -> None:
    scope = scope.format(aws.access_key).replace("SERVICE", service)
    status, told = post(aws, service, b"{}", scope=scope, **as_json(TABLE))
    assert (status, "Credential" in told) == (400, True)


def test_a_region_that_does_not_have_the_service(aws: Aws) -> None:
    scope = f"{aws.access_key}/20260101/cn-north-1/cognito-idp/aws4_request"
    status, told = post(aws, "cognito-idp", b'{"PoolName": "p"}', scope=scope, **as_json(MAKE))
    assert (status, "valid region, not 'cn-north-1'" in told) == (400, True)


def test_a_member_that_is_null_is_absent(aws: Aws) -> None:
    pool = aws.pool()
    sign_up = {"ClientId": pool.client_id, "Username": "ann", "Password": "Correct-horse-1"}
    body = {**sign_up, "ValidationData": None, "UserAttributes": None, "ClientMetadata": None}
    status, told = post(aws, "cognito-idp", json.dumps(body).encode(), **as_json(SIGN_UP))
    assert status == 200, told
    tables = {"Limit": 1, "ExclusiveStartTableName": None}
    assert post(aws, "dynamodb", json.dumps(tables).encode(), **as_json(TABLE))[0] == 200


def test_null_in_an_event_stays(aws: Aws) -> None:
    function = aws.function("def handler(event, context):\n    return event\n")
    assert function.result({"a": None}) == {"a": None}


@pytest.mark.parametrize("name", ["a b", "a\tb", "a\x00", "\u202eann", "\u00a0", "a\n"])
def test_user_names_without_white_space_or_control_characters(aws: Aws, name: str) -> None:
    pattern = "Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+"
    told = (
        f"1 validation error detected: Value at 'username' failed to satisfy constraint: {pattern}"
    )
    with refused("InvalidParameterException", told):
        aws.pool().sign_up(name, attributes={})


def test_a_queues_name_is_text(aws: Aws) -> None:
    status, told = post(aws, "sqs", b'{"QueueName": {}}', **as_json("AmazonSQS.CreateQueue"))
    assert status == 400, told


def test_user_names_of_128_characters_at_most(aws: Aws) -> None:
    pool = aws.pool()
    pool.sign_up("é" * 128, attributes={})
    with refused("InvalidParameterException"):
        pool.sign_up("a" * 129, attributes={})
    assert pool.names() == ["é" * 128]


@pytest.mark.parametrize(
    ("service", "operation", "given", "code"),
    [
        ("sns", "subscribe", {"Protocol": "sqs"}, "InvalidParameter"),
        ("sns", "subscribe", {"TopicArn": "0", "Protocol": "sqs"}, "InvalidParameter"),
        ("events", "put_targets", {"Rule": "r", "Targets": [{"Arn": "a"}]}, "ValidationException"),
        ("events", "put_events", {}, "ValidationException"),
        (
            "kinesis",
            "put_record",
            {"StreamName": "odd", "Data": b"x", "PartitionKey": "p", "ExplicitHashKey": "x"},
            "ValidationException",
        ),
        ("kinesis", "put_record", {"StreamName": "odd", "Data": b"x"}, "InvalidArgumentException"),
        ("kinesis", "create_stream", {"StreamName": "odd", "ShardCount": 0}, "ValidationException"),
        (
            "kinesis",
            "update_shard_count",
            {"StreamName": "odd", "TargetShardCount": 0, "ScalingType": "UNIFORM_SCALING"},
            "ValidationException",
        ),
        (
            "kinesis",
            "create_stream",
            {"StreamName": "odd", "ShardCount": 10**9},
            "LimitExceededException",
        ),
        (
            "kinesis",
            "get_shard_iterator",
            {"StreamARN": "none", "ShardId": "a", "ShardIteratorType": "LATEST"},
            "ValidationException",
        ),
    ],
)
def test_what_event_sources_lack_is_told(
    aws: Aws, service: str, operation: str, given: dict[str, Any], code: str
) -> None:
    if "StreamName" in given:
        given = given | {"StreamName": f"stream-{uuid.uuid4().hex[:8]}"}
        aws.client(service).create_stream(StreamName=given["StreamName"], ShardCount=1)
    with refused(code):
        getattr(aws.careless(service), operation)(**given)


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("delete_bucket_metrics_configuration", {"Id": "x"}),
        ("put_object_annotation", {"Key": "kept", "AnnotationName": "x"}),
        ("get_object_retention", {"Key": "kept"}),
        ("list_parts", {"Key": "kept", "MaxParts": 1}),
    ],
)
def test_what_s3_lacks_is_not_taken_for_another_call(
    aws: Aws, operation: str, more: dict[str, Any]
) -> None:
    bucket, s3 = f"bucket-{uuid.uuid4().hex[:8]}", aws.careless("s3")
    s3.create_bucket(Bucket=bucket)
    if "Key" in more:
        s3.put_object(Bucket=bucket, Key="kept", Body=b"kept")
    with refused("NotImplemented", "The sandbox does not have S3's ?..."):
        getattr(s3, operation)(Bucket=bucket, **more)
    s3.head_bucket(Bucket=bucket)
    if "Key" in more:
        assert s3.get_object(Bucket=bucket, Key="kept")["Body"].read() == b"kept"


@pytest.mark.parametrize(
    ("operation", "settings"),
    [
        ("GetAccountSettings", {}),
        ("InvokeWithResponseStream", {"FunctionName": "f"}),
        ("PutFunctionRecursionConfig", {"FunctionName": "f", "RecursiveLoop": "Allow"}),
    ],
)
def test_what_lambda_lacks_is_told(aws: Aws, operation: str, settings: dict[str, str]) -> None:
    with refused("NotImplementedException", f"The sandbox does not have lambda:{operation}."):
        getattr(aws.lambdas, xform_name(operation))(**settings)
