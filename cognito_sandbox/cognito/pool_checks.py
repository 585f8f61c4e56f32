"""What of a user pool's settings does not go together, or is not there. (contract 9)"""

import re
from collections.abc import Mapping
from typing import Any

from cognito_sandbox import pool_settings
from cognito_sandbox.cognito import senders
from cognito_sandbox.cognito.errors import CognitoError, invalid

FIRST_FACTORS = ("PASSWORD", "EMAIL_OTP", "SMS_OTP")
LAMBDA_ARN = re.compile(r"arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?")


def check(settings: dict[str, Any]) -> None:
    check_first_factors(settings, settings.get("MfaConfiguration", "OFF"))
    _check_triggers(settings)
    _check_messages(settings)
    _check_ways_to_users(settings)
    names = [attribute.get("Name") for attribute in settings.get("Schema", [])]
    if not all(names):
        raise invalid("Missing required parameter Name of an attribute in Schema")
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise invalid(f"Schema has the attribute {twice[0]} twice: leave one out.")


def _check_messages(settings: Mapping[str, Any]) -> None:
    template = settings.get("VerificationMessageTemplate", {})
    invitation = settings.get("AdminCreateUserConfig", {}).get("InviteMessageTemplate", {})
    for name in ("EmailVerificationMessage", "SmsAuthenticationMessage", "SmsVerificationMessage"):
        check_message(settings.get(name))
    for each in (template, invitation):
        for name in ("EmailMessage", "SmsMessage", "SMSMessage"):
            check_message(each.get(name))
    by_link = template.get("EmailMessageByLink")
    if by_link is not None and not re.search(r"\{##.*##\}", by_link):
        raise invalid("The message is invalid.")


def check_message(text: str | None) -> None:
    """Where there is one, a code has its place in it."""
    if text is not None and "{####}" not in text:
        raise invalid("The message is invalid.")


def _check_ways_to_users(settings: dict[str, Any]) -> None:
    if settings.get("AliasAttributes") and settings.get("UsernameAttributes"):
        raise invalid(
            "Only one of the aliasAttributes or usernameAttributes can be set in a user pool."
        )
    mail = settings.get("EmailConfiguration", {})
    if mail.get("EmailSendingAccount") == "DEVELOPER" and not mail.get("SourceArn"):
        raise invalid("Source ARN is required to use DEVELOPER email sending owner")
    recovery = settings.get("AccountRecoverySetting", {}).get("RecoveryMechanisms", [])
    if len(recovery) > 1 and any(each["Name"] == "admin_only" for each in recovery):
        raise invalid(
            "Account Recovery Setting cannot use admin_only setting with any other recovery "
            "mechanisms."
        )
    guarded = settings.get("UserAttributeUpdateSettings", {})
    verified = settings.get("AutoVerifiedAttributes", [])
    if "phone_number" in verified and not settings.get("SmsConfiguration"):
        raise invalid(
            "SMS configuration is required when phone_number is selected for auto verification"
        )
    if not set(guarded.get("AttributesRequireVerificationBeforeUpdate", [])) <= set(verified):
        raise invalid(
            "All attributes in AttributesRequireVerificationBeforeUpdate must exist in "
            "AutoVerifiedAttributes"
        )


def check_tier(settings: Mapping[str, Any], feature: str) -> None:
    """The cheapest tier has not all that there is."""
    if settings.get("UserPoolTier") == "LITE":
        text = f"{feature} is not in the tier LITE: choose another UserPoolTier."
        raise CognitoError("FeatureUnavailableInTierException", text)


def check_first_factors(settings: Mapping[str, Any], mfa: str) -> None:
    factors = settings["Policies"]["SignInPolicy"].get("AllowedFirstAuthFactors", ["PASSWORD"])
    missing = [factor for factor in factors if factor not in FIRST_FACTORS]
    if missing:
        raise invalid(
            f"The sandbox does not have {missing[0]} among Policies.SignInPolicy."
            "AllowedFirstAuthFactors: leave it out, or try it in an AWS account."
        )
    if "PASSWORD" not in factors:
        raise invalid("PASSWORD must be one of AllowedFirstAuthFactors.")
    if len(factors) > 1:
        check_tier(settings, "More than PASSWORD among AllowedFirstAuthFactors")
    if len(factors) > 1 and mfa == "ON":
        raise invalid("Codes as a first factor do not go together with MFA that is ON.")


def _check_triggers(settings: dict[str, Any]) -> None:
    config = settings["LambdaConfig"]
    versioned, plain = config.get("PreTokenGenerationConfig"), config.get("PreTokenGeneration")
    if versioned and versioned["LambdaVersion"] != "V1_0":
        check_tier(settings, f"PreTokenGenerationConfig {versioned['LambdaVersion']}")
    if versioned and plain and versioned["LambdaArn"] != plain:
        raise invalid("PreTokenGeneration and PreTokenGenerationConfig name different functions.")
    if versioned:
        config["PreTokenGeneration"] = versioned["LambdaArn"]
    elif plain:
        config["PreTokenGenerationConfig"] = {"LambdaVersion": "V1_0", "LambdaArn": plain}
    senders.check(config)
    for name, arn in pool_settings.functions(config).items():
        if not LAMBDA_ARN.fullmatch(arn):
            raise invalid(f"Value '{arn}' at 'lambdaConfig.{name}' is not the ARN of a function.")
