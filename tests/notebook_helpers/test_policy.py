"""The policy in docs/ allows all that the helpers ask of an account."""

import json
import uuid
from contextlib import suppress
from pathlib import Path

from helpers import (
    cloud,
    cognito,
    deliveries,
    devices,
    events,
    experiments,
    functions,
    known_users,
    logs,
    permissions,
    roles,
    second_factors,
    signing_in,
    stack,
    triggers,
)
from helpers._inner import calls, sandbox
from helpers.errors import RefusedError
from helpers.invoking import invoke

POLICY = Path(__file__).parents[2] / "docs" / "policy.json"
PREFIXES = {
    "cognito-identity-provider": "cognito-idp",
    "cloudwatch-logs": "logs",
    "dynamodb-streams": "dynamodb",
    "resource-groups-tagging-api": "tag",
}
RENAMED = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:DeleteObjects": "s3:DeleteObject",
    "lambda:Invoke": "lambda:InvokeFunction",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}
PUBLIC = {  # these need no credentials
    *("cognito-idp:SignUp", "cognito-idp:InitiateAuth", "cognito-idp:RespondToAuthChallenge"),
    *("cognito-idp:AssociateSoftwareToken", "cognito-idp:VerifySoftwareToken"),
    "cognito-idp:ConfirmDevice",
}


def test_the_policy_is_enough(place: cloud.Cloud) -> None:
    made: list[calls.Call] = []
    calls.listeners.append(made.append)
    try:
        use_everything(f"test-{uuid.uuid4().hex[:8]}")
    finally:
        calls.listeners.remove(made.append)
    asked = {f"{PREFIXES.get(call.service, call.service)}:{call.action}" for call in made}
    needed = {RENAMED.get(action, action) for action in asked} - PUBLIC
    statements = json.loads(POLICY.read_text("utf-8"))["Statement"]
    allowed = {action for statement in statements for action in statement["Action"]}
    assert len(needed) > 30
    assert needed <= allowed


def use_everything(name: str) -> None:
    """A stack's whole life."""
    outputs = stack.deploy(name)
    pool, function = outputs["UserPoolId"], outputs["AutoConfirmFunctionArn"]
    try:
        known_users.fill(outputs["TableName"])
        known_users.table(outputs["TableName"])
        known_users.by_name(outputs["TableName"], "test_user_1")
        known_users.by_email(outputs["TableName"], "test_email_1@example.com")
        triggers.set_trigger(pool, "PreSignUp", function)
        with permissions.withheld(pool, function):
            pass
        with roles.without_permission("auto_confirm", "dynamodb:GetItem", name):
            pass
        experiments.replace("auto_confirm", "def handler(event, context): return event", name)
        experiments.restore("auto_confirm", name)
        cognito.sign_up(outputs["UserPoolClientId"], "ann", "Correct-horse-1", "a@example.com")
        invoke(function, events.sample("PreSignUp_SignUp"))
        logs.table(function)
        logs.count(function)
        cognito.admin_get_user(pool, "ann")
        cognito.list_users(pool)
        cognito.list_user_pools()
        cognito.admin_create_user(pool, "bob", "bob@example.com")
        cognito.admin_set_user_password(pool, "bob", "Correct-horse-1")
        cognito.admin_delete_user(pool, "bob")
    finally:
        stack.delete(name)
    use_a_second_factor(f"{name}-more")
    use_event_sources(f"{name}-sources")
    use_functions(f"{name}-mine")


def use_a_second_factor(name: str) -> None:
    """The life of notebook 4's stack."""
    outputs = stack.deploy(name, stack.more("second_factor")[1])
    pool, client = outputs["UserPoolId"], outputs["UserPoolClientId"]
    given = {"USERNAME": "ann", "PASSWORD": "Correct-horse-1"}
    try:
        cognito.sign_up(client, "ann", given["PASSWORD"], "ann@example.com")
        cloud.client("cognito-idp").admin_confirm_sign_up(UserPoolId=pool, Username="ann")
        asked = signing_in.admin_initiate_auth(pool, client, "ADMIN_USER_PASSWORD_AUTH", **given)
        assert isinstance(asked, signing_in.Challenge)
        token = second_factors.associate_software_token(session=asked.session)
        code = second_factors.authenticator_code(token.secret, sandbox.now())
        done = second_factors.verify_software_token(code, session=token.session)
        signed_in = signing_in.admin_respond_to_auth_challenge(pool, client, asked, done.session)
        assert isinstance(signed_in, signing_in.Tokens)
        assert signed_in.new_device
        device = devices.confirm_device(signed_in.access, signed_in.new_device, "my laptop")
        devices.admin_forget_device(pool, "ann", device.key)
    finally:
        stack.delete(name)
    stack.leftovers()


def use_event_sources(name: str) -> None:
    """The life of notebook 6's stack."""
    outputs = stack.deploy(name, stack.more("event_sources")[1])
    s3, sqs, kinesis, functions = map(cloud.client, ("s3", "sqs", "kinesis", "lambda"))
    put = {"Bucket": outputs["BucketName"], "Key": "report.txt"}
    item = {"Number": {"S": "1"}, "Price": {"N": "10"}}
    reader, entry = outputs["TakeOrdersInPartFunction"], {"Id": "1", "MessageBody": "{}"}
    try:
        s3.put_object(**put)
        s3.delete_object(**put)
        cloud.client("sns").publish(TopicArn=outputs["TopicArn"], Message="hello")
        with deliveries.mapped(outputs["QueueMapping"], reader, FunctionResponseTypes=[]):
            sqs.send_message_batch(QueueUrl=outputs["QueueUrl"], Entries=[entry])
        deliveries.emptied(outputs["DeadQueueUrl"])
        sent = kinesis.put_record(StreamName=outputs["StreamName"], Data=b"/", PartitionKey="1")
        found = functions.get_event_source_mapping(UUID=outputs["StreamMapping"])
        info = {"streamArn": found["EventSourceArn"], "batchSize": 1, "shardId": sent["ShardId"]}
        info |= {"startSequenceNumber": sent["SequenceNumber"]}
        deliveries.lost({"KinesisBatchInfo": info})
        cloud.client("dynamodb").put_item(TableName=outputs["TableName"], Item=item)
        queue = {"QueueUrl": sqs.create_queue(QueueName=f"{name}-at-home")["QueueUrl"]}
        place = f"{cloud.current().region}:{cloud.current().account}:{name}-at-home"
        pair = {"EventSourceArn": f"arn:aws:sqs:{place}", "FunctionName": reader}
        functions.list_event_source_mappings(**pair)
        made = functions.create_event_source_mapping(**pair)
        sqs.send_message(**queue, MessageBody="{}")
        functions.delete_event_source_mapping(UUID=made["UUID"])
        sqs.delete_queue(**queue)
    finally:
        stack.delete(name)


def use_functions(name: str) -> None:
    """A function's whole life, without a stack."""
    with suppress(RefusedError):  # there is no such role; the right to ask is what counts
        functions.create_function(name, "arn:aws:iam::123456789012:role/none", "a.handler", b"")
    for action in (functions.get_function, functions.update_function_configuration):
        with suppress(RefusedError):
            action(name)
    with suppress(RefusedError):
        functions.update_function_code(name, functions.zipped({"a.py": ""}))
    functions.delete_function(name)
    functions.list_functions()
