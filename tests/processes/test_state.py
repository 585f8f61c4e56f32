"""`--state FILE`: a sandbox goes on where the one before it ended."""

import io
import json
import socket
import stat
import subprocess
import sys
import time
import zipfile
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread, get_ident
from typing import Any

import jwt
import pytest
from botocore.exceptions import ClientError
from devices import Device
from harness import REGION, Aws, Function, Pool, by_hand, eventually, refused, zipped
from other_users import SOMEBODY, as_user, needs_root

from cognito_sandbox import clock
from cognito_sandbox.commands.running import Running
from cognito_sandbox.state import contents, file, keeper
from cognito_sandbox.state.file import StateError, check
from cognito_sandbox.state.keeper import Keeper
from cognito_sandbox.state.kinds import NoDataError
from cognito_sandbox.testing import stacks

LOOKING_UP = """
import boto3, os

def handler(event, context):
    found = boto3.client("dynamodb").get_item(
        TableName=os.environ["TABLE"], Key={"id": {"S": event["userName"]}}
    )
    print("asked about", event["userName"])
    event["response"]["autoConfirmUser"] = "Item" in found
    return event
"""
TEMPLATE = """
Conditions:
  Always: !Equals [a, a]
Resources:
  Pool:
    Type: AWS::Cognito::UserPool
    Condition: Always
    Properties: {LambdaConfig: {PreSignUp: !GetAtt Function.Arn}}
  Client: {Type: AWS::Cognito::UserPoolClient, Properties: {UserPoolId: !Ref Pool}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Action: sts:AssumeRole, Principal: {Service: lambda.amazonaws.com}}
      ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]
  Function:
    Type: AWS::Lambda::Function
    Properties:
      {Code: src, Handler: index.handler, Runtime: python3.11, Role: !GetAtt Role.Arn}
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Function
      Principal: cognito-idp.amazonaws.com
  Told:
    Type: AWS::Lambda::Permission
    Properties:
      {Action: lambda:InvokeFunction, FunctionName: !Ref Function, Principal: s3.amazonaws.com}
  Bucket:
    Type: AWS::S3::Bucket
    DependsOn: Told
    Properties:
      NotificationConfiguration:
        LambdaConfigurations: [{Event: "s3:ObjectCreated:*", Function: !GetAtt Function.Arn}]
Outputs:
  Bucket: {Value: !Ref Bucket}
  ClientId: {Value: !Ref Client}
  PoolId: {Value: !Ref Pool}
"""
WAITING = """
import socket

def handler(event, context):
    socket.create_connection(("127.0.0.1", event["port"])).recv(1)
    print("waited", "long enough")
"""
ROW = {"tags": {"SS": ["a", "b"]}, "more": {"M": {"n": {"N": "1.5"}, "b": {"B": b"\0"}}}}
ADDRESS = "ann@example.com"
AHEAD = 0.001  # seconds: so little that no token is too young for who checks it


@dataclass
class Kept:
    """What there was in the first sandbox, to be found in the second."""

    endpoint: str
    pool: Pool
    trigger: Function
    tracking: Pool
    tokens: Any
    revoked: Any
    keys: Any
    device: Device
    versions: Function
    upload: dict[str, str]
    stack: dict[str, str]

    @property
    def aws(self) -> Aws:
        return Aws(self.endpoint)

    def again(self, pool: Pool) -> Pool:
        return Pool(self.aws, pool.id, pool.arn, pool.client_id)

    def function(self, function: Function) -> Function:
        return Function(self.aws, function.name, function.arn)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("state")
    (folder / "src").mkdir()
    (folder / "src" / "index.py").write_text("def handler(event, context): return event")
    (folder / "my.yaml").write_text(TEMPLATE)
    return folder


@pytest.fixture(scope="module")
def kept(folder: Path) -> Iterator[Kept]:
    """The second sandbox, and what the first one was filled with."""
    state = str(folder / "my.state")
    with by_hand("--state", state) as endpoint:
        found = filled(Aws(endpoint), folder)
        Aws(endpoint).post("/_sandbox/clock", {"forward": AHEAD})
    with by_hand("--state", state) as endpoint:
        found.endpoint = endpoint
        yield found


def filled(aws: Aws, folder: Path) -> Kept:
    trigger = aws.function(LOOKING_UP, Environment={"Variables": {"TABLE": table(aws)}})
    pool = aws.pool({"PreSignUp": trigger})
    assert pool.sign_up("ann")["UserConfirmed"]
    pool.sign_up("bob")
    tokens, revoked = (pool.sign_in()["AuthenticationResult"] for _ in range(2))
    aws.cognito.revoke_token(ClientId=pool.client_id, Token=revoked["RefreshToken"])
    keys = aws.get(f"/{pool.id}/.well-known/jwks.json")
    tracking = tracking_pool(aws)
    device = Device(tracking, tracking.sign_in(ADDRESS))
    stack = deployed(aws.endpoint, folder)
    both = (tokens, revoked, keys, device, versions(aws), upload(aws), stack)
    return Kept(aws.endpoint, pool, trigger, tracking, *both)


def table(aws: Aws) -> str:
    """Of people who are known."""
    key = {"AttributeName": "id"}
    aws.client("dynamodb").create_table(
        TableName="people",
        KeySchema=[key | {"KeyType": "HASH"}],
        AttributeDefinitions=[key | {"AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    aws.client("dynamodb").put_item(TableName="people", Item={"id": {"S": "ann"}} | ROW)
    return "people"


def tracking_pool(aws: Aws) -> Pool:
    pool = aws.pool(
        UsernameAttributes=["email"],
        UsernameConfiguration={"CaseSensitive": False},
        DeviceConfiguration={"ChallengeRequiredOnNewDevice": True},
    )
    pool.add(ADDRESS, email=ADDRESS)
    named: Any = {"UserPoolId": pool.id, "GroupName": "staff"}
    aws.cognito.create_group(**named)
    aws.cognito.admin_add_user_to_group(**named, Username=ADDRESS)
    return pool


def versions(aws: Aws) -> Function:
    """A function with a layer, whose alias leads to an older version."""
    layer = io.BytesIO()
    with zipfile.ZipFile(layer, "w") as archive:
        archive.writestr("python/known.py", "NAME = 'ann'")
    content: Any = {"ZipFile": layer.getvalue()}
    published = aws.lambdas.publish_layer_version(LayerName="known", Content=content)
    source = "import known\ndef handler(event, context): return known.NAME"
    function = aws.function(source, Layers=[published["LayerVersionArn"]])
    aws.lambdas.publish_version(FunctionName=function.name)
    aws.lambdas.create_alias(FunctionName=function.name, Name="live", FunctionVersion="1")
    changed = zipped(index="def handler(event, context): return 'new'")
    aws.lambdas.update_function_code(FunctionName=function.name, ZipFile=changed)
    return function


def upload(aws: Aws) -> dict[str, str]:
    """One that is under way: its first part is there."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="films")
    named = {"Bucket": "films", "Key": "film"}
    begun = s3.create_multipart_upload(**named, Metadata={"by": "ann"})
    named["UploadId"] = begun["UploadId"]
    return named | {"ETag": s3.upload_part(**named, PartNumber=1, Body=b"scene 1")["ETag"]}


def deployed(endpoint: str, folder: Path) -> dict[str, str]:
    sandbox = Running(endpoint, "any", REGION)
    return stacks.deploy(sandbox, folder / "my.yaml", {}, "my").outputs


def test_users_sign_in_again_and_their_triggers_run(kept: Kept) -> None:
    pool = kept.again(kept.pool)
    assert "AccessToken" in pool.sign_in("ann")["AuthenticationResult"]
    with refused("NotAuthorizedException"):
        pool.sign_in("ann", "Wrong-horse-1")
    pool.confirm("bob")  # by the code that was sent before
    assert pool.user("bob")["status"] == "CONFIRMED"
    assert not pool.sign_up("cid")["UserConfirmed"]
    log = kept.function(kept.trigger).log()
    asked = {line.strip() for line in log if line.startswith("asked")}
    assert asked == {f"asked about {name}" for name in ("ann", "bob", "cid")}
    pages = pool.aws.cognito.get_paginator("list_users").paginate(
        UserPoolId=pool.id, PaginationConfig={"PageSize": 1}
    )
    assert [page["Users"][0]["Username"] for page in pages] == ["ann", "bob", "cid"]


def test_tokens_stay_what_they_were(kept: Kept) -> None:
    pool, keys = kept.again(kept.pool), kept.keys
    assert pool.aws.get(f"/{pool.id}/.well-known/jwks.json") == keys
    assert pool.aws.cognito.get_user(AccessToken=kept.tokens["AccessToken"])["Username"] == "ann"
    new = pool.refresh(kept.tokens["RefreshToken"])["AuthenticationResult"]["IdToken"]
    key = jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(new)["kid"]]
    assert jwt.decode(new, key, audience=pool.client_id)["cognito:username"] == "ann"
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        pool.aws.cognito.get_user(AccessToken=kept.revoked["AccessToken"])
    pool.aws.cognito.global_sign_out(AccessToken=kept.tokens["AccessToken"])
    with refused("NotAuthorizedException"):
        pool.refresh(kept.tokens["RefreshToken"])


def test_groups_devices_and_names_are_kept(kept: Kept) -> None:
    pool = kept.again(kept.tracking)
    tokens = pool.sign_in("ANN@example.com")["AuthenticationResult"]
    claims = jwt.decode(tokens["IdToken"], options={"verify_signature": False})
    assert claims["cognito:groups"] == ["staff"]
    users = pool.aws.cognito.list_users_in_group(UserPoolId=pool.id, GroupName="staff")["Users"]
    assert [user["Username"] for user in users] == [claims["cognito:username"]]
    found = pool.aws.cognito.list_devices(AccessToken=tokens["AccessToken"])["Devices"]
    assert kept.device.key in [each["DeviceKey"] for each in found]
    pool.add("bob@example.com", email="bob@example.com")
    assert len(pool.names()) == 2


def test_functions_keep_code_versions_layers_and_rights(kept: Kept) -> None:
    function = kept.function(kept.versions)
    assert function.result() == "new"
    assert json.load(function.invoke(Qualifier="live")["Payload"]) == "ann"
    lambdas, named = function.aws.lambdas, function.name
    assert "cognito-idp.amazonaws.com" in lambdas.get_policy(FunctionName=named)["Policy"]
    lambdas.update_function_configuration(FunctionName=named, Timeout=9)
    lambdas.get_waiter("function_updated_v2").wait(FunctionName=named)
    assert lambdas.publish_version(FunctionName=named)["Version"] == "2"
    lambdas.delete_function(FunctionName=named)
    with pytest.raises(ClientError, match="ResourceNotFound"):
        function.invoke()


def test_rows_are_read_and_written_as_before(kept: Kept) -> None:
    dynamodb = kept.aws.client("dynamodb")
    key = {"TableName": "people", "Key": {"id": {"S": "ann"}}}
    assert dynamodb.get_item(**key)["Item"] == {"id": {"S": "ann"}} | ROW
    dynamodb.update_item(
        **key, UpdateExpression="SET more.n = :n", ExpressionAttributeValues={":n": {"N": "2"}}
    )
    dynamodb.put_item(TableName="people", Item={"id": {"S": "dan"}})
    found = dynamodb.query(
        TableName="people",
        KeyConditionExpression="id = :id",
        ExpressionAttributeValues={":id": {"S": "ann"}},
    )
    assert [each["more"]["M"]["n"] for each in found["Items"]] == [{"N": "2"}]


def test_objects_of_buckets_are_kept_with_their_versions(kept: Kept) -> None:
    s3 = kept.aws.client("s3")
    (found,) = s3.list_objects_v2(Bucket="code-of-tests")["Contents"]
    content = s3.get_object(Bucket="code-of-tests", Key=found["Key"])["Body"].read()
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["index.py"]
    told = s3.get_bucket_notification_configuration(Bucket=kept.stack["Bucket"])
    assert told["LambdaFunctionConfigurations"][0]["Events"] == ["s3:ObjectCreated:*"]


def test_the_clock_is_ahead_as_it_was(kept: Kept) -> None:
    assert kept.aws.get("/_sandbox/health")["clock"]["ahead"] == AHEAD


def test_an_upload_that_was_under_way_is_completed(kept: Kept) -> None:
    s3, named = kept.aws.client("s3"), dict(kept.upload)
    parts = [{"PartNumber": 1, "ETag": named.pop("ETag")}]
    s3.complete_multipart_upload(**named, MultipartUpload={"Parts": parts})
    found = s3.get_object(Bucket="films", Key="film")
    assert (found["Body"].read(), found["Metadata"]) == (b"scene 1", {"by": "ann"})


def test_a_stack_is_updated_where_it_was_made_before(kept: Kept, folder: Path) -> None:
    (folder / "src" / "index.py").write_text("def handler(event, context): raise OSError(1)")
    assert deployed(kept.endpoint, folder) == kept.stack
    pool = Pool(kept.aws, kept.stack["PoolId"], "", kept.stack["ClientId"])
    with refused("UserLambdaValidationException", "PreSignUp failed with error 1."):
        pool.sign_up()
    pool.aws.client("cloudformation").delete_stack(StackName="my")
    with refused("ResourceNotFoundException"):
        pool.settings()


@pytest.mark.parametrize(
    ("service", "operation", "told"),
    [
        ("sqs", lambda sqs: sqs.create_queue(QueueName="q"), "no place for sqs:CreateQueue"),
        (
            "lambda",
            lambda lambdas: lambdas.create_event_source_mapping(
                FunctionName="f", EventSourceArn="arn:aws:sqs:us-east-1:123456789012:q"
            ),
            "no place for lambda:CreateEventSourceMapping",
        ),
        (
            "iam",
            lambda iam: iam.create_login_profile(UserName="ann", Password="Correct-horse-1"),
            "no place for iam:CreateLoginProfile",
        ),
    ],
    ids=["service", "operation", "password"],
)
def test_what_cannot_be_saved_is_refused_by_name(
    kept: Kept, service: str, operation: Callable[[Any], Any], told: str
) -> None:
    with pytest.raises(ClientError, match=told):
        operation(kept.aws.client(service))


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("AWS::SQS::Queue", "has no place for AWS::SQS::Queue. A sandbox without --state does."),
        ("AWS::Nope::X", "does not have AWS::Nope::X: start it with --skip-unknown-resources"),
        ("AWS::Serverless::Api", "does not have AWS::Serverless::Api: it needs the template's"),
    ],
)
def test_a_stack_with_what_cannot_be_saved_is_refused_by_name(
    kept: Kept, kind: str, told: str
) -> None:
    cloudformation = kept.aws.client("cloudformation")
    body = json.dumps({"Resources": {"It": {"Type": kind}}})
    name = kind.replace("::", "-")
    cloudformation.create_stack(StackName=name, TemplateBody=body)
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    assert told in " ".join(event.get("ResourceStatusReason", "") for event in events)


def test_what_was_changed_is_saved_soon_for_its_owner_only(kept: Kept, folder: Path) -> None:
    state, pool = folder / "my.state", kept.aws.pool()
    old, new = zipped(index=WAITING + "OLD = 1"), zipped(index=WAITING)
    function = kept.aws.function("", Code={"ZipFile": old}, Timeout=60)
    kept.aws.lambdas.update_function_code(FunctionName=function.name, ZipFile=new)
    function.wait()
    pool.add("eve", password="Correct-horse-battery-1")
    invited(pool, "fay", "Correct-horse-battery-2")
    with socket.create_server(("127.0.0.1", 0)) as server:
        function.invoke({"port": server.getsockname()[1]}, InvocationType="Event")
        assert eventually(lambda: "fay@example.com" in saved(state), 30)
        assert "horse-battery" not in saved(state)
        assert b64encode(new).decode() in saved(state)
        assert b64encode(old).decode() not in saved(state)
        server.accept()[0].sendall(b"!")
        assert eventually(lambda: "waited long enough" in saved(state), 30)
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    expected = {"my.state", "my.state.lock", "my.yaml", "src"}
    assert expected == {each.name for each in folder.iterdir()}


def invited(pool: Pool, name: str, password: str) -> None:
    """With the password in the mail."""
    pool.aws.cognito.admin_create_user(
        UserPoolId=pool.id,
        Username=name,
        TemporaryPassword=password,
        DesiredDeliveryMediums=["EMAIL"],
        UserAttributes=[{"Name": "email", "Value": f"{name}@example.com"}],
    )
    assert password in pool.mail(name)[-1]["body"]


def saved(state: Path) -> str:
    with zipfile.ZipFile(state) as archive:
        return archive.read("state.json").decode()


def a_row(**row: Any) -> dict[str, Any]:
    beside = {"codes": {"row": 0}}
    return {"state": {"backends": {}, "beside": beside, "ahead": 0, "rows": [row]}}


@needs_root
def test_a_folder_that_one_may_not_look_into_is_told(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    def start() -> str:
        try:
            check(closed / "my.state")
        except StateError as error:
            return str(error)
        return ""

    assert "name a file in a folder where you may write" in as_user(SOMEBODY, start)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"format": 99}, "of another version of the sandbox or of moto .format 99"),
        ({"moto": "4.0"}, "of another version of the sandbox or of moto"),
        ({"state": {}}, "is damaged"),
        (a_row(**{"class": "subprocess:Popen", "attributes": {}}), "subprocess:Popen is nothing"),
        (a_row(**{"class": "moto.core.utils:utcnow", "attributes": {}}), "utcnow is nothing"),
        (a_row(of="Popen", pairs=[]), "is damaged"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_and_stays(
    tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    path = tmp_path / "my.state"
    with zipfile.ZipFile(path, "w") as archive:
        whole = {"format": file.FORMAT, "moto": "5.2.5", "state": {}} | changes
        archive.writestr("state.json", json.dumps(whole))
    before = path.read_bytes()
    with pytest.raises(StateError, match=told):
        Keeper(path).restore()
    assert path.read_bytes() == before


def test_a_file_is_for_one_sandbox_at_a_time(kept: Kept, folder: Path) -> None:
    with pytest.raises(StateError, match="another sandbox has it"):
        Keeper(folder / "my.state")


@pytest.fixture
def ready(tmp_path: Path) -> Keeper:
    """One that has nothing to take in."""
    made = Keeper(tmp_path / "my.state")
    made.restore()
    return made


def test_the_end_is_saved_whatever_was_counted(ready: Keeper, tmp_path: Path) -> None:
    assert ready.end()
    assert file.read(tmp_path / "my.state")


def test_a_link_is_written_to_where_it_leads(tmp_path: Path) -> None:
    link, state = tmp_path / "link", tmp_path / "my.state"
    link.symlink_to(state.name)
    made = Keeper(link)
    made.restore()
    assert made.end()
    assert link.is_symlink()
    assert file.read(state)


def test_an_older_state_never_comes_after_a_newer_one(
    ready: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states, writing, go_on, write = iter((1, 2)), Event(), Event(), file.write
    monkeypatch.setattr(contents, "take", lambda: next(states))

    def slow_at_first(path: Path, state: int) -> None:
        writing.set()
        assert state != 1 or go_on.wait(10)
        write(path, state)

    monkeypatch.setattr(file, "write", slow_at_first)
    first, last = Thread(target=ready.save), Thread(target=ready.end)
    first.start()
    assert writing.wait(10)
    last.start()
    last.join(0.1)  # were it not to wait for the first, it would be through
    go_on.set()
    first.join()
    last.join()
    assert file.read(tmp_path / "my.state") == 2


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NoDataError("a:Thing"), "is not up to date: the sandbox cannot save a:Thing."),
        (OSError(28, "No space left"), "cannot be written: No space left."),
        (RuntimeError("changed size"), "is not up to date: RuntimeError: changed size"),
    ],
)
def test_why_nothing_is_saved_is_told_once_and_the_next_change_is(
    ready: Keeper,
    tmp_path: Path,
    error: Exception,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    errors = [error] * 3

    def take() -> str:
        if errors:
            raise errors.pop()
        return "all of it"

    monkeypatch.setattr(contents, "take", take)
    monkeypatch.setattr(contents, "prepare", lambda: None)  # loads moto where it is the first
    monkeypatch.setattr(keeper, "PAUSE", 0)
    assert not ready.save()
    assert capsys.readouterr().err == f"{tmp_path / 'my.state'} {told}\n"
    ready.start()
    clock.forward(0)
    assert eventually(lambda: len(errors) == 1)
    clock.forward(0)
    assert eventually(lambda: not errors)
    assert capsys.readouterr().err == ""
    clock.forward(0)
    assert eventually((tmp_path / "my.state").exists)
    assert ready.end()


def test_what_is_computed_before_counts_as_saving(
    ready: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = defaultdict[int, list[float]](list)  # by thread: an earlier test's may be at work yet

    def prepare() -> None:
        began[get_ident()].append(time.monotonic())
        time.sleep(0.1)

    def twice() -> list[float]:
        return next((times for times in list(began.values()) if len(times) > 1), [])

    monkeypatch.setattr(contents, "prepare", prepare)
    monkeypatch.setattr(contents, "take", ready.changed)
    monkeypatch.setattr(keeper, "PAUSE", 0)
    ready.start()
    ready.changed()
    first, second, *_ = eventually(twice)
    assert second - first >= 0.1 * (1 + keeper.SHARE)
    assert ready.end()


def test_where_nothing_can_be_written_is_told_at_the_start(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere" / "file"):
        with pytest.raises(StateError, match="cannot be written"):
            Keeper(path)


def test_a_sandbox_does_not_start_with_what_is_no_state(tmp_path: Path) -> None:
    path = tmp_path / "my.state"
    path.write_text("not a zip")
    command = [sys.executable, "-m", "cognito_sandbox", "--port", "0", "--state", str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "is no state of a sandbox" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert path.read_text() == "not a zip"
