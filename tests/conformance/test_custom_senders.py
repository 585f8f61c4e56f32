"""Sign-in contract 9: functions that send codes in Cognito's place."""

import base64
import json
import sys
from typing import Any

import pytest
from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient
from aws_encryption_sdk.key_providers.kms import KMSMasterKey
from harness import PASSWORD, REGION, SMS, Aws, Function, Pool, eventually, listed, policy, refused
from in_process import App
from moto.kms.models import kms_backends
from sdk_layer import layer

from cognito_sandbox import store
from cognito_sandbox.cognito import senders
from cognito_sandbox.cognito.errors import CognitoError

SENDING = """
import base64, os
import boto3
from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient
from aws_encryption_sdk.key_providers.kms import StrictAwsKmsMasterKeyProvider

sdk = EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT)
keys = StrictAwsKmsMasterKeyProvider(key_ids=[os.environ["KEY"]])
mail = boto3.client("ses")

def handler(event, context):
    secret = base64.b64decode(event["request"]["code"])
    code, _ = sdk.decrypt(source=secret, key_provider=keys)
    mail.send_email(
        Source="us@example.com",
        Destination={"ToAddresses": [event["request"]["userAttributes"]["email"]]},
        Message={"Subject": {"Data": "Welcome"}, "Body": {"Text": {"Data": code.decode()}}},
    )
"""


@pytest.fixture(scope="module")
def key(aws: Aws) -> str:
    return str(aws.client("kms").create_key()["KeyMetadata"]["Arn"])


def sender(function: Function) -> dict[str, str]:
    return {"LambdaVersion": "V1_0", "LambdaArn": function.arn}


def pool_with(aws: Aws, function: Function, key: str, **more: Any) -> Pool:
    return aws.pool({"CustomEmailSender": sender(function), "KMSKeyID": key}, **more)


def events(function: Function, count: int = 1) -> list[Any]:
    """As many events as there are to be: nobody waited for them."""
    eventually(lambda: len(function.events()) >= count)
    assert len(function.events()) == count
    return function.events()


def read(aws: Aws, key: str, secret: str) -> str:
    """The code, as the SDK reads it with the help of KMS."""
    sdk = EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT)
    ours = KMSMasterKey(key_id=key, client=aws.client("kms"))
    return str(sdk.decrypt(source=base64.b64decode(secret), key_provider=ours)[0].decode())


def test_the_event(aws: Aws, key: str) -> None:
    function = aws.echo()
    pool = pool_with(aws, function, key)
    pool.sign_up()
    (event,) = events(function)
    assert event.keys() == {
        *("version", "region", "userPoolId", "userName", "callerContext", "triggerSource"),
        "request",
    }
    assert event["triggerSource"] == "CustomEmailSender_SignUp"
    assert event["request"].keys() == {"type", "code", "clientMetadata", "userAttributes"}
    assert event["request"]["type"] == "customEmailSenderRequestV1"
    assert event["request"]["clientMetadata"] is None
    assert event["request"]["userAttributes"]["email"] == "ann@example.com"


def test_the_code_is_the_one_that_confirms(aws: Aws, key: str) -> None:
    function = aws.echo()
    pool = pool_with(aws, function, key)
    pool.sign_up(ClientMetadata={"a": "1"})
    request = events(function)[0]["request"]
    assert request["clientMetadata"] == {"a": "1"}
    pool.confirm(code=read(aws, key, request["code"]))
    assert pool.user()["status"] == "CONFIRMED"


def test_kms_alone_cannot_read_it(aws: Aws, key: str) -> None:
    function = aws.echo()
    pool_with(aws, function, key).sign_up()
    secret = base64.b64decode(events(function)[0]["request"]["code"])
    with refused("InvalidCiphertextException"):
        aws.client("kms").decrypt(CiphertextBlob=secret, KeyId=key)


def test_cognito_itself_sends_nothing_any_more(aws: Aws, key: str) -> None:
    function = aws.echo()
    pool = pool_with(aws, function, key)
    answer = pool.sign_up()
    assert answer["CodeDeliveryDetails"]["Destination"] == "a***@e***"
    events(function)
    assert pool.mail() == []


def test_the_other_channel_stays_cognitos(aws: Aws, key: str) -> None:
    function = aws.echo()
    both = {"email": "ann@example.com", "phone_number": "+15551234567"}
    phone = {"AutoVerifiedAttributes": ["phone_number"], "SmsConfiguration": SMS}
    pool = pool_with(aws, function, key, **phone)
    pool.sign_up(attributes=both)
    assert [message["medium"] for message in pool.mail()] == ["SMS"]
    assert function.events() == []


def test_messages_to_phones_have_a_sender_of_their_own(aws: Aws, key: str) -> None:
    function = aws.echo()
    pool = aws.pool(
        {"CustomSMSSender": sender(function), "KMSKeyID": key},
        AutoVerifiedAttributes=["phone_number"],
        SmsConfiguration=SMS,
    )
    pool.sign_up(attributes={"phone_number": "+15551234567"})
    (event,) = events(function)
    assert event["triggerSource"] == "CustomSMSSender_SignUp"
    assert event["request"]["type"] == "customSMSSenderRequestV1"
    pool.confirm(code=read(aws, key, event["request"]["code"]))


def test_the_source_of_each_occasion(aws: Aws, key: str) -> None:
    function = aws.echo()
    pool = pool_with(aws, function, key)

    def code(count: int) -> str:
        return read(aws, key, events(function, count)[-1]["request"]["code"])

    pool.sign_up()
    code(1)
    aws.cognito.resend_confirmation_code(ClientId=pool.client_id, Username="ann")
    pool.confirm(code=code(2))
    pool.forgot()
    pool.reset(code=code(3))
    token = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    aws.cognito.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")
    code(4)
    new = listed({"email": "new@example.com"})
    aws.cognito.update_user_attributes(AccessToken=token, UserAttributes=new)
    code(5)
    assert function.sources() == [
        "CustomEmailSender_SignUp",
        "CustomEmailSender_ResendCode",
        "CustomEmailSender_ForgotPassword",
        "CustomEmailSender_VerifyUserAttribute",
        "CustomEmailSender_UpdateUserAttribute",
    ]
    assert function.events()[-1]["request"]["userAttributes"]["email"] == "new@example.com"


def test_a_temporary_password_arrives_escaped(aws: Aws, key: str) -> None:
    function = aws.echo()
    pool = pool_with(aws, function, key)
    aws.cognito.admin_create_user(
        UserPoolId=pool.id,
        Username="ann",
        TemporaryPassword="A<secret>-1",
        DesiredDeliveryMediums=["EMAIL"],
        UserAttributes=listed({"email": "ann@example.com"}),
    )
    (event,) = events(function)
    assert event["triggerSource"] == "CustomEmailSender_AdminCreateUser"
    assert event["callerContext"]["clientId"] == "CLIENT_ID_NOT_APPLICABLE"
    assert read(aws, key, event["request"]["code"]) == "A&lt;secret&gt;-1"


def test_what_becomes_of_the_function_is_nobodys_concern(aws: Aws, key: str) -> None:
    slow = aws.echo("import time; time.sleep(2); raise Exception('no')")
    pool = pool_with(aws, slow, key)
    pool.sign_up()
    slow.disallow()
    pool.sign_up("bob")
    assert pool.names() == ["ann", "bob"]


def test_a_code_to_sign_in_with(aws: Aws, key: str) -> None:
    function = aws.echo()
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    pool = aws.pool(
        {"CustomEmailSender": sender(function), "KMSKeyID": key},
        app={"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]},
        Policies=factors,
    )
    pool.add()
    step = aws.cognito.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": "ann", "PREFERRED_CHALLENGE": "EMAIL_OTP"},
    )
    (event,) = events(function)
    assert event["triggerSource"] == "CustomEmailSender_Authentication"
    code = read(aws, key, event["request"]["code"])
    tokens = pool.respond(step, USERNAME="ann", EMAIL_OTP_CODE=code)
    assert "AuthenticationResult" in tokens


def test_a_stack_sets_senders(aws: Aws, key: str) -> None:
    function = aws.echo()
    said = {"CustomEmailSender": sender(function), "KMSKeyID": key}
    pool = {"Type": "AWS::Cognito::UserPool", "Properties": {"LambdaConfig": said}}
    template = json.dumps({"Resources": {"Pool": pool}})
    stacks = aws.client("cloudformation")
    stacks.create_stack(StackName="senders", TemplateBody=template)
    (made,) = stacks.describe_stack_resources(StackName="senders")["StackResources"]
    assert made["ResourceStatus"] == "CREATE_COMPLETE"
    described = aws.cognito.describe_user_pool(UserPoolId=made["PhysicalResourceId"])["UserPool"]
    assert described["LambdaConfig"] == said


def test_who_is_busy_sends_later(aws: Aws, key: str) -> None:
    function = aws.echo("import time; time.sleep(0.5)")
    aws.lambdas.put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=1)
    pool = pool_with(aws, function, key)
    for name in ("ann", "bob", "cid"):
        pool.sign_up(name)
    assert {event["userName"] for event in events(function, 3)} == {"ann", "bob", "cid"}


@pytest.mark.parametrize("enabled", [True, False])
def test_a_message_that_is_lost_is_told(
    enabled: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = kms_backends["123456789012"][REGION].create_key(None, "", "", "", None)
    nowhere = f"arn:aws:lambda:{REGION}:123456789012:function:nowhere"
    triggers = {
        "CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": nowhere},
        "KMSKeyID": key.arn,
    }
    app = App(monkeypatch, LambdaConfig=triggers)
    key.enabled = enabled
    attributes = listed({"email": "ann@example.com"})
    app.call("SignUp", Username="ann", Password=PASSWORD, UserAttributes=attributes)
    why = f"may not invoke {nowhere}" if enabled else f"{key.arn} is not the ARN of a symmetric key"
    assert why in capsys.readouterr().err


def test_without_the_sdk_senders_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "cognito_sandbox.store.encryption", raising=False)
    monkeypatch.delattr(store, "encryption", raising=False)
    monkeypatch.setitem(sys.modules, "aws_encryption_sdk", None)
    config = {"CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": "any"}, "KMSKeyID": "any"}
    with pytest.raises(CognitoError, match="pip install aws-encryption-sdk"):
        senders.check(config)


def test_what_a_sender_needs(aws: Aws, key: str) -> None:
    function = aws.echo()
    careless = aws.careless("cognito-idp")
    without = {"CustomEmailSender": {"LambdaArn": function.arn}, "KMSKeyID": key}
    null = (
        "1 validation error detected: Value null at 'lambdaConfig.customEmailSender.lambdaVersion' "
        "failed to satisfy constraint: Member must not be null"
    )
    with refused("InvalidParameterException", null):
        careless.create_user_pool(PoolName="pool", LambdaConfig=without)
    with refused("InvalidParameterException"):
        aws.pool({"CustomEmailSender": sender(function)})
    with refused("InvalidParameterException"):
        aws.pool({"KMSKeyID": key})
    for other in (
        key[:-1],
        key.replace(":key/", ":alias/"),
        f"{key.rpartition(':')[0]}:alias/none",
    ):
        with refused("InvalidParameterException", f"KMSKeyID {other} is not the ARN of a..."):
            pool_with(aws, function, other)
    bucket = {"LambdaVersion": "V1_0", "LambdaArn": "arn:aws:s3:us-east-1:123456789012:bucket"}
    with refused("InvalidParameterException"):
        aws.pool({"CustomEmailSender": bucket, "KMSKeyID": key})


def test_settings_come_back_as_they_were_sent(aws: Aws, key: str) -> None:
    function = aws.echo()
    pool = pool_with(aws, function, key)
    said = {"CustomEmailSender": sender(function), "KMSKeyID": key}
    assert pool.settings()["LambdaConfig"] == said


def test_a_function_reads_the_code_and_sends_it(aws: Aws, key: str) -> None:
    arn = aws.lambdas.publish_layer_version(LayerName="sdk", Content={"ZipFile": layer()})
    aws.client("ses").verify_email_identity(EmailAddress="us@example.com")
    rights = [{"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*"}]
    may_read = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key}
    logs = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    role = aws.role_with(*rights, logs, may_read)
    function = aws.function(
        SENDING,
        Role=role,
        Layers=[arn["LayerVersionArn"]],
        Environment={"Variables": {"KEY": key}},
        Timeout=30,
    )
    pool = pool_with(aws, function, key)
    pool.sign_up("cleo", attributes={"email": "cleo@example.com"})

    def mail() -> list[Any]:
        sent = aws.get("/_sandbox/mail", username="cleo@example.com")
        return [each for each in sent if each["subject"] == "Welcome"]

    eventually(mail)
    pool.confirm("cleo", code=mail()[0]["body"].strip())
    aws.client("iam").put_role_policy(
        RoleName=role.rpartition("/")[2],
        PolicyName="statements",
        PolicyDocument=policy(*rights, logs),
    )
    pool.forgot("cleo")
    assert eventually(lambda: any("AccessDenied" in line for line in function.log()))
    assert len(mail()) == 1
