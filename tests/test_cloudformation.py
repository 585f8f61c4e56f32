"""User pools and app clients in CloudFormation: made, changed, removed and rolled back."""

import json
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from harness import AGREED, Aws, refused

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.type_defs import UserPoolTypeTypeDef
    from mypy_boto3_logs.type_defs import LogGroupTypeDef

CODE = "def handler(event, context):\n    return '{}'\n"
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            },
        },
        "ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
    },
}
SMS = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms"}
BY_SMS = {"AutoVerifiedAttributes": ["phone_number"], "SmsConfiguration": SMS}


def template(**changes: Any) -> dict[str, Any]:
    """A pool and its client; the changes are merged into the pool's properties."""
    pool = {"AutoVerifiedAttributes": ["email"]} | changes
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    client = {"UserPoolId": {"Ref": "Pool"}, "ExplicitAuthFlows": flows}
    attributes = ("Arn", "ProviderName", "ProviderURL", "UserPoolId")
    return {
        "Resources": {
            "Pool": {"Type": "AWS::Cognito::UserPool", "Properties": pool},
            "Client": {"Type": "AWS::Cognito::UserPoolClient", "Properties": client},
        },
        "Outputs": {
            "Ref": {"Value": {"Ref": "Pool"}},
            "Client": {"Value": {"Ref": "Client"}},
            **{name: {"Value": {"Fn::GetAtt": ["Pool", name]}} for name in attributes},
        },
    }


class Stack:
    def __init__(self, aws: Aws) -> None:
        self.aws, self.api = aws, aws.client("cloudformation")
        self.name = f"stack-{uuid.uuid4().hex[:8]}"

    def create(self, body: dict[str, Any]) -> None:
        self.api.create_stack(
            StackName=self.name, Capabilities=AGREED, TemplateBody=json.dumps(body)
        )

    def update(self, body: dict[str, Any]) -> None:
        self.api.update_stack(
            StackName=self.name, Capabilities=AGREED, TemplateBody=json.dumps(body)
        )

    def change(self, kind: str, body: dict[str, Any]) -> None:
        """Create or update through a change set."""
        change_set = self.api.create_change_set(
            StackName=self.name,
            Capabilities=AGREED,
            ChangeSetName=f"change-{uuid.uuid4().hex[:8]}",
            ChangeSetType=kind,
            TemplateBody=json.dumps(body),
        )["Id"]
        self.api.execute_change_set(ChangeSetName=change_set)

    @property
    def status(self) -> str:
        return str(self.api.describe_stacks(StackName=self.name)["Stacks"][0]["StackStatus"])

    @property
    def outputs(self) -> dict[str, str]:
        outputs = self.api.describe_stacks(StackName=self.name)["Stacks"][0].get("Outputs", [])
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}

    def events(self) -> list[tuple[str, str]]:
        events = self.api.describe_stack_events(StackName=self.name)["StackEvents"]
        return [(e["LogicalResourceId"], e["ResourceStatus"]) for e in reversed(events)]

    def reasons(self) -> list[str]:
        events = self.api.describe_stack_events(StackName=self.name)["StackEvents"]
        failed = (e for e in events if e["ResourceStatus"].endswith("FAILED"))
        return [e["ResourceStatusReason"] for e in failed]

    def pool(self) -> "UserPoolTypeTypeDef":
        return self.aws.cognito.describe_user_pool(UserPoolId=self.outputs["Ref"])["UserPool"]


@pytest.fixture
def stack(aws: Aws) -> Iterator[Stack]:
    stack = Stack(aws)
    yield stack
    stack.api.delete_stack(StackName=stack.name)


def pool_ids(aws: Aws) -> set[str]:
    pages = aws.cognito.get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 60})
    return {pool["Id"] for page in pages for pool in page["UserPools"]}


def test_the_pool_has_all_its_attributes(stack: Stack) -> None:
    stack.create(template())
    outputs = stack.outputs
    pool_id = outputs["Ref"]
    provider = f"cognito-idp.us-east-1.amazonaws.com/{pool_id}"
    assert outputs["UserPoolId"] == pool_id
    assert outputs["Arn"] == f"arn:aws:cognito-idp:us-east-1:123456789012:userpool/{pool_id}"
    assert (outputs["ProviderName"], outputs["ProviderURL"]) == (provider, f"https://{provider}")


def test_an_unknown_attribute_is_refused(stack: Stack) -> None:
    body = template()
    body["Outputs"] = {"Bad": {"Value": {"Fn::GetAtt": ["Pool", "Colour"]}}}
    with refused("ValidationError"):
        stack.create(body)


def test_the_client_works(aws: Aws, stack: Stack) -> None:
    stack.create(template())
    answer = aws.cognito.sign_up(
        ClientId=stack.outputs["Client"],
        Username="ann",
        Password="Correct-horse-1",
        UserAttributes=[{"Name": "email", "Value": "ann@example.com"}],
    )
    assert answer["CodeDeliveryDetails"]["Destination"] == "a***@e***"


def test_each_resource_has_its_events(stack: Stack) -> None:
    stack.create(template())
    assert stack.events() == [
        (stack.name, "CREATE_IN_PROGRESS"),
        ("Pool", "CREATE_IN_PROGRESS"),
        ("Pool", "CREATE_COMPLETE"),
        ("Client", "CREATE_IN_PROGRESS"),
        ("Client", "CREATE_COMPLETE"),
        (stack.name, "CREATE_COMPLETE"),
    ]


def test_an_update_changes_the_pool_in_place(stack: Stack) -> None:
    stack.create(template(AutoVerifiedAttributes=[]))
    before = stack.outputs["Ref"]
    stack.update(template(Policies={"PasswordPolicy": {"MinimumLength": "12"}}))
    assert stack.status == "UPDATE_COMPLETE"
    assert stack.outputs["Ref"] == before
    assert stack.pool()["AutoVerifiedAttributes"] == ["email"]
    assert stack.pool()["Policies"]["PasswordPolicy"]["MinimumLength"] == 12
    stack.update(template())
    assert stack.pool()["Policies"]["PasswordPolicy"]["MinimumLength"] == 8


def test_text_from_templates_becomes_booleans_and_numbers(stack: Stack) -> None:
    stack.create(template(AdminCreateUserConfig={"AllowAdminCreateUserOnly": "true"}))
    assert stack.pool()["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True


def test_deleting_the_stack_deletes_the_pool(aws: Aws, stack: Stack) -> None:
    stack.create(template())
    pool_id = stack.outputs["Ref"]
    stack.api.delete_stack(StackName=stack.name)
    assert pool_id not in pool_ids(aws)
    with refused("ValidationError"):
        _ = stack.status


def test_through_change_sets(stack: Stack) -> None:
    stack.change("CREATE", template())
    assert stack.status == "CREATE_COMPLETE"
    assert stack.pool()["AutoVerifiedAttributes"] == ["email"]
    stack.change("UPDATE", template(**BY_SMS))
    assert stack.status == "UPDATE_COMPLETE"
    assert stack.pool()["AutoVerifiedAttributes"] == ["phone_number"]


def bad(body: dict[str, Any]) -> dict[str, Any]:
    """The same template with a resource that cannot be made."""
    properties = {"UserPoolId": "us-east-1_nothing"}
    body["Resources"]["Bad"] = {
        "Type": "AWS::Cognito::UserPoolClient",
        "Properties": properties,
        "DependsOn": "Client",
    }
    return body


@pytest.mark.parametrize("by_change_set", [False, True])
def test_a_failed_creation_is_rolled_back(aws: Aws, stack: Stack, by_change_set: bool) -> None:
    before = pool_ids(aws)
    if by_change_set:
        stack.change("CREATE", bad(template()))
    else:
        stack.create(bad(template()))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert ("Bad", "CREATE_FAILED") in stack.events()
    assert ("Pool", "DELETE_COMPLETE") in stack.events()
    assert "us-east-1_nothing does not exist" in stack.reasons()[0]
    assert pool_ids(aws) == before


@pytest.mark.parametrize("by_change_set", [False, True])
def test_a_failed_update_is_rolled_back(aws: Aws, stack: Stack, by_change_set: bool) -> None:
    stack.create(template())
    before, pools = stack.outputs, pool_ids(aws)
    body = bad(template(AutoVerifiedAttributes=[]))
    body["Resources"]["Second"] = {"Type": "AWS::Cognito::UserPool", "Properties": {}}
    if by_change_set:
        stack.change("UPDATE", body)
    else:
        stack.update(body)
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.outputs == before
    assert stack.pool()["AutoVerifiedAttributes"] == ["email"]
    assert pool_ids(aws) == pools
    stack.update(template(**BY_SMS))
    assert stack.status == "UPDATE_COMPLETE"


def test_nothing_is_removed_by_an_update_that_fails(stack: Stack) -> None:
    body = template()
    body["Resources"]["Second"] = {"Type": "AWS::Cognito::UserPool", "Properties": {}}
    body["Outputs"]["Second"] = {"Value": {"Ref": "Second"}}
    stack.create(body)
    second = stack.outputs["Second"]
    stack.update(bad(template()))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.outputs["Second"] == second


LOGS = {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "RetainExceptOnCreate"}


def with_logs(stack: Stack, **properties: Any) -> dict[str, Any]:
    body = template()
    named = {"LogGroupName": stack.name, **properties}
    body["Resources"]["Logs"] = LOGS | {"Properties": named}
    return body


def log_groups(aws: Aws, stack: Stack) -> "list[LogGroupTypeDef]":
    return aws.logs.describe_log_groups(logGroupNamePrefix=stack.name)["logGroups"]


def test_a_log_group_is_updated_in_place_and_may_be_kept(aws: Aws, stack: Stack) -> None:
    stack.create(with_logs(stack, RetentionInDays=7))
    aws.logs.create_log_stream(logGroupName=stack.name, logStreamName="kept")
    stack.update(with_logs(stack, RetentionInDays=14))
    assert [group["retentionInDays"] for group in log_groups(aws, stack)] == [14]
    assert aws.logs.describe_log_streams(logGroupName=stack.name)["logStreams"]
    stack.update(with_logs(stack, LogGroupName=f"{stack.name}-other"))
    assert [group["logGroupName"] for group in log_groups(aws, stack)] == [f"{stack.name}-other"]
    stack.update(template())
    assert stack.status == "UPDATE_COMPLETE"
    assert log_groups(aws, stack)


def test_what_cannot_be_replaced_stays(aws: Aws, stack: Stack) -> None:
    def with_policy(statements: list[Any]) -> dict[str, Any]:
        document = {"Version": "2012-10-17", "Statement": statements}
        properties = {"ManagedPolicyName": stack.name, "PolicyDocument": document}
        policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}
        body = template()
        body["Resources"]["Policy"] = policy
        return body

    reading = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    stack.create(with_policy([reading]))
    stack.update(with_policy([reading, reading]))  # its name is taken, by itself
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    stack.update(template(**BY_SMS))
    assert stack.status == "UPDATE_COMPLETE"


def test_what_a_condition_forbids_is_removed(aws: Aws, stack: Stack) -> None:
    def if_in(region: str) -> dict[str, Any]:
        body = with_logs(stack)
        body["Conditions"] = {"Here": {"Fn::Equals": [{"Ref": "AWS::Region"}, region]}}
        body["Resources"]["Logs"] |= {"Condition": "Here", "DeletionPolicy": "Delete"}
        return body

    stack.create(if_in("us-east-1"))
    assert log_groups(aws, stack)
    stack.update(if_in("eu-west-1"))
    assert stack.status == "UPDATE_COMPLETE"
    assert not log_groups(aws, stack)


def with_function(text: str, permission: bool = True) -> dict[str, Any]:
    body = template()
    function = {
        "Code": {"ZipFile": CODE.format(text)},
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Runtime": "python3.11",
        "LoggingConfig": {"LogGroup": "/from/template"},
    }
    body["Resources"] |= {"Role": ROLE, "Function": {"Type": "AWS::Lambda::Function"}}
    body["Resources"]["Function"]["Properties"] = function
    body["Outputs"]["Function"] = {"Value": {"Ref": "Function"}}
    if permission:
        granted = {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": "Function"},
            "Principal": "cognito-idp.amazonaws.com",
            "SourceArn": {"Fn::GetAtt": ["Pool", "Arn"]},
        }
        body["Resources"]["Permission"] = {
            "Type": "AWS::Lambda::Permission",
            "Properties": granted,
        }
    return body


def test_functions_with_inline_code_run_and_can_be_changed(aws: Aws, stack: Stack) -> None:
    stack.create(with_function("first"))
    name = stack.outputs["Function"]
    for text in ("first", "second"):
        if text == "second":
            stack.update(with_function(text))
            assert stack.status == "UPDATE_COMPLETE"
        payload = aws.lambdas.invoke(FunctionName=name)["Payload"]
        assert json.load(payload) == text
    assert aws.logs.describe_log_streams(logGroupName="/from/template")["logStreams"]


def test_a_permission_is_taken_back_with_its_resource(aws: Aws, stack: Stack) -> None:
    stack.create(with_function("any"))
    name = stack.outputs["Function"]
    policy = json.loads(aws.lambdas.get_policy(FunctionName=name)["Policy"])
    condition = policy["Statement"][0]["Condition"]
    assert condition == {"ArnLike": {"AWS:SourceArn": stack.outputs["Arn"]}}
    stack.update(with_function("any", permission=False))
    with refused("ResourceNotFoundException"):
        aws.lambdas.get_policy(FunctionName=name)


def test_a_rollback_that_fails_says_so(aws: Aws, stack: Stack) -> None:
    stack.create(bad(template(DeletionProtection="ACTIVE")))
    assert stack.status == "ROLLBACK_FAILED"
    assert ("Pool", "DELETE_FAILED") in stack.events()
    pages = aws.cognito.get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 60})
    pools = [pool for page in pages for pool in page["UserPools"]]
    (left,) = [pool["Id"] for pool in pools if pool["Name"].startswith(stack.name)]
    aws.cognito.update_user_pool(UserPoolId=left, DeletionProtection="INACTIVE")


def test_a_pool_deleted_by_hand_does_not_hold_up_the_stack(aws: Aws, stack: Stack) -> None:
    stack.create(template())
    aws.cognito.delete_user_pool(UserPoolId=stack.outputs["Ref"])
    stack.api.delete_stack(StackName=stack.name)
    with refused("ValidationError"):
        _ = stack.status


@pytest.mark.parametrize(
    "typo", [{"AutoVerifiedAtributes": ["email"]}, {"LambdaConfig": {"PreSignup": "arn"}}]
)
def test_a_misspelt_property_fails_and_is_named(stack: Stack, typo: dict[str, Any]) -> None:
    stack.create(template(**typo))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "PreSignup" in stack.reasons()[0] or "AutoVerifiedAtributes" in stack.reasons()[0]


def test_resources_that_depend_on_each_other_are_refused(stack: Stack) -> None:
    queue = {"Type": "AWS::SQS::Queue"}
    body = {"Resources": {"A": queue | {"DependsOn": "B"}, "B": queue | {"DependsOn": "A"}}}
    with refused("ValidationError", "Circular dependency between resources: [A, B]"):
        stack.create(body)


def test_a_setting_that_is_not_here_fails_the_pool_by_name(stack: Stack) -> None:
    stack.create(template(UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"}))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert any("does not have UserPoolAddOns" in reason for reason in stack.reasons())


def test_what_is_not_here_of_an_app_client_fails_it_by_name(stack: Stack) -> None:
    body = template()
    body["Resources"]["Client"]["Properties"]["AllowedOAuthFlows"] = ["client_credentials"]
    stack.create(body)
    assert any("does not have AllowedOAuthFlows" in reason for reason in stack.reasons())


MAIL = {
    "EmailConfiguration": {
        "EmailSendingAccount": "DEVELOPER",
        "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/a@b.com",
    },
    "EmailAuthenticationMessage": "In with {####}",
    "EmailAuthenticationSubject": "Hi",
}


@pytest.mark.parametrize("mode", ["OPTIONAL", "ON"])
@pytest.mark.parametrize(
    ("factor", "more", "shown"),
    [
        ("SMS_MFA", {"SmsConfiguration": SMS}, {"SmsMfaConfiguration": {"SmsConfiguration": SMS}}),
        ("SOFTWARE_TOKEN_MFA", {}, {"SoftwareTokenMfaConfiguration": {"Enabled": True}}),
        (
            "EMAIL_OTP",
            MAIL,
            {"EmailMfaConfiguration": {"Message": "In with {####}", "Subject": "Hi"}},
        ),
    ],
)
def test_enabled_mfas_are_enabled(
    stack: Stack, factor: str, more: dict[str, Any], shown: dict[str, Any], mode: str
) -> None:
    stack.create(template(EnabledMfas=[factor], MfaConfiguration=mode, **more))
    assert stack.status == "CREATE_COMPLETE"
    told = stack.aws.cognito.get_user_pool_mfa_config(UserPoolId=stack.outputs["Ref"])
    assert {**told, "ResponseMetadata": None} == {
        "MfaConfiguration": mode,
        "ResponseMetadata": None,
        **shown,
    }


def test_mfa_without_a_factor_fails_the_pool(stack: Stack) -> None:
    stack.create(template(MfaConfiguration="ON"))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert any("SMS configuration and Auto verification" in each for each in stack.reasons())


def test_a_factor_that_there_is_not_fails_the_pool(stack: Stack) -> None:
    stack.create(template(MfaConfiguration="ON", EnabledMfas=["SOFTWARE_TOKEN"]))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert any("EnabledMfas" in each and "SOFTWARE_TOKEN" in each for each in stack.reasons())


def test_a_factor_that_is_no_longer_named_is_off(stack: Stack) -> None:
    both = {"EnabledMfas": ["SMS_MFA", "SOFTWARE_TOKEN_MFA"], "SmsConfiguration": SMS}
    stack.create(template(MfaConfiguration="OPTIONAL", **both))
    stack.update(template(MfaConfiguration="OPTIONAL", SmsConfiguration=SMS))
    asked = {"UserPoolId": stack.outputs["Ref"]}
    told = stack.aws.cognito.get_user_pool_mfa_config(**asked)
    assert (told["MfaConfiguration"], "SoftwareTokenMfaConfiguration" in told) == (
        "OPTIONAL",
        False,
    )
    assert told["SmsMfaConfiguration"] == {"SmsConfiguration": SMS}
    stack.update(template())
    told = stack.aws.cognito.get_user_pool_mfa_config(**asked)
    assert told["MfaConfiguration"] == "OFF"
    assert not {"SmsMfaConfiguration", "SoftwareTokenMfaConfiguration"} & told.keys()


def test_mfa_that_loses_its_only_factor_fails_the_update(stack: Stack) -> None:
    token = {"MfaConfiguration": "ON", "EnabledMfas": ["SOFTWARE_TOKEN_MFA"]}
    stack.create(template(**token))
    stack.update(template(MfaConfiguration="ON"))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    told = stack.aws.cognito.get_user_pool_mfa_config(UserPoolId=stack.outputs["Ref"])
    assert (told["MfaConfiguration"], told["SoftwareTokenMfaConfiguration"]) == (
        "ON",
        {"Enabled": True},
    )
