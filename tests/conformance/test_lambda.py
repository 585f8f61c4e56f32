"""Contract 10: how functions run, and what invoking them answers."""

import base64
import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from harness import Aws, eventually, refused, zipped

COUNT = """
import os
count = 0
def handler(event, context):
    global count
    count += 1
    return {"count": count, "process": os.getpid()}
"""
SHOW = """
import os
def handler(event, context):
    return {
        "environment": dict(os.environ),
        "directory": os.getcwd(),
        "context": {key: value for key, value in vars(context).items() if key[0] != "_"
                    and isinstance(value, (str, type(None)))},
        "event": event,
    }
"""
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def test_module_state_survives_between_invocations(aws: Aws) -> None:
    function = aws.function(COUNT)
    assert [function.result()["count"] for _ in range(3)] == [1, 2, 3]
    assert len(function.streams()) == 1


def test_new_code_gets_a_new_environment(aws: Aws) -> None:
    function = aws.function(COUNT)
    first = function.result()
    aws.lambdas.update_function_code(
        FunctionName=function.name, ZipFile=zipped(index=COUNT.replace("count = 0", "count = 10"))
    )
    function.wait()
    second = function.result()
    assert second["count"] == 11
    assert second["process"] != first["process"]


def test_new_configuration_gets_a_new_environment(aws: Aws) -> None:
    function = aws.function(SHOW)
    function.result()
    aws.lambdas.update_function_configuration(
        FunctionName=function.name, Environment={"Variables": {"COLOUR": "red"}}, MemorySize=256
    )
    function.wait()
    environment = function.result()["environment"]
    assert environment["COLOUR"] == "red"
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert len(function.streams()) == 2


def test_parallel_invocations_get_parallel_environments(aws: Aws) -> None:
    function = aws.function(
        "import os, time\n"
        "def handler(event, context):\n"
        "    time.sleep(0.5)\n"
        "    return os.getpid()\n"
    )
    with ThreadPoolExecutor(4) as threads:
        processes = set(threads.map(lambda _: function.result(), range(4)))
    assert len(processes) == 4
    assert len(function.streams()) == 4


def test_code_can_come_from_s3(aws: Aws) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="function.zip", Body=zipped(index=COUNT))
    function = aws.function("", Code={"S3Bucket": "code", "S3Key": "function.zip"})
    assert function.result()["count"] == 1


def test_a_layer_can_be_imported(aws: Aws) -> None:
    layer = aws.lambdas.publish_layer_version(
        LayerName="shared", Content={"ZipFile": zipped(**{"python/shared": "VALUE = 7\n"})}
    )
    function = aws.function(
        "import shared\ndef handler(event, context):\n    return shared.VALUE\n",
        Layers=[layer["LayerVersionArn"]],
    )
    assert function.result() == 7


def test_the_environment_is_lambdas_and_the_functions(aws: Aws) -> None:
    function = aws.function(SHOW, Environment={"Variables": {"COLOUR": "red"}})
    shown = function.result()
    environment = shown["environment"]
    assert environment["COLOUR"] == "red"
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "us-east-1"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == function.name
    assert environment["AWS_LAMBDA_FUNCTION_VERSION"] == "$LATEST"
    assert environment["_HANDLER"] == "index.handler"
    assert environment["TZ"] == ":UTC"
    assert environment["LAMBDA_TASK_ROOT"] == shown["directory"]
    assert environment["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.11"


def test_the_context(aws: Aws) -> None:
    function = aws.function(SHOW, MemorySize=192)
    response = function.invoke({"a": 1})
    context = json.load(response["Payload"])["context"]
    assert re.fullmatch(UUID, context["aws_request_id"])
    assert context["function_name"] == function.name
    assert context["function_version"] == "$LATEST"
    assert context["invoked_function_arn"] == function.arn
    assert context["memory_limit_in_mb"] == "192"
    assert context["log_group_name"] == function.group
    assert context["log_stream_name"] == function.streams()[0]


def test_remaining_time_counts_down(aws: Aws) -> None:
    function = aws.function(
        "import time\n"
        "def handler(event, context):\n"
        "    first = context.get_remaining_time_in_millis()\n"
        "    time.sleep(0.2)\n"
        "    return first, context.get_remaining_time_in_millis()\n",
        Timeout=20,
    )
    first, second = function.result()
    assert 19_000 < second < first <= 20_000
    assert 190 <= first - second < 1000


def test_client_context_reaches_the_handler(aws: Aws) -> None:
    function = aws.function(
        "def handler(event, context):\n    return context.client_context.custom\n"
    )
    given = base64.b64encode(json.dumps({"custom": {"a": "1"}}).encode()).decode()
    assert json.load(function.invoke(ClientContext=given)["Payload"]) == {"a": "1"}


def test_calls_inside_reach_the_sandbox(aws: Aws) -> None:
    function = aws.function(
        "import boto3\n"
        "def handler(event, context):\n"
        "    return boto3.client('sts').get_caller_identity()['Account']\n"
    )
    assert function.result() == "123456789012"


def test_a_program_that_is_started_inside_has_nothing_to_read(aws: Aws) -> None:
    function = aws.function(
        "import subprocess\n"
        "def handler(event, context):\n"
        "    return subprocess.run(['cat'], capture_output=True, text=True).stderr\n"
    )
    assert function.result() == ""


def test_this_project_cannot_be_imported_inside(aws: Aws) -> None:
    function = aws.function("import helpers\n")
    assert "No module named 'helpers'" in function.result()["errorMessage"]


def test_a_function_may_have_a_module_of_the_same_name(aws: Aws) -> None:
    source = "import helpers\ndef handler(event, context):\n    return helpers.VALUE\n"
    code = {"ZipFile": zipped(index=source, helpers="VALUE = 7\n")}
    assert aws.function("", Code=code).result() == 7


def test_a_good_answer(aws: Aws) -> None:
    response = aws.function(COUNT).invoke()
    assert response["StatusCode"] == 200
    assert response["ExecutedVersion"] == "$LATEST"
    assert "FunctionError" not in response
    assert "LogResult" not in response


def test_the_event_passes_unchanged(aws: Aws) -> None:
    event = {"text": "ünïcode \u2028", "list": [1, 2.5, None, True], "nested": {"a": {}}}
    assert aws.function(SHOW).result(event)["event"] == event


def test_event_invocations_run_later(aws: Aws) -> None:
    function = aws.echo()
    response = function.invoke({"a": 1}, InvocationType="Event")
    assert response["StatusCode"] == 202
    assert response["Payload"].read() == b""
    assert eventually(function.events) == [{"a": 1}]


def test_dry_runs_run_nothing(aws: Aws) -> None:
    function = aws.echo()
    assert function.invoke({"a": 1}, InvocationType="DryRun")["StatusCode"] == 204
    assert function.log() == []


def test_the_tail_of_the_log_comes_with_the_answer(aws: Aws) -> None:
    function = aws.function("def handler(event, context):\n    print('x' * 6000)\n    return 1\n")
    tail = base64.b64decode(function.invoke(LogType="Tail")["LogResult"])
    assert len(tail) == 4096
    assert b"REPORT RequestId" in tail
    assert b"START" not in tail


def test_a_raised_error(aws: Aws) -> None:
    function = aws.function("def handler(event, context):\n    raise KeyError('x')\n")
    response = function.invoke()
    assert (response["StatusCode"], response["FunctionError"]) == (200, "Unhandled")
    error = json.load(response["Payload"])
    assert error["errorMessage"] == "'x'"
    assert error["errorType"] == "KeyError"
    assert re.fullmatch(UUID, error["requestId"])
    (frame,) = error["stackTrace"]
    assert frame.startswith('  File "/var/task/index.py", line 2, in handler\n')


@pytest.mark.parametrize(
    ("source", "handler", "kind", "message"),
    [
        (
            "import nowhere\n",
            "index.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'index': No module named 'nowhere'",
        ),
        (
            "",
            "other.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'other': No module named 'other'",
        ),
        (
            "",
            "index.handler",
            "Runtime.HandlerNotFound",
            "Handler 'handler' missing on module 'index'",
        ),
        ("def handler(\n", "index.handler", "Runtime.UserCodeSyntaxError", None),
        ("", "handler", "Runtime.MalformedHandlerName", None),
        ("1 / 0\n", "index.handler", "ZeroDivisionError", "division by zero"),
    ],
)
def test_what_cannot_be_imported(
    aws: Aws, source: str, handler: str, kind: str, message: str | None
) -> None:
    function = aws.function(source, Handler=handler)
    for _ in range(2):
        response = function.invoke()
        assert response["FunctionError"] == "Unhandled"
        error = json.load(response["Payload"])
        assert error["errorType"] == kind
        assert message in (None, error["errorMessage"])
    log = "".join(function.log())
    assert "LAMBDA_WARNING: Unhandled exception." in log
    assert f"Phase: init\tStatus: error\tError Type: {kind}" in log


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("{1, 2}", "Object of type set is not JSON serializable"),
        ("__import__('datetime').date.today()", "Object of type date is not JSON serializable"),
    ],
)
def test_a_result_that_is_not_json(aws: Aws, result: str, text: str) -> None:
    function = aws.function(f"def handler(event, context):\n    return {result}\n")
    error = function.result()
    assert error["errorType"] == "Runtime.MarshalError"
    assert error["errorMessage"] == f"Unable to marshal response: {text}"


def test_decimals_and_bytes_are_fine(aws: Aws) -> None:
    source = "from decimal import Decimal\ndef handler(event, context):\n    return {}\n"
    decimals = aws.function(source.format("[Decimal('1.5'), Decimal('2')]"))
    assert decimals.result() == [1.5, 2]
    raw = aws.function(source.format("b'\\x00raw'"))
    assert raw.invoke()["Payload"].read() == b"\x00raw"


def test_a_timeout(aws: Aws) -> None:
    function = aws.function(
        "import time\ndef handler(event, context):\n    print('in')\n    time.sleep(60)\n",
        Timeout=1,
    )
    response = function.invoke()
    assert response["FunctionError"] == "Unhandled"
    error = json.load(response["Payload"])
    assert error["errorType"] == "Sandbox.Timedout"
    assert re.fullmatch(
        rf"RequestId: {UUID} Error: Task timed out after 1\.00 seconds", error["errorMessage"]
    )
    log = function.log()
    assert "in\n" in log
    told = next(line for line in log if "Task timed out" in line)
    stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    assert re.fullmatch(rf"{stamp} {UUID} Task timed out after 1\.00 seconds\n\n", told)
    assert log[-1].endswith("\tStatus: timeout\n")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("os._exit(3)", "Runtime exited with error: exit status 3"),
        ("sys.exit(1)", "Runtime exited with error: exit status 1"),
        ("sys.exit(0)", "Runtime exited without providing a reason"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "Runtime exited with error: signal: killed"),
        (
            "import ctypes; ctypes.string_at(0)",
            "Runtime exited with error: signal: segmentation fault",
        ),
    ],
)
def test_a_process_that_ends(aws: Aws, body: str, reason: str) -> None:
    function = aws.function(
        "import os, signal, sys\nn = 0\ndef handler(event, context):\n"
        f"    if event.get('die'):\n        {body}\n    return 'alive'\n"
    )
    response = function.invoke({"die": True})
    assert response["FunctionError"] == "Unhandled"
    error = json.load(response["Payload"])
    assert error["errorType"] == "Runtime.ExitError"
    assert re.fullmatch(rf"RequestId: {UUID} Error: {reason}", error["errorMessage"])
    assert "Error Type: Runtime.ExitError" in function.log()[-1]
    assert function.result({}) == "alive"


def test_a_request_that_is_not_json(aws: Aws) -> None:
    function = aws.function(COUNT)
    with refused("InvalidRequestContentException"):
        aws.lambdas.invoke(FunctionName=function.name, Payload=b"{not json")


def test_a_result_that_is_too_large(aws: Aws) -> None:
    function = aws.function("def handler(event, context):\n    return 'x' * 7_000_000\n")
    error = function.result()
    assert error["errorType"] == "Function.ResponseSizeTooLarge"
    assert function.invoke()["FunctionError"] == "Unhandled"
    assert "Error Type: Function.ResponseSizeTooLarge" in function.log()[-1]


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({"Runtime": "nodejs22.x"}, "nodejs22.x"),
        ({"PackageType": "Image"}, "container images"),
        ({"Code": {"ImageUri": "1.dkr.ecr.us-east-1.amazonaws.com/a:b"}}, "Code.ImageUri"),
    ],
)
def test_what_cannot_run_is_refused_at_creation(
    aws: Aws, config: dict[str, Any], named: str
) -> None:
    with pytest.raises(aws.lambdas.exceptions.InvalidParameterValueException, match=named):
        aws.function("", **config)


def test_syntax_newer_than_this_python_is_told_where_it_is_imported(aws: Aws) -> None:
    newer = "def handler(event, context):\n    from the future import surprises\n"
    told = aws.function(newer, Runtime="python3.99").result()
    assert told["errorType"] == "Runtime.UserCodeSyntaxError"
    assert "invalid syntax (index.py, line 2). The sandbox runs on" in told["errorMessage"]
    assert "if this is written for python3.99, start" in told["errorMessage"]
    unread = zipped(index=COUNT, later=newer)
    assert aws.function("", Code={"ZipFile": unread}, Runtime="python3.99").result()["count"] == 1


def test_published_versions_run_their_own_code(aws: Aws) -> None:
    function = aws.function("def handler(event, context):\n    return context.function_version\n")
    aws.lambdas.publish_version(FunctionName=function.name)
    assert json.load(function.invoke(Qualifier="1")["Payload"]) == "1"
    assert function.result() == "$LATEST"


def test_invocations_do_not_wait_for_one_another(aws: Aws) -> None:
    slow = aws.function(
        "import time\ndef handler(event, context):\n    time.sleep(2)\n", Timeout=10
    )
    quick = aws.function(COUNT)
    thread = threading.Thread(target=slow.invoke)
    thread.start()
    start = time.monotonic()
    quick.invoke()
    assert time.monotonic() - start < 1.5
    thread.join()
