"""Contract 10: each setting of a function has its effect, which a test shows, or is refused."""

import ast
import io
import uuid
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from harness import Aws, refused, zipped
from walks import listed, paths, shape_of, with_setting

HERE = Path(__file__).parent
API, RUNS = "test_lambda_api.py::test_", "test_lambda.py::test_"
LOGS, AROUND = "test_lambda_logs.py::test_", "test_lambda_surroundings.py::test_"
OWN = "test_every_function_setting.py::test_"
PROVEN = {  # the test that shows the effect
    "Architectures": API + "compiled_code_for_another_machine_is_refused",
    "Code.S3Bucket": RUNS + "code_can_come_from_s3",
    "Code.S3Key": RUNS + "code_can_come_from_s3",
    "Code.S3ObjectVersion": OWN + "the_version_of_the_object_is_the_code",
    "Code.ZipFile": RUNS + "new_code_gets_a_new_environment",
    "DeadLetterConfig.TargetArn": (
        "test_event_asynchronous.py::test_dead_letters_hold_the_event_as_it_was_sent"
    ),
    "Description": OWN + "what_was_set_is_told",
    "Environment.Variables": RUNS + "the_environment_is_lambdas_and_the_functions",
    "EphemeralStorage.Size": AROUND + "tmp_has_the_size_that_was_asked_for",
    "FunctionName": RUNS + "the_context",
    "Handler": RUNS + "what_cannot_be_imported",
    "Layers": RUNS + "a_layer_can_be_imported",
    "LoggingConfig.ApplicationLogLevel": LOGS + "the_log_can_be_json",
    "LoggingConfig.LogFormat": LOGS + "the_log_can_be_json",
    "LoggingConfig.LogGroup": LOGS + "the_log_group_can_be_another",
    "MemorySize": RUNS + "the_context",
    "PackageType": RUNS + "what_cannot_run_is_refused_at_creation",
    "Publish": API + "a_published_function_with_a_log_can_be_made_and_listed",
    "Role": "test_role.py::test_without_a_policy_nothing_is_allowed",
    "Runtime": RUNS + "what_cannot_run_is_refused_at_creation",
    "Tags": OWN + "what_was_set_is_told",
    "Timeout": RUNS + "a_timeout",
}
GIVEN: dict[str, Any] = {
    "Architectures": ["arm64"],
    "Description": "told",
    "Environment": {"Variables": {"AB": "1"}},
    "EphemeralStorage": {"Size": 1024},
    "Handler": "index.handler",
    "MemorySize": 256,
    "PackageType": "Zip",
    "Runtime": "python3.11",
    "Timeout": 9,
}
OBJECT = {"S3Bucket": "walked", "S3Key": "code.zip"}


SHAPE = shape_of("CreateFunction", "lambda")


def version(number: int) -> bytes:
    return zipped(index=f"def handler(event, context):\n    return {number}\n")


@pytest.fixture(scope="module")
def versions(aws: Aws) -> list[str]:
    """Of one object, whose code returns 1 in the first, and 2 in the second."""
    s3, bucket = aws.client("s3"), OBJECT["S3Bucket"]
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    name = {"Bucket": bucket, "Key": OBJECT["S3Key"]}
    return [s3.put_object(**name, Body=io.BytesIO(version(n)))["VersionId"] for n in (1, 2)]


def settings(aws: Aws, path: str, versions: list[str]) -> list[dict[str, Any]]:
    """What to create a function with, once for each value of the setting at this path."""
    base = {"FunctionName": "any", "Role": aws.role}
    base |= {"Runtime": "python3.11", "Handler": "index.handler"}
    if path == "Code.S3ObjectVersion":
        return [base | {"Code": OBJECT | {"S3ObjectVersion": versions[0]}}]
    if path in ("Code.S3Bucket", "Code.S3Key"):
        return [base | {"Code": OBJECT}]
    if path == "DeadLetterConfig.TargetArn":
        arn = aws.client("sns").create_topic(Name="letters")["TopicArn"]
        return [base | {"DeadLetterConfig": {"TargetArn": arn}, "Code": {"ZipFile": version(1)}}]
    if path in (*base, "Code.ZipFile", "Layers"):
        return [base | {"Code": {"ZipFile": version(1)}, "Layers": []}]
    top = path.partition(".")[0]
    found = []
    for each in with_setting(SHAPE, path):
        code = each["Code"] if top == "Code" else {}
        found.append(base | {top: each[top], "Code": code | {"ZipFile": version(1)}})
    return found


def refusal(aws: Aws, given: dict[str, Any]) -> str | None:
    name = f"walk-{uuid.uuid4().hex[:8]}"
    try:
        aws.careless("lambda").create_function(**given | {"FunctionName": name})
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
    return None


@pytest.mark.parametrize("path", list(paths(SHAPE)))
def test_it_has_its_effect_or_is_refused_by_name(aws: Aws, path: str, versions: list[str]) -> None:
    told = [refusal(aws, each) for each in settings(aws, path, versions)]
    refusals = [text for text in told if text]
    assert refusals or listed(PROVEN, path), f"{path} is taken, and nothing shows its effect"
    assert None in told or not listed(PROVEN, path), f"{path} is refused: {told}"
    for text in refusals if path not in PROVEN else ():
        assert "The sandbox does not have Lambda's " in text
        assert any(name in text for name in path.split(".")), text


@pytest.mark.parametrize("proof", sorted(set(PROVEN.values())))
def test_the_test_of_an_effect_exists(proof: str) -> None:
    file, _, name = proof.partition("::")
    module = ast.parse((HERE / file).read_text())
    assert name in [node.name for node in module.body if isinstance(node, ast.FunctionDef)]


def test_no_row_is_for_nothing() -> None:
    assert PROVEN.keys() <= set(paths(SHAPE))


@pytest.mark.parametrize("operation", ["create", "update", "layer"])
def test_the_version_of_the_object_is_the_code(
    aws: Aws, versions: list[str], operation: str
) -> None:
    first: Any = OBJECT | {"S3ObjectVersion": versions[0]}
    assert aws.function("", Code=OBJECT).result() == 2
    if operation == "create":
        assert aws.function("", Code=first).result() == 1
    elif operation == "update":
        function = aws.function("", Code=OBJECT)
        aws.lambdas.update_function_code(FunctionName=function.name, **first)
        function.wait()
        assert function.result() == 1
    else:
        layer = aws.lambdas.publish_layer_version(LayerName="walked", Content=first)
        assert layer["Content"]["CodeSize"] == len(version(1))


def test_what_was_set_is_told(aws: Aws) -> None:
    function = aws.function("", Tags={"team": "blue"}, **GIVEN)
    told = aws.lambdas.get_function(FunctionName=function.name)
    shown: dict[str, Any] = {**told["Configuration"]}
    assert {name: shown[name] for name in GIVEN} == GIVEN
    assert told["Tags"] == {"team": "blue"}


@pytest.mark.parametrize("beside", [OBJECT, {"S3ObjectVersion": "1"}], ids=["object", "version"])
def test_code_comes_from_one_place(aws: Aws, beside: dict[str, str]) -> None:
    both: Any = {"ZipFile": version(1), **beside}
    function = aws.function("")
    text = "Please do not provide other FunctionCode parameters when providing a ZipFile."
    with refused("InvalidParameterValueException", text):
        aws.function("", Code=both)
    with refused("InvalidParameterValueException", text):
        aws.lambdas.update_function_code(FunctionName=function.name, **both)
