"""Pages of this machine may use the sandbox as they use AWS; those of others may not."""

import http.client
import socket
import uuid
from urllib.parse import urlsplit

import pytest
from harness import Aws

PAGE = "http://localhost:5173"
EXPOSED = {"x-amzn-requestid", "x-amzn-errortype", "x-amzn-errormessage", "date"}
SIGN_UP = {
    "X-Amz-Target": "AWSCognitoIdentityProviderService.SignUp",
    "Content-Type": "application/x-amz-json-1.1",
}


def ask(aws: Aws, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(aws.endpoint).netloc)
    connection.request(method, path, b"{}" if method == "POST" else None, headers)
    return connection.getresponse()


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/", SIGN_UP),
        ("POST", "/", {**SIGN_UP, "X-Amz-Target": "AWSCognitoIdentityProviderService.GetDevice"}),
        ("GET", "/us-east-1_any/.well-known/jwks.json", {}),
        ("GET", "/_sandbox/mail", {}),
        ("POST", "/2015-03-31/functions", {"Content-Type": "application/json"}),
    ],
)
def test_every_answer_may_be_read_by_pages_of_this_machine(
    aws: Aws, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = ask(aws, method, path, **headers, Origin=PAGE)
    assert answer.headers.get_all("Access-Control-Allow-Origin") == [PAGE]
    exposed = answer.headers["Access-Control-Expose-Headers"].lower().replace(" ", "").split(",")
    assert set(exposed) >= EXPOSED
    assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("path", ["/", "/2015-03-31/functions", "/_sandbox/mail"])
def test_a_browser_may_ask_beforehand(aws: Aws, path: str) -> None:
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,x-amz-target",
    }
    answer = ask(aws, "OPTIONS", path, Origin=PAGE, **asked)
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert "authorization" in allowed
    assert "x-amz-target" in allowed


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1.evil.example", "null"]
)
def test_pages_from_elsewhere_are_told_nothing(aws: Aws, origin: str) -> None:
    for method in ("OPTIONS", "POST"):
        asked = {"Access-Control-Request-Method": "POST"} if method == "OPTIONS" else SIGN_UP
        answer = ask(aws, method, "/", Origin=origin, **asked)
        assert answer.status == 403
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_bucket_has_rules_of_its_own(aws: Aws) -> None:
    s3, bucket = aws.client("s3"), f"bucket-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "GET"}
    closed = ask(aws, "OPTIONS", f"/{bucket}/key", **asked)
    assert "Access-Control-Allow-Origin" not in closed.headers
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": [PAGE]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    opened = ask(aws, "OPTIONS", f"/{bucket}/key", **asked)
    assert opened.headers.get_all("Access-Control-Allow-Origin") == [PAGE]


def test_head_and_body_leave_in_one_write(aws: Aws) -> None:
    host = urlsplit(aws.endpoint)
    request = (
        f"GET /_sandbox/health?access_key={aws.access_key} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    )
    with socket.create_connection((host.hostname, host.port)) as connection:
        for _ in range(200):
            connection.sendall(request.encode())
            assert connection.recv(1 << 16).endswith(b"}")
