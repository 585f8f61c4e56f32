"""Contract 6: what a trigger's failure becomes for the client."""

import json
import time
import urllib.error
import urllib.request

import pytest
from harness import PASSWORD, Aws, eventually, refused

from helpers import cures

BAD = ("InvalidLambdaResponseException", "Unrecognizable lambda output")
NO_JSON = ("InvalidLambdaResponseException", "Invalid lambda function output : Invalid JSON")


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("return None", *NO_JSON),
        ("return b'not json'", *NO_JSON),
        ("return 'text'", *BAD),
        ("return 5", *BAD),
        ("return []", *BAD),
        ("return {}", *BAD),
        ("return {'response': event['response']}", *BAD),
        ("del event['callerContext']", *BAD),
        ("return {key.title(): value for key, value in event.items()}", *BAD),
        ("event['response'] = ['autoConfirmUser']", *BAD),
        ("event['request'] = 'gone'", *BAD),
    ],
)
def test_results_that_are_not_the_event(aws: Aws, body: str, kind: str, text: str) -> None:
    pool = aws.pool({"PreSignUp": aws.echo(body)})
    with refused(kind, text):
        pool.sign_up()
    assert pool.names() == []


@pytest.mark.parametrize(
    ("raised", "text"),
    [
        ("Exception('SPIKE_LOCKED')", "PreSignUp failed with error SPIKE_LOCKED."),
        ("Exception('With a period.')", "PreSignUp failed with error With a period..."),
        ("KeyError('x')", "PreSignUp failed with error 'x'."),
    ],
)
def test_a_raised_error_shows_its_text_and_one_period(aws: Aws, raised: str, text: str) -> None:
    pool = aws.pool({"PreSignUp": aws.echo(f"raise {raised}")})
    with refused("UserLambdaValidationException", text):
        pool.sign_up()


def test_a_raised_error_is_not_tried_again(aws: Aws) -> None:
    trigger = aws.echo("raise Exception('no')")
    with refused("UserLambdaValidationException"):
        aws.pool({"PreSignUp": trigger}).sign_up()
    assert len(trigger.events()) == 1


def test_an_import_error(aws: Aws) -> None:
    trigger = aws.function("import nowhere\n")
    with refused(
        "UserLambdaValidationException",
        "PreSignUp failed with error Unable to import module 'index': No module named 'nowhere'.",
    ):
        aws.pool({"PreSignUp": trigger}).sign_up()


def test_a_process_that_dies(aws: Aws) -> None:
    trigger = aws.echo("import os; os._exit(129)")
    with refused("UserLambdaValidationException") as error:
        aws.pool({"PreSignUp": trigger}).sign_up()
    assert error.kind == "UserLambdaValidationException"
    assert any("Runtime exited with error: exit status 129" in line for line in trigger.log())


def test_the_functions_own_timeout(aws: Aws) -> None:
    trigger = aws.echo("import time; time.sleep(30)", Timeout=1)
    pool = aws.pool({"PreSignUp": trigger})
    try:
        pool.sign_up()
    except aws.cognito.exceptions.UserLambdaValidationException as error:
        told = error.response["Error"]["Message"]
        assert told.startswith("PreSignUp failed with error ")
        assert told.endswith("Task timed out after 1.00 seconds.")
    else:
        pytest.fail("the sign-up went through")


def test_five_seconds_and_three_tries(aws: Aws) -> None:
    trigger = aws.echo("import time; time.sleep(5.5)", Timeout=30)
    start = time.monotonic()
    text = "PreSignUp invocation failed due to error Socket timeout while invoking Lambda function."
    with refused("UnexpectedLambdaException", text):
        aws.pool({"PreSignUp": trigger}).sign_up()
    assert cures.explain(text).error == "No answer within five seconds"
    assert 14.5 < time.monotonic() - start < 18
    # The abandoned executions go on to their end, and log then.
    assert eventually(lambda: len(trigger.events()) == 3)


def test_no_permission(aws: Aws) -> None:
    pool = aws.pool({"PreSignUp": aws.echo(permission=False)})
    text = "PreSignUp invocation failed due to error AccessDeniedException."
    with refused("UnexpectedLambdaException", text):
        pool.sign_up()


def test_a_deleted_function_looks_like_no_permission(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PreSignUp": trigger})
    aws.lambdas.delete_function(FunctionName=trigger.name)
    text = "PreSignUp invocation failed due to error AccessDeniedException."
    with refused("UnexpectedLambdaException", text):
        pool.sign_up()


def test_permission_can_be_limited_to_a_pool(aws: Aws) -> None:
    trigger = aws.echo(permission=False)
    mine, other = aws.pool({"PreSignUp": trigger}), aws.pool({"PreSignUp": trigger})
    trigger.allow("cognito-idp.amazonaws.com", SourceArn=mine.arn, SourceAccount="123456789012")
    mine.sign_up()
    with refused("UnexpectedLambdaException"):
        other.sign_up()


@pytest.mark.parametrize(
    ("principal", "condition"),
    [
        ("s3.amazonaws.com", {}),
        ("cognito-idp.amazonaws.com", {"SourceAccount": "999999999999"}),
    ],
)
def test_permission_for_somebody_else(aws: Aws, principal: str, condition: dict[str, str]) -> None:
    trigger = aws.echo(permission=False)
    trigger.allow(principal, **condition)
    with refused("UnexpectedLambdaException"):
        aws.pool({"PreSignUp": trigger}).sign_up()


def test_errors_on_the_wire(aws: Aws) -> None:
    body = json.dumps({"ClientId": "nothing", "Username": "ann", "Password": PASSWORD})
    request = urllib.request.Request(
        aws.endpoint,
        body.encode(),
        {
            "X-Amz-Target": "AWSCognitoIdentityProviderService.SignUp",
            "Content-Type": "application/x-amz-json-1.1",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request)
    assert raised.value.code == 400
    assert raised.value.headers["x-amzn-ErrorType"] == "ResourceNotFoundException:"
    told = json.load(raised.value)
    assert set(told) == {"__type", "message"}
    assert told["__type"] == "ResourceNotFoundException"
    assert raised.value.headers["x-amzn-ErrorMessage"] == told["message"]


def test_triggers_belong_to_their_pool(aws: Aws) -> None:
    trigger = aws.echo()
    aws.pool({"PreSignUp": trigger}).sign_up()
    aws.pool().sign_up()
    assert len(trigger.events()) == 1


def test_a_handler_may_call_cognito_while_the_call_is_open(aws: Aws) -> None:
    body = """
import boto3
cognito = boto3.client("cognito-idp")
print(cognito.list_users(UserPoolId=event["userPoolId"])["Users"])
cognito.admin_create_user(UserPoolId=event["userPoolId"], Username="other")
"""
    pool = aws.pool({"PostConfirmation": aws.echo(body)})
    pool.sign_up()
    pool.confirm()
    assert pool.names() == ["ann", "other"]
