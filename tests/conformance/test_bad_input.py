"""What must not be accepted, and must crash nothing: an error in words, of contract 6's form."""

import base64
import json
import re
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from harness import PASSWORD, Aws, Pool, eventually, listed, refused

COGNITO = "AWSCognitoIdentityProviderService."


def post(aws: Aws, operation: str, body: bytes) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(
        aws.endpoint,
        body,
        {"X-Amz-Target": f"{COGNITO}{operation}", "Content-Type": "application/x-amz-json-1.1"},
    )
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"5",
        b"[]",
        b"null",
        b'{"Username": 5}',
        b'{"ClientId": "x", "Username": "", "Password": "Correct-horse-1"}',
        b'{"ClientId": "x", "Username": "ann", "Password": 1234567}',
        b'{"ClientId": "x", "Username": "a", "Password": "b", "UserAttributes": {"a": 1}}',
        b'{"ClientId": "x", "Username": "a", "Password": "b", "NoSuchParameter": 1}',
    ],
)
def test_requests_of_another_shape(aws: Aws, body: bytes) -> None:
    status, answer = post(aws, "SignUp", body)
    assert status == 400
    assert answer["__type"] in ("SerializationException", "InvalidParameterException")


@pytest.mark.parametrize(
    "details",
    [
        "{'groupOverrideDetails': 'x'}",
        "{'groupOverrideDetails': {'groupsToOverride': 'x'}}",
        "{'claimsToAddOrOverride': ['x']}",
        "{'claimsToSuppress': 5}",
        "5",
    ],
)
def test_token_responses_of_another_shape(aws: Aws, details: str) -> None:
    body = f"event['response'] = {{'claimsOverrideDetails': {details}}}"
    pool = aws.pool({"PreTokenGeneration": aws.echo(body)})
    pool.add()
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        pool.sign_in()


@pytest.mark.parametrize(
    "change",
    [
        "['userAttributes'] = 'x'",
        "['userAttributes'] = {'email': 5}",
        "['desiredDeliveryMediums'] = [['x']]",
        "['finalUserStatus'] = True",
    ],
)
def test_migration_responses_of_another_shape(aws: Aws, change: str) -> None:
    pool = aws.pool({"UserMigration": aws.echo(f"event['response']{change}")})
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        pool.sign_in()
    assert pool.names() == []


@pytest.mark.parametrize("flag", ["'true'", "'false'", "1", "[True]"])
def test_flags_that_are_not_booleans_confirm_nobody(aws: Aws, flag: str) -> None:
    pool = aws.pool({"PreSignUp": aws.echo(f"event['response']['autoConfirmUser'] = {flag}")})
    with refused("InvalidLambdaResponseException"):
        pool.sign_up()
    assert pool.names() == []


def test_a_very_long_error_text_arrives(aws: Aws) -> None:
    pool = aws.pool({"PreSignUp": aws.echo("raise Exception('x' * 70_000)")})
    with refused("UserLambdaValidationException", "PreSignUp failed with error xxx..."):
        pool.sign_up()


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("sub", "NotAuthorizedException"),
        ("email_verified", "InvalidParameterException"),
        ("phone_number_verified", "InvalidParameterException"),
    ],
)
def test_users_cannot_vouch_for_themselves(aws: Aws, name: str, error: str) -> None:
    pool = aws.pool()
    pool.add()
    token = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    with refused(error):
        aws.cognito.update_user_attributes(AccessToken=token, UserAttributes=listed({name: "true"}))
    with refused("NotAuthorizedException"):
        pool.sign_up("bob", attributes={"email": "bob@example.com", name: "true"})


def test_resending_an_invitation_leaves_confirmed_users_alone(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    with refused("UnsupportedUserStateException"):
        aws.cognito.admin_create_user(UserPoolId=pool.id, Username="ann", MessageAction="RESEND")
    assert "AuthenticationResult" in pool.sign_in()


def test_a_vetoed_migration_takes_no_alias(aws: Aws) -> None:
    vouch = """
event["response"]["userAttributes"] = {
    "email": "ann@example.com", "email_verified": "true", "username": "zed"}
event["response"]["finalUserStatus"] = "CONFIRMED"
event["response"]["forceAliasCreation"] = True
"""
    veto = "if event['userName'] == 'zed': raise Exception('no')"
    pool = aws.pool(
        {"UserMigration": aws.echo(vouch), "PreSignUp": aws.echo(veto)}, AliasAttributes=["email"]
    )
    pool.add("ann")
    with refused("UserLambdaValidationException"):
        pool.sign_in("zed")
    assert pool.user("ann")["email_verified"] == "true"


def test_an_alias_has_one_owner_for_administrators_too(aws: Aws) -> None:
    pool = aws.pool(AliasAttributes=["email"])
    pool.add("ann", email="one@example.com")
    pool.add("bob", email="two@example.com")
    with refused("AliasExistsException", "An account with the email already exists."):
        pool.add("eve", email="one@example.com")
    verified = listed({"email": "one@example.com", "email_verified": "true"})
    with refused("AliasExistsException"):
        aws.cognito.admin_update_user_attributes(
            UserPoolId=pool.id, Username="bob", UserAttributes=verified
        )
    assert pool.names() == ["ann", "bob"]


def test_one_session_counts_once_even_in_parallel(aws: Aws) -> None:
    pool = aws.pool({"PostAuthentication": aws.echo("import time; time.sleep(0.3)")})
    aws.cognito.admin_create_user(
        UserPoolId=pool.id, Username="ann", TemporaryPassword="Temporary-1"
    )
    challenge = pool.sign_in(password="Temporary-1")

    def respond(_: int) -> bool:
        try:
            pool.respond(challenge, USERNAME="ann", NEW_PASSWORD=PASSWORD)
        except aws.cognito.exceptions.NotAuthorizedException:
            return False
        return True

    with ThreadPoolExecutor(5) as threads:
        assert sum(threads.map(respond, range(5))) == 1


def test_a_deleted_client_ends_what_its_tokens_can_do(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    token = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    aws.cognito.delete_user_pool_client(UserPoolId=pool.id, ClientId=pool.client_id)
    with refused("ResourceNotFoundException"):
        aws.cognito.update_user_attributes(
            AccessToken=token, UserAttributes=listed({"nickname": "x"})
        )


def test_parallel_sign_ups_where_names_are_searched(aws: Aws) -> None:
    pool = aws.pool(UsernameAttributes=["email"])
    names = [f"user-{number}@example.com" for number in range(300)]
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda name: pool.sign_up(name, attributes={}), names))
    pages = aws.cognito.get_paginator("list_users").paginate(UserPoolId=pool.id)
    assert sum(len(page["Users"]) for page in pages) == 300


def test_what_moto_lacks_is_told(aws: Aws) -> None:
    with refused("NotImplementedException"):
        aws.cognito.describe_risk_configuration(UserPoolId="us-east-1_any")


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"Runtime": "python3.foo"}, "cannot run python3.foo"),
        ({"Code": {"ZipFile": b"this is no zip"}}, "Could not unzip uploaded file"),
        ({"Environment": {"Variables": {"AWS_REGION": "mars"}}}, "reserved keys.*AWS_REGION"),
        ({"Environment": {"Variables": {"AB": "nul\0"}}}, "NUL character"),
    ],
)
def test_functions_that_could_not_run(aws: Aws, config: dict[str, Any], told: str) -> None:
    with pytest.raises(aws.lambdas.exceptions.InvalidParameterValueException, match=told):
        aws.function("def handler(event, context):\n    pass\n", **config)


def test_new_code_that_could_not_run_leaves_the_old(aws: Aws) -> None:
    function = aws.function("def handler(event, context):\n    return 'old'\n")
    with refused("InvalidParameterValueException"):
        aws.lambdas.update_function_code(FunctionName=function.name, ZipFile=b"this is no zip")
    assert function.result() == "old"


@pytest.mark.parametrize("region", ["nowhere-1", "eu-west-1"])
def test_a_trigger_in_another_place_is_no_crash(aws: Aws, region: str) -> None:
    arn = f"arn:aws:lambda:{region}:123456789012:function:none"
    with refused("UnexpectedLambdaException"):
        aws.pool({"PreSignUp": arn}).sign_up()


@pytest.mark.parametrize("payload", [b"[" * 100_000, b"{'a'", b"\xff\xfe"])
def test_events_that_are_not_json(aws: Aws, payload: bytes) -> None:
    function = aws.echo()
    with refused("InvalidRequestContentException"):
        aws.lambdas.invoke(FunctionName=function.name, Payload=payload)


def test_a_client_context_that_is_none(aws: Aws) -> None:
    with refused("InvalidRequestContentException"):
        aws.echo().invoke({}, ClientContext=base64.b64encode(b"no json").decode())


def test_what_was_printed_before_the_end_is_kept(aws: Aws) -> None:
    function = aws.function(
        "import os, time\n"
        "def handler(event, context):\n"
        "    print('half a line', end='')\n"
        "    os.write(1, b'past python\\n')\n"
        "    time.sleep(event['for'])\n"
        "    os._exit(1)\n",
        Timeout=1,
    )
    for seconds in (0, 5):
        function.invoke({"for": seconds})
    assert function.log().count("half a line\n") == 2
    assert function.log().count("past python\n") == 2


def test_streams_are_real_ones(aws: Aws) -> None:
    function = aws.function(
        "import sys\n"
        "def handler(event, context):\n"
        "    sys.stdout.reconfigure(line_buffering=True)\n"
        "    print('a')\n"
        "    sys.stdout.buffer.write(b'B\\n')\n"
        "    print('c')\n"
        "    return sys.stdout.encoding\n"
    )
    assert function.result() == "utf-8"
    assert [line for line in function.log() if len(line) == 2] == ["a\n", "B\n", "c\n"]


def test_many_event_invocations_all_run(aws: Aws) -> None:
    function = aws.function("import time\ndef handler(event, context):\n    time.sleep(0.2)\n")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: function.invoke({}, InvocationType="Event"), range(130)))

    def done() -> bool:
        return sum(line.startswith("REPORT") for line in function.log()) == 130

    assert eventually(done, 30)


def test_mail_is_found_by_the_address_too(aws: Aws) -> None:
    pool: Pool = aws.pool(UsernameAttributes=["email"])
    pool.sign_up("ann@example.com", attributes={})
    assert re.fullmatch(r"\d{6}", pool.mail("ann@example.com")[0]["code"])
    assert aws.get("/_sandbox/mail", user_pool_id=pool.id, username="") == []
