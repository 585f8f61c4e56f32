"""Events contract 10: limits of functions, what their settings do, and the API around them."""

import contextlib
import io
import json
import stat
import urllib.error
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from harness import Aws, Function, eventually, refused, zipped

ONE = "def handler(event, context):\n    return 1\n"
WHO = "def handler(event, context):\n    return context.aws_request_id\n"
VERSION = "def handler(event, context):\n    return context.function_version\n"
NO_ZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."
LAMBDA = "arn:aws:lambda:us-east-1:123456789012"
SIGNED = "AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/lambda/aws4_request"


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"TracingConfig": {"Mode": "Active"}}, "Lambda's TracingConfig: it would have no effect"),
        ({"Runtim": "python3.11"}, "have no property Runtim"),
    ],
)
def test_an_unknown_setting_in_a_template_fails_its_resource(
    aws: Aws, setting: dict[str, Any], told: str
) -> None:
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.11",
            "Handler": "index.handler",
            "Role": aws.role,
            "Code": {"ZipFile": ONE},
            **setting,
        },
    }
    cloudformation = aws.client("cloudformation")
    body = json.dumps({"Resources": {"Function": function}})
    stack = f"odd-{next(iter(setting))}"
    with contextlib.suppress(ClientError):
        cloudformation.create_stack(StackName=stack, TemplateBody=body)
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    assert told in json.dumps(events, default=str)
    states = {each["ResourceStatus"] for each in events}
    assert "CREATE_COMPLETE" not in states


def create(aws: Aws, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(
        f"{aws.endpoint}/2015-03-31/functions",
        json.dumps(body).encode(),
        {
            "Content-Type": "application/json",
            "Authorization": SIGNED.format(aws.access_key),
        },
    )
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.parametrize("missing", ["Code", "Role"])
def test_what_is_required_is_named_if_it_is_missing(aws: Aws, missing: str) -> None:
    body = {"FunctionName": "f", "Role": aws.role, "Code": {"ZipFile": ""}}
    del body[missing]
    status, answer = create(aws, body)
    assert status == 400
    assert f"Value null at '{missing.lower()}'" in answer["message"]


def strange(*entries: tuple[str, int, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, mode, text in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, text)
    return packed.getvalue()


FILE, LINK = stat.S_IFREG | 0o644, stat.S_IFLNK | 0o777


@pytest.mark.parametrize(
    "code",
    [
        b"no zip",
        strange(("a", LINK, "/tmp"), ("a/b.py", FILE, "")),
        strange(("a", FILE, ""), ("a/b.py", FILE, "")),
        strange(("a" * 300, FILE, "")),
        strange(("../a.py", FILE, "")),
        strange(("a", LINK, "")),
        strange(("a", LINK, "x" * 5000)),
        strange(("a", LINK, "x\0y")),
        strange(("a", LINK, "x"), ("a", LINK, "y")),
        strange(("a/", LINK, "/tmp"), ("a/b.py", FILE, "")),
        zipped(index=ONE)[:60],
    ],
    ids=[
        *("no zip", "link as folder", "file as folder", "long name", "outside", "to nowhere"),
        *("far away", "with NUL", "twice", "folder as link", "cut off"),
    ],
)
def test_zips_that_cannot_be_unpacked(aws: Aws, code: bytes) -> None:
    with refused("InvalidParameterValueException", NO_ZIP):
        aws.function("", Code={"ZipFile": code})
    with refused("InvalidParameterValueException", NO_ZIP):
        aws.lambdas.publish_layer_version(LayerName="bad", Content={"ZipFile": code})
    function = aws.function(ONE)
    with refused("InvalidParameterValueException", NO_ZIP):
        aws.lambdas.update_function_code(FunctionName=function.name, ZipFile=code)
    assert function.result() == 1


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ({}, "Please provide a source for function code."),
        ({"S3Bucket": "code-of-functions"}, "Please provide a source for function code."),
        ({"S3Key": "code.zip"}, "Please provide a source for function code."),
        (
            {"S3Bucket": "code-of-functions", "S3Key": "gone.zip"},
            "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The "
            "specified key does not exist.",
        ),
    ],
)
def test_code_has_a_source(aws: Aws, code: dict[str, str], told: str) -> None:
    aws.client("s3").create_bucket(Bucket="code-of-functions")
    function, change = aws.function(ONE), aws.client("lambda").update_function_code
    with refused("InvalidParameterValueException", told):
        aws.function("", Code=code)
    for more in ({}, {"DryRun": True}):
        with refused("InvalidParameterValueException", told):
            change(FunctionName=function.name, **code, **more)
    assert function.result() == 1


def test_links_and_programs_in_a_zip_are_kept(aws: Aws) -> None:
    source = (
        "import os\ndef handler(event, context):\n"
        "    return open('link').read(), os.access('run', os.X_OK), os.access('text', os.X_OK)\n"
    )
    entries = [("link", LINK, "text"), ("text", FILE, "x"), ("run", stat.S_IFREG | 0o755, "")]
    code = strange(("index.py", FILE, source), *entries)
    assert aws.function("", Code={"ZipFile": code}).result() == ["x", True, False]


SHOW_LAYERS = """
import os
import sys
from pathlib import Path
def handler(event, context):
    root = next(path for path in sys.path if path.endswith("/python"))
    found = {}
    for folder, folders, files in os.walk(root):
        for path in (Path(folder, name) for name in folders + files):
            told = os.readlink(path) if path.is_symlink() else path.is_file() and path.read_text()
            found[str(path.relative_to(root))] = told or "folder"
    return found
"""


def layered(aws: Aws, *layers: bytes) -> Function:
    """A function that tells what lies in its layers' folder: a text, where a link leads."""
    arns = [
        aws.lambdas.publish_layer_version(LayerName=f"layer-{number}", Content={"ZipFile": layer})
        for number, layer in enumerate(layers)
    ]
    return aws.function(SHOW_LAYERS, Layers=[each["LayerVersionArn"] for each in arns])


A_FILE, A_LINK, BELOW = ("python/a", FILE, "1"), ("python/a", LINK, "b"), ("python/a/c", FILE, "2")


@pytest.mark.parametrize(
    ("first", "second", "seen"),
    [
        (A_LINK, ("python/a", FILE, "2"), {"a": "2"}),
        (A_FILE, A_LINK, {"a": "b"}),
        (A_FILE, BELOW, {"a": "folder", "a/c": "2"}),
        (BELOW, A_FILE, {"a": "1"}),
        (A_LINK, BELOW, {"a": "folder", "a/c": "2"}),
        (BELOW, A_LINK, {"a": "b"}),
        (A_LINK, ("python/a/c", LINK, "d"), {"a": "folder", "a/c": "d"}),
        (A_LINK, ("python/a/", stat.S_IFDIR | 0o755, ""), {"a": "folder"}),
        (BELOW, ("python/a/", stat.S_IFDIR | 0o755, ""), {"a": "folder", "a/c": "2"}),
        (BELOW, ("python/a/d", FILE, "3"), {"a": "folder", "a/c": "2", "a/d": "3"}),
    ],
)
def test_what_a_later_layer_has_takes_the_place_of_what_an_earlier_one_has(
    aws: Aws, first: tuple[str, int, str], second: tuple[str, int, str], seen: dict[str, str]
) -> None:
    layers = [strange(("python/b", FILE, "b"), first), strange(second)]
    assert layered(aws, *layers).result() == {"b": "b"} | seen


def test_a_layer_that_is_there_twice_has_its_later_place(aws: Aws) -> None:
    one, two = (strange(("python/a", FILE, text)) for text in "12")
    assert layered(aws, one, two, one).result() == {"a": "1"}


def test_no_layer_reaches_out_through_anothers_link(aws: Aws, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("kept")
    out = ("python/a", LINK, str(tmp_path))
    for entry in (("python/a/precious", LINK, "/nowhere"), ("python/a/precious", FILE, "gone")):
        assert layered(aws, strange(out), strange(entry)).result()["a"] == "folder"
        assert layered(aws, strange(entry), strange(out)).result() == {"a": str(tmp_path)}
        assert not precious.is_symlink()
        assert precious.read_text() == "kept"


def test_a_published_function_with_a_log_can_be_made_and_listed(aws: Aws) -> None:
    function = aws.function(ONE)
    function.invoke()
    made = aws.function(VERSION, Publish=True)
    assert json.load(made.invoke(Qualifier="1")["Payload"]) == "1"
    pages = aws.lambdas.get_paginator("list_functions").paginate(FunctionVersion="ALL")
    arns = {each["FunctionArn"] for page in pages for each in page["Functions"]}
    assert {f"{made.arn.removesuffix(':1')}:$LATEST", f"{made.arn.removesuffix(':1')}:1"} <= arns


def test_functions_are_listed_in_pages(aws: Aws) -> None:
    names = {aws.function(ONE).name for _ in range(3)}
    listed: list[str] = []
    marker: Any = {}
    while True:
        page = aws.lambdas.list_functions(MaxItems=2, **marker)
        assert len(page["Functions"]) <= 2
        listed += [each["FunctionName"] for each in page["Functions"]]
        if "NextMarker" not in page:
            break
        marker = {"Marker": page["NextMarker"]}
    assert names <= set(listed)
    assert len(listed) == len(set(listed))
    assert "State" not in page["Functions"][0]


def test_the_payload_has_a_limit(aws: Aws) -> None:
    function = aws.function(ONE)
    text = "Request must be smaller than 6291456 bytes for the InvokeFunction operation"
    with refused("RequestEntityTooLargeException", text):
        function.invoke("x" * 6_291_456)
    text = "1048579 byte payload is too large for the Event invocation type (limit 1048576 bytes)"
    with refused("RequestEntityTooLargeException", text):
        function.invoke("x" * 1_048_577, InvocationType="Event")
    assert function.result("x" * 1_048_577) == 1


def test_code_has_a_limit_packed_and_unpacked(aws: Aws) -> None:
    text = "Request must be smaller than 69905067 bytes for the CreateFunction operation"
    with refused("RequestEntityTooLargeException", text):
        aws.function("", Code={"ZipFile": bytes(52_500_000)})
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a", "w") as file,
    ):
        for _ in range(250):
            file.write(bytes(1 << 20))
    with refused(
        "InvalidParameterValueException", "Unzipped size must be smaller than 262144000 bytes"
    ):
        aws.function("", Code={"ZipFile": packed.getvalue()})


def test_the_environment_has_a_limit(aws: Aws) -> None:
    start = "Lambda was unable to configure your environment variables because the environment "
    with refused(
        "InvalidParameterValueException", f"{start}variables you have provided exceeded..."
    ):
        aws.function(ONE, Environment={"Variables": {"AB": "x" * 4088}})
    assert aws.function(ONE, Environment={"Variables": {"AB": "x" * 4086}}).result() == 1


def test_the_answers_request_id_is_the_contexts(aws: Aws) -> None:
    function = aws.function(f"{WHO}    print(event)\n")
    answer = function.invoke()
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amzn-requestid"] == json.load(answer["Payload"])
    later = function.invoke(InvocationType="Event")["ResponseMetadata"]["RequestId"]
    assert eventually(lambda: any(later in line for line in function.log()))


def test_the_code_can_be_downloaded(aws: Aws) -> None:
    function = aws.function(ONE)
    code = aws.lambdas.get_function(FunctionName=function.name)["Code"]
    assert code["RepositoryType"] == "S3"
    with urllib.request.urlopen(code["Location"]) as response:
        assert zipfile.ZipFile(io.BytesIO(response.read())).read("index.py").decode() == ONE
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(code["Location"][:-1])


def test_a_revision_that_is_not_the_newest_is_refused(aws: Aws) -> None:
    function = aws.function(ONE)
    old = aws.lambdas.get_function_configuration(FunctionName=function.name)["RevisionId"]
    configured = aws.lambdas.update_function_configuration
    new = configured(FunctionName=function.name, Timeout=4, RevisionId=old)["RevisionId"]
    assert new != old
    function.wait()
    text = "The Revision Id provided does not match the latest Revision Id. Call the ..."
    with refused("PreconditionFailedException", text):
        configured(FunctionName=function.name, Timeout=5, RevisionId=old)
    with refused("PreconditionFailedException", text):
        aws.lambdas.update_function_code(
            FunctionName=function.name, ZipFile=zipped(index=ONE), RevisionId=old
        )


def versions(function: Function, times: int) -> set[str]:
    return {json.load(function.invoke(Qualifier="live")["Payload"]) for _ in range(times)}


def test_an_alias_divides_invocations_by_weight(aws: Aws) -> None:
    function = aws.function(VERSION, Publish=True)
    aws.lambdas.update_function_code(
        FunctionName=function.name, ZipFile=zipped(index=f"{VERSION}\n")
    )
    function.wait()
    aws.lambdas.publish_version(FunctionName=function.name)
    routing: Any = {"AdditionalVersionWeights": {"2": 0.5}}
    named: Any = {"FunctionName": function.name, "Name": "live"}
    aws.lambdas.create_alias(**named, FunctionVersion="1", RoutingConfig=routing)
    assert versions(function, 40) == {"1", "2"}
    all_to_second: Any = {"AdditionalVersionWeights": {"2": 1.0}}
    aws.lambdas.update_alias(**named, RoutingConfig=all_to_second)
    assert versions(function, 5) == {"2"}
    with refused(
        "InvalidParameterValueException",
        "$LATEST is not supported for an alias pointing to more than 1 version",
    ):
        aws.lambdas.update_alias(**named, FunctionVersion="$LATEST", RoutingConfig=routing)
    with refused(
        "InvalidParameterValueException",
        "Number of items in AdditionalVersionWeights cannot be greater than 1",
    ):
        weights: Any = {"AdditionalVersionWeights": {"1": 0.1, "2": 0.1}}
        aws.lambdas.update_alias(**named, RoutingConfig=weights)


def test_a_function_sees_the_arn_by_which_it_was_invoked(aws: Aws) -> None:
    function = aws.function("def handler(event, context): return context.invoked_function_arn")
    named: Any = {"FunctionName": function.name}
    aws.lambdas.publish_version(**named)
    aws.lambdas.create_alias(**named, Name="live", FunctionVersion="1")

    def seen(name: str, **qualifier: Any) -> Any:
        answer = aws.lambdas.invoke(FunctionName=name, **qualifier)
        return json.load(answer["Payload"])

    assert seen(function.name) == function.arn
    for qualifier in ("live", "1"):
        assert seen(function.name, Qualifier=qualifier) == f"{function.arn}:{qualifier}"
        assert seen(f"{function.arn}:{qualifier}") == f"{function.arn}:{qualifier}"


def test_reserved_concurrency_is_all_that_a_function_gets(aws: Aws) -> None:
    function = aws.function("import time\ndef handler(event, context):\n    time.sleep(1)\n")
    aws.lambdas.put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=1)

    def attempt(_: int) -> str:
        try:
            function.invoke()
        except ClientError as error:
            response: Any = error.response
            return str(response["Reason"])
        return "ran"

    with ThreadPoolExecutor(3) as threads:
        answers = sorted(threads.map(attempt, range(3)))
    assert answers == [*["ReservedFunctionConcurrentInvocationLimitExceeded"] * 2, "ran"]
    aws.lambdas.put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=0)
    with refused("TooManyRequestsException", "Rate Exceeded."):
        function.invoke()


def test_compiled_code_for_another_machine_is_refused(aws: Aws) -> None:
    code = {"ZipFile": strange(("index.py", FILE, ONE), ("fast.so", FILE, ""))}

    def attempt(machine: str) -> bool:
        try:
            aws.function("", Code=code, Architectures=[machine])
        except ClientError as error:
            return "fast.so" not in str(error)
        return True

    assert sorted(map(attempt, ["x86_64", "arm64"])) == [False, True]


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        (
            {"Timeout": 901},
            "Value '901' at 'timeout' failed to satisfy constraint: Member must have value less "
            "than or equal to 900",
        ),
        (
            {"MemorySize": 10_241},
            "Value '10241' at 'memorySize' failed to satisfy constraint: Member must have value "
            "less than or equal to 10240",
        ),
    ],
)
def test_a_functions_time_and_memory_have_bounds(
    aws: Aws, setting: dict[str, Any], text: str
) -> None:
    function, told = (
        aws.echo(Timeout=900, MemorySize=10_240),
        f"1 validation error detected: {text}",
    )
    with refused("ValidationException", told):
        aws.echo(**setting)
    with refused("ValidationException", told):
        aws.careless("lambda").update_function_configuration(FunctionName=function.name, **setting)
    shown = aws.lambdas.get_function_configuration(FunctionName=function.name)
    assert (shown["Timeout"], shown["MemorySize"]) == (900, 10_240)


def test_a_trigger_sees_the_alias_that_the_pool_names(aws: Aws) -> None:
    function = aws.echo("print(context.invoked_function_arn)")
    aws.lambdas.publish_version(FunctionName=function.name)
    named: Any = {"FunctionName": function.name, "Name": "live"}
    alias = aws.lambdas.create_alias(**named, FunctionVersion="1")["AliasArn"]
    aws.pool({"PreSignUp": Function(aws, function.name, alias)}).sign_up()
    assert any(line.strip() == alias for line in function.log())


@pytest.mark.parametrize(
    ("call", "wish"),
    [
        ("invoke", {"TenantId": "ann"}),
        ("invoke", {"DurableExecutionName": "ann"}),
        ("add_permission", {"EventSourceToken": "any"}),
    ],
)
def test_a_wish_that_would_be_passed_over_is_refused(
    aws: Aws, call: str, wish: dict[str, str]
) -> None:
    function = aws.function(ONE)
    if call == "add_permission":
        wish |= {"StatementId": "a", "Principal": "s3.amazonaws.com"}
        wish["Action"] = "lambda:InvokeFunction"
    with refused("InvalidParameterValueException", "The sandbox does not have ..."):
        getattr(aws.lambdas, call)(FunctionName=function.name, **wish)


@pytest.mark.parametrize("principal", ["foo", "sns", "invalid.nonaws.com"])
def test_a_permission_is_for_somebody(aws: Aws, principal: str) -> None:
    told = "The provided principal was invalid. Please check the principal and try again."
    with refused("InvalidParameterValueException", told):
        aws.echo().allow(principal)


@pytest.mark.parametrize(
    ("principal", "named"),
    [
        ("*", "*"),
        ("s3.amazonaws.com", {"Service": "s3.amazonaws.com"}),
        ("123456789012", {"AWS": "arn:aws:iam::123456789012:root"}),
        ("arn:aws:iam::123456789012:root", {"AWS": "arn:aws:iam::123456789012:root"}),
    ],
)
def test_how_a_policy_names_who_may_invoke(aws: Aws, principal: str, named: Any) -> None:
    function = aws.echo(permission=False)
    function.allow(principal)
    policy = json.loads(aws.lambdas.get_policy(FunctionName=function.name)["Policy"])
    assert policy["Statement"][0]["Principal"] == named


class Versioned:
    """A function with so many versions, each of its own."""

    def __init__(self, aws: Aws, count: int) -> None:
        self.api = aws.client("lambda")
        self.function = aws.function(ONE)
        self.named = {"FunctionName": self.function.name}
        for number in range(count):
            self.api.update_function_configuration(**self.named, Description=str(number))
            self.function.wait()
            self.api.publish_version(**self.named)

    def alias(self, name: str, version: str, **more: Any) -> Any:
        return self.api.create_alias(**self.named, Name=name, FunctionVersion=version, **more)

    def weighted(self, name: str, version: str, other: str) -> Any:
        routing = {"AdditionalVersionWeights": {other: 0.5}}
        return self.alias(name, version, RoutingConfig=routing)


def test_the_latest_version_goes_with_its_function_only(aws: Aws) -> None:
    function = aws.function(ONE)
    told = "$LATEST version cannot be deleted without deleting the function."
    with refused("InvalidParameterValueException", told):
        aws.lambdas.delete_function(FunctionName=function.name, Qualifier="$LATEST")
    assert aws.lambdas.get_function(FunctionName=function.name)


def test_a_version_stays_while_an_alias_leads_to_it(aws: Aws) -> None:
    it = Versioned(aws, 2)
    it.weighted("both", "1", "2")
    for version in "12":
        with refused("ResourceConflictException", "Unable to delete version because ..."):
            it.api.delete_function(**it.named, Qualifier=version)
    it.api.delete_alias(**it.named, Name="both")
    it.api.delete_function(**it.named, Qualifier="1")
    listed = it.api.list_versions_by_function(**it.named)["Versions"]
    assert [each["Version"] for each in listed] == ["$LATEST", "2"]


def test_what_an_alias_cannot_lead_to(aws: Aws) -> None:
    it = Versioned(aws, 1)
    told = "Invalid function version 1. Function version 1 is already included in routing "
    with refused("InvalidParameterValueException", f"{told}configuration."):
        it.weighted("same", "1", "1")
    with refused("ResourceNotFoundException", f"Function not found: {it.function.arn}:9"):
        it.weighted("gone", "1", "9")
    arn = it.alias("live", "1")["AliasArn"]
    with refused("ResourceConflictException", f"Alias already exists: {arn}"):
        it.alias("live", "1")
    with refused("InvalidParameterValueException", f"{told}configuration."):
        weights = {"AdditionalVersionWeights": {"1": 0.5}}
        it.api.update_alias(**it.named, Name="live", RoutingConfig=weights)


def test_versions_and_aliases_come_in_pages(aws: Aws) -> None:
    it = Versioned(aws, 11)
    for name in "cba":
        it.alias(name, "1")
    it.alias("other", "2")

    def listed(operation: str, kind: str, member: str, **more: Any) -> list[list[str]]:
        pages = it.api.get_paginator(operation).paginate(
            **it.named, **more, PaginationConfig={"PageSize": 3}
        )
        return [[each[member] for each in page[kind]] for page in pages]

    versions = listed("list_versions_by_function", "Versions", "Version")
    assert versions == [
        *(["$LATEST", "1", "2"], ["3", "4", "5"], ["6", "7", "8"], ["9", "10", "11"]),
    ]
    assert listed("list_aliases", "Aliases", "Name") == [["a", "b", "c"], ["other"]]
    assert listed("list_aliases", "Aliases", "Name", FunctionVersion="2") == [["other"]]


def test_a_function_that_is_not_there_has_no_lists(aws: Aws) -> None:
    for operation in (aws.lambdas.list_aliases, aws.lambdas.list_versions_by_function):
        with refused("ResourceNotFoundException", f"Function not found: {LAMBDA}:function:gone"):
            operation(FunctionName="gone")
