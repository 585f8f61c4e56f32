"""Who gets in: this user's programs, and where a key is asked for, those that have it."""

import http.client
import json
import os
import socket
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore import UNSIGNED
from harness import Aws, Pool, by_hand, client, refused
from other_users import SOMEBODY, as_user, needs_root
from werkzeug.serving import make_server

from cognito_sandbox import Sandbox
from cognito_sandbox.door import peers
from cognito_sandbox.patches.connections import Handler

OUR_HANDLER = "import boto3\ndef handler(event, context):\n    "
SIGN_UP = "AWSCognitoIdentityProviderService.SignUp"
LIST = "AWSCognitoIdentityProviderService.ListUserPools"
BY_SOMEBODY = "AWS4-HMAC-SHA256 Credential=ANYKEY/20260101/us-east-1/cognito-idp/aws4_request"
CALLS = [("/", LIST), ("/", SIGN_UP)]
CALLS += [
    (path, "none")
    for path in ("/2015-03-31/functions", "/_sandbox/mail", "/_sandbox/health", "/moto-api/", "/b")
]


@pytest.fixture(scope="module")
def open_one() -> Iterator[str]:
    with by_hand() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def told_a_key() -> Iterator[str]:
    with by_hand("--access-key", "CHOSENBYHAND", "--moto-api") as endpoint:
        yield endpoint


def status(endpoint: str, path: str, target: str = "none", **headers: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc)
    kind = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    connection.request("POST", path, b"{}", kind | headers)
    return connection.getresponse().status


def test_any_key_is_a_key(open_one: str) -> None:
    """An administrator's call is signed by somebody; an app's by nobody. (sign-in contract 1.5)"""
    aws = Aws(open_one, "ANYKEY")
    pool = aws.pool()
    unsigned = client("cognito-idp", open_one, signature_version=UNSIGNED)
    with refused("MissingAuthenticationTokenException", "Missing Authentication Token..."):
        unsigned.admin_get_user(UserPoolId=pool.id, Username="ann")
    assert unsigned.sign_up(ClientId=pool.client_id, Username="ann", Password="Correct-horse-1")[
        "UserSub"
    ]


@needs_root
def test_other_users_of_the_machine_are_refused(open_one: str) -> None:
    def work() -> list[int]:
        key = {"Authorization": BY_SOMEBODY}
        return [status(open_one, *call, **(key if LIST in call else {})) for call in CALLS]

    assert 403 not in as_user(0, work)
    assert as_user(SOMEBODY, work) == [403] * len(CALLS)


@needs_root
def test_other_users_are_refused_with_the_key_too(told_a_key: str) -> None:
    def work() -> int:
        return status(told_a_key, "/_sandbox/mail?access_key=CHOSENBYHAND")

    assert as_user(0, work) == 200
    assert as_user(SOMEBODY, work) == 403


@needs_root
def test_who_hangs_up_at_once_is_not_taken_for_root(open_one: str) -> None:
    """The kernel says 0 of a socket that nobody holds any more."""
    body = b'{"PoolName": "sneaked"}'
    head = (
        "POST / HTTP/1.1\r\nHost: localhost\r\n"
        "X-Amz-Target: AWSCognitoIdentityProviderService.CreateUserPool\r\n"
        f"Authorization: {BY_SOMEBODY}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    address = ("127.0.0.1", urlsplit(open_one).port)

    def hang_up() -> None:
        for _ in range(20):
            with socket.create_connection(address) as sent:
                sent.sendall(head.encode() + body)

    as_user(SOMEBODY, hang_up)
    time.sleep(0.5)
    pools = client("cognito-idp", open_one).list_user_pools(MaxResults=60)["UserPools"]
    assert "sneaked" not in [pool["Name"] for pool in pools]


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells")
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
@pytest.mark.parametrize("way", [peers._asked, peers._looked_up])
def test_both_ways_to_a_connections_owner_agree(
    way: Callable[..., int | None], family: socket.AddressFamily
) -> None:
    host = "127.0.0.1" if family == socket.AF_INET else "::ffff:127.0.0.1"
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(family) as client:
        client.connect((host, server.getsockname()[1]))
        ours, theirs = server.accept()
        if way(theirs, ours.getsockname()) is None and way is peers._asked:
            pytest.skip("this kernel does not answer such questions")
        assert way(theirs, ours.getsockname()) == os.getuid()
        client.close()
        assert way(theirs, ours.getsockname()) is None
        ours.close()


def test_the_owner_is_looked_up_once_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def may_connect(*ends: object) -> bool:
        asked.append(ends)
        return True

    monkeypatch.setattr(peers, "may_connect", may_connect)

    def application(_: object, start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [])
        return [b"answered"]

    with make_server("127.0.0.1", 0, application, True, request_handler=Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for _ in range(2):
            connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
            for _ in range(3):
                connection.request("GET", "/")
                assert connection.getresponse().read() == b"answered"
        server.shutdown()
    assert len(asked) == 2


def test_each_sandbox_has_a_key_of_its_own(aws: Aws) -> None:
    with Sandbox() as one:
        assert one.access_key != aws.access_key
        Aws(one.endpoint, one.access_key).cognito.list_user_pools(MaxResults=1)
        with refused("UnrecognizedClientException"):
            Aws(one.endpoint, aws.access_key).cognito.list_user_pools(MaxResults=1)


def test_the_key_stands_in_no_command_line_and_no_environment() -> None:
    if not Path("/proc").exists():
        pytest.skip("reads /proc")
    with Sandbox() as one:
        assert one.endpoint
        process = Path(f"/proc/{one._process.pid}")
        shown = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        assert b"cognito_sandbox" in shown
        assert one.access_key.encode() not in shown


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("cognito-idp", "list_identity_providers", "UnrecognizedClientException"),
        ("dynamodb", "list_tables", "UnrecognizedClientException"),
        ("lambda", "list_functions", "UnrecognizedClientException"),
        ("iam", "list_users", "InvalidClientTokenId"),
        ("s3", "list_buckets", "InvalidAccessKeyId"),
    ],
)
def test_another_key_is_refused_as_the_service_says(
    aws: Aws, service: str, operation: str, code: str
) -> None:
    asked = {"UserPoolId": "us-east-1_any"} if service == "cognito-idp" else {}
    with refused(code):
        getattr(client(service, aws.endpoint, "AKIASOMEBODYELSESKEY"), operation)(**asked)


def anonymous(aws: Aws, service: str = "cognito-idp") -> Any:
    return client(service, aws.endpoint, signature_version=UNSIGNED)


def test_an_app_signs_up_and_in_without_a_key_as_in_aws(aws: Aws) -> None:
    pool, app = aws.pool(), anonymous(aws)
    anybody = Pool(Aws(aws.endpoint, "none"), pool.id, pool.arn, pool.client_id)
    anybody.aws.cognito = app
    anybody.sign_up()
    anybody.confirm(code=pool.mail("ann")[-1]["code"])
    token = anybody.sign_in()["AuthenticationResult"]["AccessToken"]
    assert app.get_user(AccessToken=token)["Username"] == "ann"


def test_what_is_signed_in_aws_needs_the_key(aws: Aws) -> None:
    with refused("MissingAuthenticationTokenException"):
        anonymous(aws).list_user_pools(MaxResults=1)
    with refused("AccessDenied"):
        anonymous(aws, "s3").list_buckets()


def test_a_call_that_needs_no_key_is_no_way_to_one_that_does(aws: Aws) -> None:
    headers = {
        "X-Amz-Target": SIGN_UP,
        "Authorization": "AWS4-HMAC-SHA256 Credential=NOKEY/20260101/us-east-1/s3/aws4_request",
    }
    request = urllib.request.Request(f"{aws.endpoint}/bucket", headers=headers, method="PUT")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request)


@pytest.mark.parametrize("page", ["mail", "health"])
def test_the_sandboxs_own_pages_need_the_key(aws: Aws, page: str) -> None:
    address = f"{aws.endpoint}/_sandbox/{page}"
    for refused_one in (address, f"{address}?access_key=wrong"):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(refused_one)
    assert urllib.request.urlopen(f"{address}?access_key={aws.access_key}").status == 200
    shown = urllib.request.Request(address, headers={"Authorization": f"Bearer {aws.access_key}"})
    assert urllib.request.urlopen(shown).status == 200


def test_a_key_told_on_the_command_line(told_a_key: str) -> None:
    client("dynamodb", told_a_key, "CHOSENBYHAND").list_tables()
    with refused("UnrecognizedClientException"):
        client("dynamodb", told_a_key, "ANOTHER").list_tables()


def test_without_one_any_key_will_do(open_one: str) -> None:
    for key in ("one", "AKIAANOTHERONE"):
        client("dynamodb", open_one, key).list_tables()
    assert json.load(urllib.request.urlopen(f"{open_one}/_sandbox/mail")) == []


def test_functions_get_in_with_their_own_key(aws: Aws) -> None:
    body = "return boto3.client('dynamodb').list_tables()['TableNames']"
    assert isinstance(aws.function(OUR_HANDLER + body).result(), list)
    body = "return boto3.Session().get_credentials().access_key"
    assert aws.function(OUR_HANDLER + body).result() != aws.access_key


def test_keys_that_iam_and_sts_hand_out_work_until_they_are_deleted(aws: Aws) -> None:
    iam, name = aws.client("iam"), f"user-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
    client("dynamodb", aws.endpoint, key).list_tables()
    iam.delete_access_key(UserName=name, AccessKeyId=key)
    with refused("UnrecognizedClientException"):
        client("dynamodb", aws.endpoint, key).list_tables()
    assumed = aws.client("sts").assume_role(RoleArn=aws.role, RoleSessionName="test")
    client("dynamodb", aws.endpoint, assumed["Credentials"]["AccessKeyId"]).list_tables()


def test_a_link_signed_beforehand_opens(aws: Aws) -> None:
    s3, bucket = aws.client("s3"), f"bucket-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a", Body=b"hello")
    signer = client("s3", aws.endpoint, aws.access_key, signature_version="s3v4")
    link = signer.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a"})
    assert urllib.request.urlopen(link).read() == b"hello"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(link.replace(aws.access_key, "ANOTHERKEY"))


def test_motos_own_pages_are_there_only_if_asked_for(open_one: str, told_a_key: str) -> None:
    signed = "Credential=CHOSENBYHAND/20260101/us-east-1/s3/aws4_request, SignedHeaders=host"
    for path in ("/moto-api/reset", "/moto-api/recorder/start-recording", "/moto-api/seed?a=1"):
        assert status(open_one, path) == 404
    signed = f"AWS4-HMAC-SHA256 {signed}"
    assert status(told_a_key, "/moto-api/reset", Authorization=signed) == 200
    assert status(told_a_key, "/moto-api/reset") == 403
