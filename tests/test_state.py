"""`--state FILE`: a sandbox goes on where the one before it ended."""

import io
import json
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import jwt
import pytest
from botocore.exceptions import ClientError
from devices import Device
from harness import REGION, Aws, Function, Pool, by_hand, eventually, refused, zipped

from cognito_sandbox.commands.running import Running
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
Outputs:
  ClientId: {Value: !Ref Client}
  PoolId: {Value: !Ref Pool}
"""
Sandbox = Callable[..., AbstractContextManager[str]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "my.state"


def known_people(aws: Aws, **item: Any) -> str:
    """A table of people who are known."""
    key = {"AttributeName": "id"}
    aws.client("dynamodb").create_table(
        TableName="people",
        KeySchema=[key | {"KeyType": "HASH"}],
        AttributeDefinitions=[key | {"AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    aws.client("dynamodb").put_item(TableName="people", Item={"id": {"S": "ann"}} | item)
    return "people"


def again(pool: Pool, endpoint: str) -> Pool:
    """The same pool in the next sandbox."""
    return Pool(Aws(endpoint), pool.id, pool.arn, pool.client_id)


def test_users_sign_in_again_and_their_triggers_run(file: Path) -> None:
    with by_hand("--state", str(file)) as endpoint:
        aws = Aws(endpoint)
        variables = {"Variables": {"TABLE": known_people(aws)}}
        trigger = aws.function(LOOKING_UP, Environment=variables)
        pool = aws.pool({"PreSignUp": trigger})
        assert pool.sign_up("ann")["UserConfirmed"]
        pool.sign_up("bob")
        sub = pool.user("ann")["sub"]
    with by_hand("--state", str(file)) as endpoint:
        pool = again(pool, endpoint)
        assert "AccessToken" in pool.sign_in("ann")["AuthenticationResult"]
        assert pool.user("ann")["sub"] == sub
        with refused("NotAuthorizedException"):
            pool.sign_in("ann", "Wrong-horse-1")
        pool.confirm("bob")  # by the code that was sent before
        assert pool.user("bob")["status"] == "CONFIRMED"
        assert not pool.sign_up("cid")["UserConfirmed"]
        function = Function(pool.aws, trigger.name, trigger.arn)
        asked = {line.strip() for line in function.log() if line.startswith("asked")}
        assert asked == {f"asked about {name}" for name in ("ann", "bob", "cid")}
        assert pool.names() == ["ann", "bob", "cid"]


def test_tokens_stay_what_they_were(file: Path) -> None:
    with by_hand("--state", str(file)) as endpoint:
        pool = Aws(endpoint).pool()
        pool.add()
        tokens, revoked = (pool.sign_in()["AuthenticationResult"] for _ in range(2))
        pool.aws.cognito.revoke_token(ClientId=pool.client_id, Token=revoked["RefreshToken"])
        keys = pool.aws.get(f"/{pool.id}/.well-known/jwks.json")
    with by_hand("--state", str(file)) as endpoint:
        pool = again(pool, endpoint)
        assert pool.aws.get(f"/{pool.id}/.well-known/jwks.json") == keys
        found = pool.aws.cognito.get_user(AccessToken=tokens["AccessToken"])
        assert found["Username"] == "ann"
        new = pool.refresh(tokens["RefreshToken"])["AuthenticationResult"]["IdToken"]
        key = jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(new)["kid"]]
        assert jwt.decode(new, key, audience=pool.client_id)["cognito:username"] == "ann"
        with refused("NotAuthorizedException"):
            pool.aws.cognito.get_user(AccessToken=revoked["AccessToken"])
        pool.aws.cognito.global_sign_out(AccessToken=tokens["AccessToken"])
        with refused("NotAuthorizedException"):
            pool.refresh(tokens["RefreshToken"])


def test_groups_devices_and_names_are_kept(file: Path) -> None:
    with by_hand("--state", str(file)) as endpoint:
        pool = Aws(endpoint).pool(
            UsernameAttributes=["email"],
            UsernameConfiguration={"CaseSensitive": False},
            DeviceConfiguration={"ChallengeRequiredOnNewDevice": True},
        )
        pool.add("ann@example.com", email="ann@example.com")
        device = Device(pool, pool.sign_in("ann@example.com"))
        named: Any = {"UserPoolId": pool.id, "GroupName": "staff"}
        pool.aws.cognito.create_group(**named)
        pool.aws.cognito.admin_add_user_to_group(**named, Username="ann@example.com")
    with by_hand("--state", str(file)) as endpoint:
        pool = again(pool, endpoint)
        tokens = pool.sign_in("ANN@example.com")["AuthenticationResult"]
        claims = jwt.decode(tokens["IdToken"], options={"verify_signature": False})
        assert claims["cognito:groups"] == ["staff"]
        members = pool.aws.cognito.list_users_in_group(**named)["Users"]
        assert [user["Username"] for user in members] == [claims["cognito:username"]]
        found = pool.aws.cognito.list_devices(AccessToken=tokens["AccessToken"])["Devices"]
        assert device.key in [each["DeviceKey"] for each in found]
        pool.add("bob@example.com", email="bob@example.com")
        assert len(pool.names()) == 2


def test_functions_keep_code_versions_layers_and_rights(file: Path) -> None:
    source = "import known\ndef handler(event, context): return known.NAME"
    layer = io.BytesIO()
    with zipfile.ZipFile(layer, "w") as archive:
        archive.writestr("python/known.py", "NAME = 'ann'")
    with by_hand("--state", str(file)) as endpoint:
        aws = Aws(endpoint)
        content: Any = {"ZipFile": layer.getvalue()}
        published = aws.lambdas.publish_layer_version(LayerName="known", Content=content)
        function = aws.function(source, Layers=[published["LayerVersionArn"]])
        aws.lambdas.publish_version(FunctionName=function.name)
        aws.lambdas.create_alias(FunctionName=function.name, Name="live", FunctionVersion="1")
        changed = zipped(index="def handler(event, context): return 'new'")
        aws.lambdas.update_function_code(FunctionName=function.name, ZipFile=changed)
    with by_hand("--state", str(file)) as endpoint:
        function = Function(Aws(endpoint), function.name, function.arn)
        assert function.result() == "new"
        assert json.load(function.invoke(Qualifier="live")["Payload"]) == "ann"
        policy = function.aws.lambdas.get_policy(FunctionName=function.name)["Policy"]
        assert "cognito-idp.amazonaws.com" in policy
        lambdas = function.aws.lambdas
        lambdas.update_function_configuration(FunctionName=function.name, Timeout=9)
        assert lambdas.publish_version(FunctionName=function.name)["Version"] == "2"
        lambdas.delete_function(FunctionName=function.name)
        with pytest.raises(ClientError, match="ResourceNotFound"):
            function.invoke()


def test_rows_are_read_and_written_as_before(file: Path) -> None:
    with by_hand("--state", str(file)) as endpoint:
        row = {"tags": {"SS": ["a", "b"]}, "more": {"M": {"n": {"N": "1.5"}, "b": {"B": b"\0"}}}}
        known_people(Aws(endpoint), **row)
    with by_hand("--state", str(file)) as endpoint:
        dynamodb = Aws(endpoint).client("dynamodb")
        key = {"TableName": "people", "Key": {"id": {"S": "ann"}}}
        assert dynamodb.get_item(**key)["Item"] == {"id": {"S": "ann"}} | row
        dynamodb.update_item(
            **key, UpdateExpression="SET more.n = :n", ExpressionAttributeValues={":n": {"N": "2"}}
        )
        dynamodb.put_item(TableName="people", Item={"id": {"S": "bob"}})
        found = dynamodb.query(
            TableName="people",
            KeyConditionExpression="id = :id",
            ExpressionAttributeValues={":id": {"S": "ann"}},
        )
        assert [each["more"]["M"]["n"] for each in found["Items"]] == [{"N": "2"}]


def test_a_stack_is_updated_where_it_was_made_before(file: Path, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.py").write_text("def handler(event, context): return event")
    (tmp_path / "my.yaml").write_text(TEMPLATE)

    def deployed(endpoint: str) -> dict[str, str]:
        sandbox = Running(endpoint, "any", REGION)
        return stacks.deploy(sandbox, tmp_path / "my.yaml", {}, "my").outputs

    with by_hand("--state", str(file)) as endpoint:
        outputs = deployed(endpoint)
    with by_hand("--state", str(file)) as endpoint:
        (tmp_path / "src" / "index.py").write_text("def handler(event, context): raise OSError(1)")
        assert deployed(endpoint) == outputs
        pool = Pool(Aws(endpoint), outputs["PoolId"], "", outputs["ClientId"])
        with refused("UserLambdaValidationException", "PreSignUp failed with error 1."):
            pool.sign_up()
        pool.aws.client("cloudformation").delete_stack(StackName="my")
        with refused("ResourceNotFoundException"):
            pool.settings()


def test_what_was_changed_is_saved_soon_for_its_owner_only(file: Path) -> None:
    with by_hand("--state", str(file)) as endpoint:
        assert not file.exists()
        Aws(endpoint).pool()
        assert eventually(file.exists)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_no_password_is_in_the_file(file: Path) -> None:
    with by_hand("--state", str(file)) as endpoint:
        pool = Aws(endpoint).pool()
        pool.add(password="Correct-horse-battery-1")
        pool.sign_in(password="Correct-horse-battery-1")
    with zipfile.ZipFile(file) as archive:
        assert b"horse-battery" not in archive.read("state.json")


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
    ],
    ids=["service", "operation"],
)
def test_what_cannot_be_saved_is_refused_by_name(
    keeping: str, service: str, operation: Callable[[Any], Any], told: str
) -> None:
    with pytest.raises(ClientError, match=told):
        operation(Aws(keeping).client(service))


def test_a_stack_with_what_cannot_be_saved_is_refused_by_name(keeping: str) -> None:
    cloudformation = Aws(keeping).client("cloudformation")
    body = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
    cloudformation.create_stack(StackName="queue", TemplateBody=body)
    events = cloudformation.describe_stack_events(StackName="queue")["StackEvents"]
    reasons = " ".join(event.get("ResourceStatusReason", "") for event in events)
    assert "has no place for AWS::SQS::Queue. A sandbox without --state does." in reasons


@pytest.fixture(scope="module")
def keeping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with by_hand("--state", str(tmp_path_factory.mktemp("state") / "file")) as endpoint:
        yield endpoint


def damaged(file: Path, **changes: Any) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        whole = {"backends": {}, "beside": {}, "ahead": 0, "rows": []}
        saved = {"format": 1, "moto": "5.2.5", "state": whole} | changes
        archive.writestr("state.json", json.dumps(saved))


def a_row(**row: Any) -> dict[str, Any]:
    beside = {"codes": {"row": 0}}
    return {"state": {"backends": {}, "beside": beside, "ahead": 0, "rows": [row]}}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"format": 99}, "of another version of the sandbox or of moto (format 99"),
        ({"moto": "4.0"}, "of another version of the sandbox or of moto"),
        ({"state": {}}, "is damaged"),
        (a_row(**{"class": "subprocess:Popen", "attributes": {}}), "subprocess:Popen is nothing"),
        (a_row(**{"class": "moto.core.utils:utcnow", "attributes": {}}), "utcnow is nothing"),
        (a_row(of="Popen", pairs=[]), "is damaged"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_and_stays(
    file: Path, changes: dict[str, Any], told: str
) -> None:
    damaged(file, **changes)
    before = file.read_bytes()
    ended = start(file)
    assert ended.returncode == 1
    assert told in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert file.read_bytes() == before


def test_a_file_that_is_no_file_is_refused(file: Path, tmp_path: Path) -> None:
    file.write_text("not a zip")
    assert "is no state of a sandbox" in start(file).stderr
    assert file.read_text() == "not a zip"
    assert "cannot be written" in start(tmp_path).stderr
    assert "cannot be written" in start(tmp_path / "nowhere" / "file").stderr


def start(file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cognito_sandbox", "--port", "0", "--state", str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)
