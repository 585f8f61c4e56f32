"""Events contract 10 and contract 6: what parameters must be, and AWS's words for what is not."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from harness import Aws, refused

NAME = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?"
NAME += r"(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"
PATTERN = "Member must satisfy regular expression pattern:"


def told(client: Any, operation: str, **given: Any) -> tuple[str, str]:
    """The error's code, and the rest of `1 validation error detected: Value ...`."""
    with pytest.raises(ClientError) as raised:
        client._make_api_call(operation, given)
    error = raised.value.response["Error"]
    start, _, rest = error["Message"].partition(" detected: ")
    assert start in ("1 validation error", "2 validation errors"), error
    return error["Code"], rest


@pytest.mark.parametrize(
    ("operation", "given", "problem"),
    [
        (
            "PublishVersion",
            {"FunctionName": "a b"},
            f"'a b' at 'functionName' ...: {PATTERN} {NAME}",
        ),
        (
            "PublishVersion",
            {"FunctionName": "a" * 141},
            f"'{'a' * 141}' at 'functionName' ...: "
            "Member must have length less than or equal to 140",
        ),
        (
            "UpdateFunctionConfiguration",
            {"FunctionName": "a", "MemorySize": 100},
            "'100' at 'memorySize' ...: Member must have value greater than or equal to 128",
        ),
        (
            "UpdateFunctionConfiguration",
            {"FunctionName": "a", "LoggingConfig": {"LogFormat": "XML"}},
            "'XML' at 'loggingConfig.logFormat' ...: "
            "Member must satisfy enum value set: [JSON, Text]",
        ),
        (
            "CreateAlias",
            {"FunctionName": "a", "FunctionVersion": "1"},
            "null at 'name' ...: Member must not be null",
        ),
        (
            "Invoke",
            {"FunctionName": "a", "InvocationType": "Soon"},
            "'Soon' at 'invocationType' ...: "
            "Member must satisfy enum value set: [Event, RequestResponse, DryRun]",
        ),
        (
            "ListFunctions",
            {"MaxItems": 0},
            "'0' at 'maxItems' ...: Member must have value greater than or equal to 1",
        ),
        (
            "CreateFunction",
            {"FunctionName": "a", "Role": "nobody", "Code": {}},
            f"'nobody' at 'role' ...: {PATTERN} "
            r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
        ),
    ],
)
def test_what_lambda_says(aws: Aws, operation: str, given: dict[str, Any], problem: str) -> None:
    problem = f"Value {problem}".replace("...", "failed to satisfy constraint")
    assert told(aws.careless("lambda"), operation, **given) == ("ValidationException", problem)


def test_of_plain_things_the_whole_list_is_told(aws: Aws) -> None:
    code, problem = told(
        aws.careless("lambda"),
        "UpdateFunctionCode",
        FunctionName="a",
        Architectures=["m68k"],
    )
    assert (code, problem) == (
        "ValidationException",
        "Value '[m68k]' at 'architectures' failed to satisfy constraint: Member must "
        "satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], "
        "Member must not be null]",
    )


def test_cognito_keeps_secrets_to_itself(aws: Aws) -> None:
    pool = aws.pool()
    code, problem = told(
        aws.careless("cognito-idp"),
        "SignUp",
        ClientId=pool.client_id,
        Username="ann",
        Password="a b",
        UserAttributes=[{"Name": "email", "Value": "a"}, {"Value": "b"}],
    )
    assert code == "InvalidParameterException"
    assert problem.split("; ") == [
        rf"Value at 'password' failed to satisfy constraint: {PATTERN} [\S]+",
        "Value null at 'userAttributes.2.member.name' failed to satisfy constraint: "
        "Member must not be null",
    ]


def test_cognitos_operations_that_moto_answers_too(aws: Aws) -> None:
    code, problem = told(
        aws.careless("cognito-idp"), "CreateGroup", UserPoolId="nope", GroupName="a"
    )
    constraint = rf"failed to satisfy constraint: {PATTERN} [\w-]+_[0-9a-zA-Z]+"
    assert (code, problem) == (
        "InvalidParameterException",
        f"Value 'nope' at 'userPoolId' {constraint}",
    )


@pytest.mark.parametrize("service", ["cognito-idp", "lambda"])
def test_a_parameter_of_another_type_is_named(aws: Aws, service: str) -> None:
    operation, given = {
        "cognito-idp": ("SignUp", {"ClientId": "x", "Username": 5, "Password": "Correct-horse-1"}),
        "lambda": ("CreateAlias", {"FunctionName": "a", "Name": 5, "FunctionVersion": "1"}),
    }[service]
    with refused("SerializationException", "The parameter ..."):
        aws.careless(service)._make_api_call(operation, given)


def test_names_may_be_of_any_script(aws: Aws) -> None:
    function = aws.function("handler = print")
    aws.lambdas.tag_resource(Resource=function.arn, Tags={"größe 東京": "größe"})
    with refused("ValidationException"):
        aws.lambdas.tag_resource(Resource=function.arn, Tags={"a\tb": "x"})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "X"}]},
            "Value 'X' at 'attributeDefinitions.1.member.attributeType' failed to satisfy...",
        ),
        (
            {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEWEST"}},
            "Value 'NEWEST' at 'streamSpecification.streamViewType' failed to satisfy...",
        ),
    ],
)
def test_a_table_is_as_described(aws: Aws, given: dict[str, Any], told: str) -> None:
    usual: Any = {
        "TableName": "described",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    with refused("ValidationException", f"1 validation error detected: {told}"):
        aws.client("dynamodb").create_table(**usual | given)
