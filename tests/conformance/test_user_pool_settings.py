"""Contract 9: what UpdateUserPool keeps, what it resets, and what it refuses."""

from typing import TYPE_CHECKING, Any

import pytest
from harness import SMS, Aws, refused

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.type_defs import SoftwareTokenMfaConfigTypeTypeDef

ARN = "arn:aws:lambda:us-east-1:123456789012:function:any"
OTHER = f"{ARN}-other"
BY_MAIL_THEN_PHONE = [
    {"Priority": 1, "Name": "verified_email"},
    {"Priority": 2, "Name": "verified_phone_number"},
]
UNCHANGED = ("AliasAttributes", "UsernameAttributes")


@pytest.mark.parametrize(
    ("setting", "default"),
    [
        ({"AutoVerifiedAttributes": ["email"]}, None),
        ({"LambdaConfig": {"PreSignUp": ARN}}, {}),
        (
            {
                "AccountRecoverySetting": {
                    "RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]
                }
            },
            {"RecoveryMechanisms": BY_MAIL_THEN_PHONE},
        ),
        ({"UserPoolTags": {"a": "b"}}, {}),
    ],
)
def test_what_is_not_passed_is_reset(aws: Aws, setting: dict[str, Any], default: Any) -> None:
    pool = aws.pool(**setting)
    ((name, value),) = setting.items()
    assert pool.settings()[name] == value
    pool.update()
    assert pool.settings().get(name) == default


@pytest.mark.parametrize(
    "setting",
    [
        {"UsernameAttributes": ["email"]},
        {"UsernameConfiguration": {"CaseSensitive": False}},
        {
            "Policies": {
                "PasswordPolicy": {
                    "MinimumLength": 12,
                    "RequireUppercase": False,
                    "RequireLowercase": False,
                    "RequireNumbers": False,
                    "RequireSymbols": False,
                    "TemporaryPasswordValidityDays": 3,
                },
                "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]},
            }
        },
    ],
)
def test_what_is_kept_all_the_same(aws: Aws, setting: dict[str, Any]) -> None:
    pool = aws.pool(**setting)
    pool.update(AutoVerifiedAttributes=["email"])
    ((name, value),) = setting.items()
    assert pool.settings()[name] == value


def test_a_bare_pool_shows_what_was_not_set(aws: Aws) -> None:
    made = aws.cognito.create_user_pool(PoolName="pool")["UserPool"]
    shown: Any = aws.cognito.describe_user_pool(UserPoolId=made["Id"])["UserPool"]
    assert shown["AccountRecoverySetting"] == {"RecoveryMechanisms": BY_MAIL_THEN_PHONE}
    assert shown["Policies"]["SignInPolicy"] == {"AllowedFirstAuthFactors": ["PASSWORD"]}
    assert shown["VerificationMessageTemplate"] == {"DefaultEmailOption": "CONFIRM_WITH_CODE"}
    assert not {"EmailVerificationMessage", "SmsVerificationMessage"} & shown.keys()
    assert shown["UserPoolTier"] == "ESSENTIALS"
    assert shown["UserAttributeUpdateSettings"] == {"AttributesRequireVerificationBeforeUpdate": []}
    assert shown["UserPoolTags"] == {}
    assert shown["AdminCreateUserConfig"]["UnusedAccountValidityDays"] == 7
    assert {"IssuerConfiguration", "KeyConfiguration"} <= shown.keys()
    assert "identities" in [attribute["Name"] for attribute in shown["SchemaAttributes"]]


def test_a_deleted_client_is_not_described(aws: Aws) -> None:
    pool = aws.pool()
    known: Any = {"UserPoolId": pool.id, "ClientId": pool.client_id}
    assert aws.cognito.describe_user_pool_client(**known)["UserPoolClient"]["ClientName"] == "app"
    aws.cognito.delete_user_pool_client(**known)
    with refused("ResourceNotFoundException", "User pool client does not exist."):
        aws.cognito.describe_user_pool_client(**known)


def test_changing_only_the_triggers_switches_email_verification_off(aws: Aws) -> None:
    pool = aws.pool()
    pool.update(LambdaConfig={"PreSignUp": aws.echo().arn})
    assert "CodeDeliveryDetails" not in pool.sign_up()


def test_lambda_config_is_replaced_as_a_whole(aws: Aws) -> None:
    pool = aws.pool(LambdaConfig={"PreSignUp": ARN})
    pool.update(LambdaConfig={"PostConfirmation": OTHER})
    assert pool.settings()["LambdaConfig"] == {"PostConfirmation": OTHER}
    pool.update(LambdaConfig={})
    assert pool.settings()["LambdaConfig"] == {}


def test_an_arn_is_checked_for_its_form_only(aws: Aws) -> None:
    pool = aws.pool()
    pool.update(LambdaConfig={"PreSignUp": OTHER})
    with refused("InvalidParameterException"):
        pool.update(LambdaConfig={"PreSignUp": "arn:aws:s3:::this-is-not-a-function"})


def test_update_answers_with_nothing(aws: Aws) -> None:
    answer = aws.pool().update()
    assert set(answer) == {"ResponseMetadata"}


def test_guarded_attributes_need_automatic_verification(aws: Aws) -> None:
    guard = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    pool = aws.pool(UserAttributeUpdateSettings=guard)
    with refused(
        "InvalidParameterException",
        "All attributes in AttributesRequireVerificationBeforeUpdate must exist in "
        "AutoVerifiedAttributes",
    ):
        pool.update(LambdaConfig={})
    assert pool.settings()["AutoVerifiedAttributes"] == ["email"]


def test_unused_account_validity_cannot_be_sent_back(aws: Aws) -> None:
    pool = aws.pool()
    described = pool.settings()["AdminCreateUserConfig"]
    assert "UnusedAccountValidityDays" in described
    with refused(
        "InvalidParameterException",
        "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of "
        "UnusedAccountValidityDays",
    ):
        pool.update(AdminCreateUserConfig=described)


def test_of_two_names_for_the_same_days_one_is_taken(aws: Aws) -> None:
    days, older = "TemporaryPasswordValidityDays", {"UnusedAccountValidityDays": 2}
    policy = {"MinimumLength": 8}
    for given, admin, shown in (
        ({}, {}, 7),
        ({days: 0}, {}, 7),
        ({days: 3}, {}, 3),
        ({}, older, 2),
    ):
        pool = aws.pool(Policies={"PasswordPolicy": policy | given}, AdminCreateUserConfig=admin)
        assert pool.settings()["Policies"]["PasswordPolicy"].items() >= {days: shown}.items()
    with refused("InvalidParameterException", f"Please use {days} in PasswordPolicy..."):
        aws.pool(Policies={"PasswordPolicy": policy | {days: 3}}, AdminCreateUserConfig=older)
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    pool = aws.pool(Policies=factors, AdminCreateUserConfig=older)
    assert pool.settings()["Policies"].items() >= factors.items()
    assert pool.settings()["Policies"]["PasswordPolicy"][days] == 2


@pytest.mark.parametrize(
    "settings",
    [
        {"VerificationMessageTemplate": {"EmailMessage": "no code here"}},
        {"VerificationMessageTemplate": {"EmailMessageByLink": "no link here"}},
        {"AdminCreateUserConfig": {"InviteMessageTemplate": {"EmailMessage": "{username}, hello"}}},
        {"AdminCreateUserConfig": {"InviteMessageTemplate": {"SMSMessage": "{username}, hello"}}},
        {"SmsAuthenticationMessage": "no code here"},
    ],
)
def test_a_message_needs_its_placeholder(aws: Aws, settings: dict[str, Any]) -> None:
    with refused("InvalidParameterException", "The message is invalid."):
        aws.pool().update(**settings)


def test_the_message_of_a_second_factor_needs_its_placeholder(aws: Aws) -> None:
    words: Any = {"SmsAuthenticationMessage": "no code here", "SmsConfiguration": SMS}
    with refused("InvalidParameterException", "The message is invalid."):
        aws.cognito.set_user_pool_mfa_config(
            UserPoolId=aws.pool().id, MfaConfiguration="OPTIONAL", SmsMfaConfiguration=words
        )


def test_an_attribute_is_in_the_schema_once(aws: Aws) -> None:
    size = {"Name": "size", "AttributeDataType": "String"}
    with refused("InvalidParameterException", "Schema has the attribute size twice..."):
        aws.pool(Schema=[size, size | {"AttributeDataType": "Number"}])


def test_a_template_shows_in_the_older_keys(aws: Aws) -> None:
    pool = aws.pool(
        VerificationMessageTemplate={"EmailMessage": "Code {####}", "EmailSubject": "S"}
    )
    assert pool.settings()["EmailVerificationMessage"] == "Code {####}"
    assert pool.settings()["EmailVerificationSubject"] == "S"
    assert pool.settings()["VerificationMessageTemplate"]["DefaultEmailOption"]


def test_the_two_names_of_the_token_trigger_must_agree(aws: Aws) -> None:
    versioned = {"LambdaVersion": "V2_0", "LambdaArn": OTHER}
    with refused("InvalidParameterException"):
        aws.pool().update(
            LambdaConfig={"PreTokenGeneration": ARN, "PreTokenGenerationConfig": versioned}
        )


def test_an_optional_factor_is_kept(aws: Aws) -> None:
    pool = aws.pool(MfaConfiguration="OPTIONAL", SmsConfiguration=SMS)
    pool.update(AutoVerifiedAttributes=["email"])
    assert pool.settings()["MfaConfiguration"] == "OPTIONAL"


def test_a_second_factor_needs_a_way_to_it(aws: Aws) -> None:
    text = (
        "SMS configuration and Auto verification for phone_number are required when MFA is "
        "required/optional"
    )
    with refused("InvalidParameterException", text):
        aws.pool(MfaConfiguration="OPTIONAL")
    pool = aws.pool()
    with refused("InvalidParameterException", text):
        pool.update(MfaConfiguration="OPTIONAL")
    with refused("InvalidParameterException"):
        aws.cognito.set_user_pool_mfa_config(UserPoolId=pool.id, MfaConfiguration="OPTIONAL")


def test_the_lite_tier_has_the_first_token_event_only(aws: Aws) -> None:
    versioned = {"LambdaVersion": "V2_0", "LambdaArn": ARN}
    with refused("FeatureUnavailableInTierException"):
        aws.pool(UserPoolTier="LITE", LambdaConfig={"PreTokenGenerationConfig": versioned})


def test_codes_by_sms_are_a_factor_where_they_can_be_sent(aws: Aws) -> None:
    token: SoftwareTokenMfaConfigTypeTypeDef = {"Enabled": True}
    text = "Can't turn off SMS_MFA when SMS configuration is set for the user pool"
    with refused("InvalidParameterException", text):
        aws.cognito.set_user_pool_mfa_config(
            UserPoolId=aws.pool(SmsConfiguration=SMS).id,
            SoftwareTokenMfaConfiguration=token,
            MfaConfiguration="ON",
        )


def test_mfa_has_a_call_of_its_own(aws: Aws) -> None:
    pool = aws.pool()
    token: SoftwareTokenMfaConfigTypeTypeDef = {"Enabled": True}
    text = "Invalid MFA configuration given, can't turn off MFA and configure an MFA together"
    with refused("InvalidParameterException", text):
        aws.cognito.set_user_pool_mfa_config(
            UserPoolId=pool.id, SoftwareTokenMfaConfiguration=token
        )
    aws.cognito.set_user_pool_mfa_config(
        UserPoolId=pool.id, SoftwareTokenMfaConfiguration=token, MfaConfiguration="OPTIONAL"
    )
    aws.cognito.set_user_pool_mfa_config(UserPoolId=pool.id)
    assert pool.settings()["MfaConfiguration"] == "OFF"


def test_mfa_shows_where_messages_go_out(aws: Aws) -> None:
    pool = aws.pool()
    sms: Any = {"SmsConfiguration": SMS | {"ExternalId": "any", "SnsRegion": "us-east-1"}}
    aws.cognito.set_user_pool_mfa_config(
        UserPoolId=pool.id, SmsMfaConfiguration=sms, MfaConfiguration="OPTIONAL"
    )
    shown = aws.cognito.get_user_pool_mfa_config(UserPoolId=pool.id)
    assert shown["SmsMfaConfiguration"] == sms


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"AliasAttributes": ["email"], "UsernameAttributes": ["email"]},
            "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.",
        ),
        (
            {"EmailConfiguration": {"EmailSendingAccount": "DEVELOPER"}},
            "Source ARN is required to use DEVELOPER email sending owner",
        ),
        (
            {
                "AccountRecoverySetting": {
                    "RecoveryMechanisms": [
                        {"Priority": 1, "Name": "admin_only"},
                        {"Priority": 2, "Name": "verified_email"},
                    ]
                }
            },
            "Account Recovery Setting cannot use admin_only setting with any other recovery "
            "mechanisms.",
        ),
        (
            {"AutoVerifiedAttributes": ["phone_number"]},
            "SMS configuration is required when phone_number is selected for auto verification",
        ),
    ],
)
def test_what_does_not_go_together(aws: Aws, settings: dict[str, Any], told: str) -> None:
    with refused("InvalidParameterException", told):
        aws.pool(**settings)
    changeable = {name: value for name, value in settings.items() if name not in UNCHANGED}
    if changeable:
        with refused("InvalidParameterException", told):
            aws.pool().update(**changeable)


def test_a_protected_pool_is_not_deleted(aws: Aws) -> None:
    pool = aws.pool(DeletionProtection="ACTIVE")
    with refused("InvalidParameterException"):
        aws.cognito.delete_user_pool(UserPoolId=pool.id)
    pool.update(DeletionProtection="INACTIVE")
    aws.cognito.delete_user_pool(UserPoolId=pool.id)
    with refused("ResourceNotFoundException"):
        pool.settings()
