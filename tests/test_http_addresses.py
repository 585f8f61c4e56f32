"""Where APIs are reached, and that these ways lead to nothing else (events contract 8.5)."""

import json
import shutil
import subprocess
from urllib.parse import urlsplit

import pytest
from harness import Aws, by_hand
from http_apis import GATEWAY, Answer, HttpApi, RestApi, ask, returning
from other_users import SOMEBODY, as_user, needs_root

AMAZON = "execute-api.us-east-1.amazonaws.com"


@pytest.fixture(scope="module")
def api(aws: Aws) -> HttpApi:
    function = returning(aws, "event['rawPath']")
    function.allow(GATEWAY)
    return HttpApi(aws, Target=function.arn)


def with_host(aws: Aws, host: str, path: str = "/a", **headers: str) -> Answer:
    return ask(aws.endpoint + path, headers={"Host": host, **headers})


def test_the_endpoint_works_as_it_is_returned(api: HttpApi) -> None:
    assert api.ask("/a").content == b"/a"
    assert ask(api.endpoint).content == b"/"


@pytest.mark.parametrize("host", ["execute-api.localhost", AMAZON])
def test_a_host_of_its_own_reaches_the_api(aws: Aws, api: HttpApi, host: str) -> None:
    port = urlsplit(aws.endpoint).port
    assert with_host(aws, f"{api.id}.{host}:{port}").content == b"/a"
    assert with_host(aws, f"{api.id}.{host}").content == b"/a"


@pytest.mark.parametrize("host", ["execute-api.localhost", AMAZON])
def test_a_host_of_its_own_reaches_a_stage_of_a_rest_api(aws: Aws, host: str) -> None:
    rest = RestApi(aws)
    said = "{'body': json.dumps([event['path'], event['requestContext']['domainName']])}"
    rest.method("GET /{proxy+}", returning(aws, said))
    rest.deploy("live")
    for name in (f"{rest.id}.{host}:{urlsplit(aws.endpoint).port}", f"{rest.id}.{host}"):
        answer = with_host(aws, name, "/live/a")
        assert (answer.status, json.loads(answer.content)[0]) == (200, "/a")
        assert json.loads(answer.content)[1].startswith(f"{rest.id}.execute-api.")
        assert with_host(aws, name, "/a").status == 403  # there is no such stage


def test_the_older_path_reaches_a_stage(aws: Aws, api: HttpApi) -> None:
    answer = ask(f"{aws.endpoint}/restapis/{api.id}/$default/_user_request_/a")
    assert answer.content == b"/a"


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_curl_and_browsers_know_names_below_localhost(aws: Aws, api: HttpApi) -> None:
    port = urlsplit(aws.endpoint).port
    address = f"http://{api.id}.execute-api.localhost:{port}/a"
    done = subprocess.run(["curl", "-sS", address], capture_output=True, text=True, check=True)
    assert done.stdout == "/a"


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        f"abc.{AMAZON}.example.com",
        "abc.s3.amazonaws.com",
        "s3.amazonaws.com",
        "execute-api.amazonaws.com",
        f"abc.example.{AMAZON}",
        "abc.lambda-url.us-east-1.amazonaws.com",
    ],
)
@pytest.mark.parametrize("path", ["/_sandbox/health", "/_aws/execute-api/abc/", "/"])
def test_other_names_are_refused_as_before(aws: Aws, host: str, path: str) -> None:
    key = f"?access_key={aws.access_key}"
    answer = with_host(aws, host, path + key)
    assert answer.status == 403
    assert b"this machine only" in answer.content


@pytest.mark.parametrize("host", [f"abc.{AMAZON}", "abc.execute-api.localhost"])
@pytest.mark.parametrize(
    "path",
    ["/_sandbox/mail", "/_sandbox/health", "/moto-api/", "/bucket", "/2015-03-31/functions"],
)
def test_names_of_apis_lead_to_apis_only(aws: Aws, host: str, path: str) -> None:
    answer = with_host(
        aws, host, f"{path}?access_key={aws.access_key}", Authorization=f"Bearer {aws.access_key}"
    )
    assert (answer.status, answer.json) == (403, {"message": "Forbidden"})


def test_pages_from_anywhere_may_ask_apis_and_nothing_else(aws: Aws, api: HttpApi) -> None:
    page = {"Origin": "https://example.com"}
    assert api.ask("/a", headers=page).status == 200
    assert ask(aws.endpoint + "/_sandbox/health", headers=page).status == 403


@needs_root
def test_other_users_of_the_machine_are_refused() -> None:
    with by_hand() as endpoint:
        api = HttpApi(Aws(endpoint), Target="arn:aws:lambda:us-east-1:123456789012:function:a")
        host = {"Host": f"{api.id}.{AMAZON}"}

        def work() -> list[int]:
            return [ask(api.endpoint).status, ask(endpoint, headers=host).status]

        assert as_user(0, work) == [500, 500]
        assert as_user(SOMEBODY, work) == [403, 403]
