"""Events contract 10.1: from Pending to Active, one update after the other, and RevisionIds."""

import base64
import http.client
import io
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from harness import Aws, Function, eventually, refused, zipped

ONE, TWO = (f"def handler(event, context):\n    return {number}\n" for number in (1, 2))
NOT_NOW = "The operation cannot be performed at this time."
CHANGED = "The Revision Id provided does not match the latest Revision Id. Call the ..."
SIGNED = "AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/lambda/aws4_request"


class Pipelined:
    """Requests that are there before the first is answered: nobody is quicker than that."""

    def __init__(self, aws: Aws) -> None:
        self.aws, self.requests = aws, b""

    def add(self, method: str, path: str, body: dict[str, Any]) -> "Pipelined":
        content = json.dumps(body).encode()
        head = (
            f"{method} /2015-03-31/functions{path} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: {SIGNED.format(self.aws.access_key)}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        self.requests += head.encode() + content
        return self

    def send(self, count: int) -> list[Any]:
        """The answers to so many requests."""
        port = int(self.aws.endpoint.rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.connect()
        connection.sock.sendall(self.requests)
        reader = io.BufferedReader(connection.sock.makefile("rb", buffering=0))
        answers = [_read(reader) for _ in range(count)]
        connection.close()
        return answers


def _read(reader: io.BufferedReader) -> Any:
    reader.readline()
    headers = http.client.parse_headers(reader)
    return json.loads(reader.read(int(headers["Content-Length"])))


def told(answer: dict[str, str]) -> str | None:
    """The error's text."""
    return answer.get("message") or answer.get("Message")


def creation(aws: Aws, **more: Any) -> dict[str, Any]:
    return {
        "FunctionName": f"function-{uuid.uuid4().hex[:8]}",
        "Runtime": "python3.11",
        "Handler": "index.handler",
        "Role": aws.role,
        "Code": {"ZipFile": base64.b64encode(zipped(index=ONE)).decode()},
    } | more


def until(attempt: Callable[[], list[Any]], holds: Callable[[Any], object]) -> list[Any]:
    """The answers of the first attempt that came in time: a busy machine may be too late."""
    found: list[list[Any]] = []

    def attempts() -> object:
        found.append(attempt())
        return holds(found[-1][-1])

    assert eventually(attempts), found[-1]
    return found[-1]


@pytest.mark.parametrize(
    ("method", "path", "reason"),
    [
        ("POST", "invocations", "The function is currently in the following state: Pending"),
        (
            "PUT",
            "configuration",
            "The resource {} is currently in the following state: 'Pending'. "
            "StateReasonCode: 'Creating'",
        ),
    ],
)
def test_what_is_pending_can_neither_run_nor_change(
    aws: Aws, method: str, path: str, reason: str
) -> None:
    def attempt() -> list[Any]:
        made = creation(aws)
        then = f"/{made['FunctionName']}/{path}"
        return Pipelined(aws).add("POST", "", made).add(method, then, {}).send(2)

    made, answer = until(attempt, lambda answer: isinstance(answer, dict) and told(answer))
    assert (made["State"], made["StateReasonCode"]) == ("Pending", "Creating")
    assert made["StateReason"] == "The function is being created."
    assert "LastUpdateStatus" not in made
    assert told(answer) == f"{NOT_NOW} {reason.format(made['FunctionArn'])}"


def test_while_an_update_is_under_way_there_is_no_other(aws: Aws) -> None:
    function = aws.function(ONE)
    code = {"ZipFile": base64.b64encode(zipped(index=TWO)).decode()}
    path = f"/{function.name}"

    def attempt() -> list[Any]:
        function.wait()
        updating = Pipelined(aws).add("PUT", f"{path}/code", code)
        return updating.add("PUT", f"{path}/configuration", {"Timeout": 4}).send(2)

    updated, refusal = until(attempt, told)
    shown = [updated[name] for name in ("State", "LastUpdateStatus", "LastUpdateStatusReasonCode")]
    assert shown == ["Active", "InProgress", "Creating"]
    assert told(refusal) == f"{NOT_NOW} An update is in progress for resource: {function.arn}"


def test_meanwhile_the_old_code_runs(aws: Aws) -> None:
    function, sources = aws.function(ONE), [TWO, ONE]
    path = f"/{function.name}"

    def attempt() -> list[Any]:
        function.wait()
        new = sources[0]
        before = function.result()
        code = {"ZipFile": base64.b64encode(zipped(index=new)).decode()}
        requests = Pipelined(aws).add("PUT", f"{path}/code", code)
        _, ran = requests.add("POST", f"{path}/invocations", {}).send(2)
        function.wait()
        assert function.result() == (2 if new == TWO else 1)
        sources.reverse()
        return [ran == before]

    until(attempt, bool)


def test_the_revision_changes_when_an_update_begins_and_when_it_is_done(aws: Aws) -> None:
    made = aws.lambdas.create_function(**creation(aws) | {"Code": {"ZipFile": zipped(index=ONE)}})
    name: Any = {"FunctionName": made["FunctionName"]}
    active = aws.lambdas.get_function_configuration(**name)
    assert (active["State"], active["LastUpdateStatus"]) == ("Active", "Successful")
    updating = aws.lambdas.update_function_configuration(**name, Timeout=5)
    done = aws.lambdas.get_function_configuration(**name)
    revisions = [each["RevisionId"] for each in (made, active, updating, done)]
    assert len(set(revisions)) == 4


def test_stacks_make_functions_that_are_active(aws: Aws) -> None:
    properties = creation(aws) | {"Code": {"ZipFile": ONE}}
    body = {"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": properties}}}
    name = f"stack-{uuid.uuid4().hex[:8]}"
    aws.client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(body))
    function = Function(aws, properties["FunctionName"], "")
    assert function.result() == 1


def test_each_call_that_takes_a_revision_looks_at_it(aws: Aws) -> None:
    function = aws.function(ONE, Publish=True, permission=False)
    named: Any = {"FunctionName": function.name}
    alias = aws.lambdas.create_alias(**named, Name="live", FunctionVersion="1")
    newer = aws.lambdas.update_alias(
        **named, Name="live", Description="new", RevisionId=alias["RevisionId"]
    )
    assert newer["RevisionId"] != alias["RevisionId"]
    granting: Any = {"Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
    aws.lambdas.add_permission(**named, StatementId="a", **granting)
    policy = aws.lambdas.get_policy(**named)["RevisionId"]
    calls: list[Callable[..., Any]] = [
        lambda **given: aws.lambdas.update_alias(**named, Name="live", **given),
        lambda **given: aws.lambdas.publish_version(**named, **given),
        lambda **given: aws.lambdas.add_permission(**named, StatementId="b", **granting, **given),
        lambda **given: aws.lambdas.remove_permission(**named, StatementId="a", **given),
    ]
    for call in calls:
        with refused("PreconditionFailedException", CHANGED):
            call(RevisionId=alias["RevisionId"])
    assert aws.lambdas.get_alias(**named, Name="live")["RevisionId"] == newer["RevisionId"]
    latest = aws.lambdas.get_function_configuration(**named)["RevisionId"]
    for call, revision in zip(calls, (newer["RevisionId"], latest, policy), strict=False):
        call(RevisionId=revision)
    calls[3](RevisionId=aws.lambdas.get_policy(**named)["RevisionId"])


def test_a_version_is_published_of_the_code_that_is_meant(aws: Aws) -> None:
    function = aws.function(ONE)
    sha = aws.lambdas.get_function_configuration(FunctionName=function.name)["CodeSha256"]
    with refused("InvalidParameterValueException"):
        aws.lambdas.publish_version(FunctionName=function.name, CodeSha256="x")
    published = aws.lambdas.publish_version(FunctionName=function.name, CodeSha256=sha)
    assert published["Version"] == "1"


def test_without_a_change_the_last_version_is_published_again(aws: Aws) -> None:
    function = aws.function(ONE, Publish=True)
    named: Any = {"FunctionName": function.name}
    assert aws.lambdas.publish_version(**named)["Version"] == "1"
    aws.lambdas.update_function_code(**named, ZipFile=zipped(index=ONE))
    function.wait()
    assert aws.lambdas.publish_version(**named)["Version"] == "1"
    made = aws.lambdas.update_function_code(**named, ZipFile=zipped(index=TWO), Publish=True)
    assert made["Version"] == "2"
    assert json.load(function.invoke(Qualifier="1")["Payload"]) == 1


def test_what_layers_there_may_be(aws: Aws) -> None:
    content: Any = {"ZipFile": zipped(**{"python/shared": ""})}
    first, second = (
        aws.lambdas.publish_layer_version(LayerName="both", Content=content)["LayerVersionArn"]
        for _ in range(2)
    )
    text = (
        "Two different versions of the same layer are not allowed to be referenced in the same "
        f"function. {first} and {second} are versions of the same layer."
    )
    with refused("InvalidParameterValueException", text):
        aws.function(ONE, Layers=[first, second])
    gone = first.removesuffix(":1") + ":9"
    with refused("InvalidParameterValueException", f"Layer version {gone} does not exist."):
        aws.function(ONE, Layers=[gone])
    with refused("InvalidParameterValueException", "Cannot reference more than 5 layers."):
        aws.function(ONE, Layers=[first] * 6)


def test_a_statement_is_told_as_text_and_has_a_name_of_its_own(aws: Aws) -> None:
    function = aws.function(ONE, permission=False)
    bucket, account = "arn:aws:s3:::bucket", "123456789012"
    given: Any = {
        "FunctionName": function.name,
        "StatementId": "s3",
        "Action": "lambda:InvokeFunction",
        "Principal": "s3.amazonaws.com",
        "SourceArn": bucket,
        "SourceAccount": account,
    }
    assert json.loads(aws.lambdas.add_permission(**given)["Statement"]) == {
        "Sid": "s3",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": function.arn,
        "Condition": {
            "StringEquals": {"AWS:SourceAccount": account},
            "ArnLike": {"AWS:SourceArn": bucket},
        },
    }
    text = (
        "The statement id (s3) provided already exists. Please provide a new statement id, or "
        "remove the existing statement."
    )
    with refused("ResourceConflictException", text):
        aws.lambdas.add_permission(**given)


def test_unreserved_concurrency_keeps_a_hundred(aws: Aws) -> None:
    function = aws.function(ONE)
    text = (
        "Specified ReservedConcurrentExecutions for function decreases account's "
        "UnreservedConcurrentExecution below its minimum value of [100]."
    )
    with refused("InvalidParameterValueException", text):
        aws.lambdas.put_function_concurrency(
            FunctionName=function.name, ReservedConcurrentExecutions=901
        )


def test_what_is_not_there_is_named_with_its_version(aws: Aws) -> None:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:nobody"
    name, reserved = {"FunctionName": "nobody"}, {"ReservedConcurrentExecutions": 1}
    for call, more in (
        ("invoke", {}),
        ("put_function_concurrency", reserved),
        ("get_function_concurrency", {}),
        ("delete_function_concurrency", {}),
    ):
        with refused("ResourceNotFoundException", f"Function not found: {arn}:$LATEST"):
            getattr(aws.lambdas, call)(**name, **more)
    with refused("ResourceNotFoundException", f"Function not found: {arn}"):
        aws.lambdas.get_function(FunctionName="nobody")
    taken = aws.function(ONE).name
    with refused("ResourceConflictException", f"Function already exist: {taken}"):
        aws.function(ONE, FunctionName=taken)
