"""Contract 9: each setting has its effect, which a test shows, or is refused by name.

The settings are those that AWS's own description of the API has.
"""

import ast
import itertools
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from harness import Aws
from walks import listed, paths, shape_of, with_setting

HERE = Path(__file__).parent
EFFECTS = "test_setting_effects.py::test_"
POOL = "test_user_pool_settings.py::test_"
FACTORS = "test_second_factors.py::test_"
SIGN_UP = "test_sign_up.py::test_"

# Where describing is the whole effect that a client can see: it must come back as it was sent.
# In one word, why: a label; how messages are delivered, where the mailbox is the delivery; what
# only hosted sign-in pages use, which cannot be made.
DESCRIBED = {
    "ClientName": "label",
    "UserPoolTags": "label",
    "EmailConfiguration.ConfigurationSet": "delivery",
    "EmailConfiguration.From": "delivery",
    "EmailConfiguration.ReplyToEmailAddress": "delivery",
    "EmailConfiguration.SourceArn": "delivery",
    "SmsConfiguration.ExternalId": "delivery",
    "SmsConfiguration.SnsCallerArn": "delivery",
    "SmsConfiguration.SnsRegion": "delivery",
    "VerificationMessageTemplate.EmailMessageByLink": "pages",
    "VerificationMessageTemplate.EmailSubjectByLink": "pages",
    "AllowedOAuthFlows": "pages",
    "AllowedOAuthFlowsUserPoolClient": "pages",
    "AllowedOAuthScopes": "pages",
    "CallbackURLs": "pages",
    "DefaultRedirectURI": "pages",
    "LogoutURLs": "pages",
    "SupportedIdentityProviders": "pages",
}

# The test that shows the effect. A path stands for all below it.
PROVEN = {
    "AccountRecoverySetting": "test_passwords.py::test_where_the_code_goes",
    "AdminCreateUserConfig.AllowAdminCreateUserOnly": SIGN_UP + "self_sign_up_can_be_off",
    "AdminCreateUserConfig.InviteMessageTemplate": EFFECTS + "the_pools_words_for_an_invitation",
    "AdminCreateUserConfig.UnusedAccountValidityDays": EFFECTS + "a_temporary_password_expires",
    "AliasAttributes": "test_confirmation.py::test_an_alias_signs_in_once_it_is_verified",
    "AutoVerifiedAttributes": SIGN_UP + "no_delivery_details_when",
    "DeletionProtection": POOL + "a_protected_pool_is_not_deleted",
    "DeviceConfiguration": "test_devices.py::test_whether_the_user_is_asked",
    "DeviceConfiguration.ChallengeRequiredOnNewDevice": (
        "test_devices.py::test_a_remembered_device_takes_the_place_of_the_second_factor"
    ),
    "EmailConfiguration.EmailSendingAccount": (
        "test_custom_message.py::test_an_email_message_needs_a_developer_account"
    ),
    "EmailMfaConfiguration": FACTORS + "a_code_by_mail",
    "EmailVerificationMessage": EFFECTS + "the_pools_words_for_a_code_by_mail",
    "EmailVerificationSubject": EFFECTS + "the_pools_words_for_a_code_by_mail",
    "LambdaConfig.CreateAuthChallenge": "test_custom_challenge.py::test_what_the_handlers_get",
    "LambdaConfig.CustomEmailSender": "test_custom_senders.py::test_the_event",
    "LambdaConfig.CustomSMSSender": (
        "test_custom_senders.py::test_messages_to_phones_have_a_sender_of_their_own"
    ),
    "LambdaConfig.KMSKeyID": "test_custom_senders.py::test_the_code_is_the_one_that_confirms",
    "LambdaConfig.CustomMessage": "test_custom_message.py::test_the_source_of_each_occasion",
    "LambdaConfig.DefineAuthChallenge": "test_custom_challenge.py::test_what_the_handlers_get",
    "LambdaConfig.PostAuthentication": "test_sign_in.py::test_what_post_authentication_gets",
    "LambdaConfig.PostConfirmation": (
        "test_confirmation.py::test_the_handler_sees_the_confirmed_user"
    ),
    "LambdaConfig.PreAuthentication": "test_sign_in.py::test_what_pre_authentication_gets",
    "LambdaConfig.PreSignUp": SIGN_UP + "the_handler_gets_the_documented_event",
    "LambdaConfig.PreTokenGeneration": "test_tokens.py::test_v1_event",
    "LambdaConfig.PreTokenGenerationConfig": (
        "test_tokens.py::test_v2_changes_both_tokens_and_the_scopes"
    ),
    "LambdaConfig.UserMigration": (
        "test_user_migration.py::test_the_handler_gets_the_documented_event"
    ),
    "LambdaConfig.VerifyAuthChallengeResponse": (
        "test_custom_challenge.py::test_what_the_handlers_get"
    ),
    "MfaConfiguration": FACTORS + "which_factor_follows_the_password",
    "Policies.PasswordPolicy": SIGN_UP + "the_password_policy_is_named",
    "Policies.PasswordPolicy.TemporaryPasswordValidityDays": (
        EFFECTS + "a_temporary_password_expires"
    ),
    "Policies.SignInPolicy": "test_user_auth.py::test_without_a_wish_the_user_is_asked",
    "PoolName": EFFECTS + "a_pool_is_renamed",
    "Schema.AttributeDataType": EFFECTS + "attributes_keep_within_the_schemas_bounds",
    "Schema.Mutable": EFFECTS + "what_is_not_mutable_is_not_changed",
    "Schema.Name": EFFECTS + "attributes_keep_within_the_schemas_bounds",
    "Schema.NumberAttributeConstraints": EFFECTS + "attributes_keep_within_the_schemas_bounds",
    "Schema.Required": SIGN_UP + "a_required_attribute_is_asked_for",
    "Schema.StringAttributeConstraints": EFFECTS + "attributes_keep_within_the_schemas_bounds",
    "SmsAuthenticationMessage": EFFECTS + "the_pools_words_for_a_second_factor",
    "SmsMfaConfiguration.SmsAuthenticationMessage": (
        EFFECTS + "the_pools_words_for_a_second_factor"
    ),
    "SmsMfaConfiguration.SmsConfiguration.ExternalId": POOL + "mfa_shows_where_messages_go_out",
    "SmsMfaConfiguration.SmsConfiguration.SnsCallerArn": POOL + "mfa_shows_where_messages_go_out",
    "SmsMfaConfiguration.SmsConfiguration.SnsRegion": POOL + "mfa_shows_where_messages_go_out",
    "SmsVerificationMessage": EFFECTS + "the_pools_words_for_a_code_by_sms",
    "SoftwareTokenMfaConfiguration": FACTORS + "tokens_need_the_pools_switch",
    "UserAttributeUpdateSettings": (
        EFFECTS + "a_guarded_address_stays_until_the_new_one_is_verified"
    ),
    "UserPoolTier": POOL + "the_lite_tier_has_the_first_token_event_only",
    "UsernameAttributes": SIGN_UP + "an_email_pool_shows_the_future_sub_as_user_name",
    "UsernameConfiguration": SIGN_UP + "names_are_one_whatever_their_case_where_the_pool_says_so",
    "VerificationMessageTemplate.EmailMessage": EFFECTS + "the_pools_words_for_a_code_by_mail",
    "VerificationMessageTemplate.EmailSubject": EFFECTS + "the_pools_words_for_a_code_by_mail",
    "VerificationMessageTemplate.SmsMessage": EFFECTS + "the_pools_words_for_a_code_by_sms",
    # app clients
    "AccessTokenValidity": "test_tokens.py::test_the_client_says_how_long_tokens_live",
    "AuthSessionValidity": EFFECTS + "a_session_lives_as_long_as_the_client_says",
    "EnableTokenRevocation": EFFECTS + "revocation_can_be_off",
    "ExplicitAuthFlows": "test_sign_in.py::test_a_flow_that_is_off_is_refused_before_any_trigger",
    "GenerateSecret": SIGN_UP + "a_client_with_a_secret_must_prove_it",
    "IdTokenValidity": "test_tokens.py::test_the_client_says_how_long_tokens_live",
    "PreventUserExistenceErrors": (
        "test_sign_in.py::test_unknown_users_are_named_or_hidden_by_the_client"
    ),
    "ReadAttributes": EFFECTS + "a_client_reads_what_it_may",
    "RefreshTokenRotation": "test_refresh_tokens.py::test_each_use_gives_a_new_token",
    "RefreshTokenRotation.RetryGracePeriodSeconds": (
        "test_refresh_tokens.py::test_the_retry_displaces_what_it_repeats"
    ),
    "RefreshTokenValidity": EFFECTS + "a_refresh_token_lives_as_long_as_the_client_says",
    "TokenValidityUnits": "test_tokens.py::test_the_client_says_how_long_tokens_live",
    "TokenValidityUnits.RefreshToken": (
        EFFECTS + "a_refresh_token_lives_as_long_as_the_client_says"
    ),
    "WriteAttributes": EFFECTS + "a_client_writes_what_it_may",
}
CALLS = {
    "CreateUserPool": "create_user_pool",
    "UpdateUserPool": "update_user_pool",
    "SetUserPoolMfaConfig": "set_user_pool_mfa_config",
    "CreateUserPoolClient": "create_user_pool_client",
    "UpdateUserPoolClient": "update_user_pool_client",
}


SETTINGS = [(operation, path) for operation in CALLS for path in paths(shape_of(operation))]


def refusal(aws: Aws, operation: str, settings: dict[str, Any]) -> str | None:
    """What the sandbox says that it does not have, if that is its answer."""
    try:
        getattr(aws.cognito, CALLS[operation])(**settings)
    except ClientError as error:
        told = error.response["Error"]
        ours = told["Message"].startswith("The sandbox does not have ")
        return str(told["Message"]) if ours else None
    return None


def ids(aws: Aws, operation: str) -> dict[str, Any]:
    if operation == "CreateUserPool":
        return {}
    pool = aws.pool()
    known = {"UserPoolId": pool.id, "ClientId": pool.client_id}
    return {name: known[name] for name in shape_of(operation).members if name in known}


@pytest.mark.parametrize(("operation", "path"), SETTINGS)
def test_it_has_its_effect_or_is_refused_by_name(aws: Aws, operation: str, path: str) -> None:
    own = ids(aws, operation)
    told = [
        refusal(aws, operation, settings | own)
        for settings in with_setting(shape_of(operation), path)
    ]
    refused = [text for text in told if text]
    assert all(path.split(".")[0] in text for text in refused)
    shown = listed(PROVEN, path) or listed(DESCRIBED, path)
    assert refused or shown, f"{operation} takes {path}, and nothing shows its effect"
    assert None in told or not shown, f"{path} is refused: its row here can go"


@pytest.mark.parametrize("proof", sorted(set(PROVEN.values())))
def test_the_test_of_an_effect_exists(proof: str) -> None:
    file, _, name = proof.partition("::")
    module = ast.parse((HERE / file).read_text())
    assert name in [node.name for node in module.body if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("path", DESCRIBED)
def test_it_is_described(aws: Aws, path: str) -> None:
    is_of_client = path.split(".")[0] in shape_of("CreateUserPoolClient").members
    kind = "UserPoolClient" if is_of_client else "UserPool"
    operation = f"Create{kind}"
    settings = next(with_setting(shape_of(operation), path)) | ids(aws, operation)
    made = getattr(aws.cognito, CALLS[operation])(**settings)[kind]
    key = {"UserPoolId": made["Id"]} if kind == "UserPool" else settings
    described: Any
    if kind == "UserPool":
        described = aws.cognito.describe_user_pool(**key)["UserPool"]
    else:
        own = {"UserPoolId": made["UserPoolId"], "ClientId": made["ClientId"]}
        described = aws.cognito.describe_user_pool_client(**own)["UserPoolClient"]
    for name in path.split("."):
        settings, described = settings[name], described[name]
    assert described == settings


def test_no_row_is_for_nothing() -> None:
    known = {path for _, path in SETTINGS}
    for row in itertools.chain(PROVEN, DESCRIBED):
        assert any(path == row or path.startswith(f"{row}.") for path in known), row
