"""A request is never larger in the server's memory than its service takes."""

import http.client
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from harness import Aws, refused

from cognito_sandbox import Sandbox

MB = 1024 * 1024
PIECE = bytes(MB)


@pytest.fixture(scope="module")
def own() -> Iterator[tuple[Aws, Sandbox]]:
    """A sandbox whose memory nothing else fills."""
    with Sandbox() as sandbox:
        aws = Aws(sandbox.endpoint, sandbox.access_key)
        aws.client("cloudformation").list_stacks()  # all is loaded now
        yield aws, sandbox


def peak(sandbox: Sandbox) -> int:
    """Megabytes that its process had at most."""
    status = Path(f"/proc/{sandbox._process.pid}/status")
    if not status.exists():
        pytest.skip("reads /proc")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
    assert found
    return int(found[1]) // 1024


def send(aws: Aws, service: str, path: str, size: int, chunked: bool) -> tuple[int, str, bool]:
    """Status and content of the answer to a request that says its size, or does not; and whether
    the connection ends."""
    scope = f"{aws.access_key}/20260101/us-east-1/{service}/aws4_request"
    connection = http.client.HTTPConnection(urlsplit(aws.endpoint).netloc, timeout=60)
    connection.putrequest("PUT" if service == "s3" else "POST", path)
    connection.putheader("Authorization", f"AWS4-HMAC-SHA256 Credential={scope}, Signature=none")
    connection.putheader(
        *(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", size))
    )
    connection.endheaders()
    try:
        for _ in range(size // MB):
            connection.send(b"%x\r\n%b\r\n" % (MB, PIECE) if chunked else PIECE)
        if chunked:
            connection.send(b"0\r\n\r\n")
    except OSError:
        pass  # the answer may be there already
    answer = connection.getresponse()
    content = answer.read().decode()
    return answer.status, content, answer.getheader("Connection") == "close"


@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize(
    ("service", "path", "told"),
    [
        ("s3", "/bucket/key", (400, "EntityTooLarge")),
        ("dynamodb", "/", (413, "RequestEntityTooLargeException")),
        ("lambda", "/2015-03-31/functions/f/invocations", (413, "6291456 bytes")),
        ("cognito-idp", "/", (413, "RequestEntityTooLargeException")),
    ],
)
def test_what_is_too_large_is_refused_and_not_kept(
    own: tuple[Aws, Sandbox], service: str, path: str, told: tuple[int, str], chunked: bool
) -> None:
    aws, sandbox = own
    aws.client("s3").list_buckets()
    before = peak(sandbox)
    status, content, ends = send(aws, service, path, 400 * MB, chunked)
    assert (status, ends) == (told[0], True)
    assert told[1] in content
    assert peak(sandbox) - before < (130 if service == "s3" and chunked else 50)


def test_what_lambda_takes_arrives(aws: Aws) -> None:
    function = aws.function("def handler(event, context):\n    return len(event)\n")
    assert function.result("x" * (6 * MB - 2)) == 6 * MB - 2
    text = "Request must be smaller than 6291456 bytes for the InvokeFunction operation"
    with refused("RequestEntityTooLargeException", text):
        function.invoke("x" * 6 * MB)


def test_an_invocation_that_nobody_waits_for_is_smaller(aws: Aws) -> None:
    function = aws.function("def handler(event, context):\n    pass\n")
    with refused("RequestEntityTooLargeException"):
        function.invoke("x" * MB, InvocationType="Event")


def test_a_large_object_arrives(aws: Aws) -> None:
    s3, bucket = aws.client("s3"), f"bucket-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a", Body=bytes(30 * MB))
    assert s3.head_object(Bucket=bucket, Key="a")["ContentLength"] == 30 * MB


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "²"])
def test_a_length_that_is_none(aws: Aws, length: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(aws.endpoint).netloc)
    connection.putrequest("POST", "/")
    connection.putheader("X-Amz-Target", "AWSCognitoIdentityProviderService.SignUp")
    connection.putheader("Content-Length", length.encode("latin-1"))
    connection.endheaders()
    assert connection.getresponse().status == 400
