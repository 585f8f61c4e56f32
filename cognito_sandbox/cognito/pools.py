"""User pools and app clients: their settings, and what UpdateUserPool resets. (contract 9)"""

import re
from typing import Any

from cognito_sandbox.cognito.errors import CognitoError, invalid
from cognito_sandbox.cognito.operations import Answer, Request, operation
from cognito_sandbox.store import user_pools as store
from cognito_sandbox.store.model import Pool

FIXED = ("AliasAttributes", "UsernameAttributes", "UsernameConfiguration")
KEPT = ("UserAttributeUpdateSettings", "UserPoolTier")
FIRST_FACTORS = ("PASSWORD", "EMAIL_OTP", "SMS_OTP")
LAMBDA_ARN = re.compile(r"arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?")
DEFAULT_POLICIES: dict[str, dict[str, Any]] = {
    "PasswordPolicy": {
        "MinimumLength": 8,
        "RequireUppercase": True,
        "RequireLowercase": True,
        "RequireNumbers": True,
        "RequireSymbols": True,
        "TemporaryPasswordValidityDays": 7,
    },
    "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]},
}


def find(pool_id: str) -> Pool:
    pool = store.find_pool(pool_id)
    if not pool:
        raise CognitoError("ResourceNotFoundException", f"User pool {pool_id} does not exist.")
    return pool


def create(region: str, name: str, settings: dict[str, Any]) -> Pool:
    settings = {"LambdaConfig": {}, **settings}
    check_factor(settings)
    older = settings.get("AdminCreateUserConfig", {}).get("UnusedAccountValidityDays")
    if older and "Policies" not in settings:
        usual = DEFAULT_POLICIES["PasswordPolicy"]
        settings["Policies"] = {"PasswordPolicy": usual | {"TemporaryPasswordValidityDays": older}}
    _show_defaults(settings)
    _check(settings)
    if not all(attribute.get("Name") for attribute in settings.get("Schema", [])):
        raise invalid("Missing required parameter Name of an attribute in Schema")
    pool = store.new_pool(region, name, settings)
    _send_second_factors(pool, settings)
    return pool


def update(pool: Pool, settings: dict[str, Any]) -> None:
    """Replace the settings: what is not given goes back to its default, but for a few."""
    old: dict[str, Any] = {**pool.settings}
    kept = {key: old[key] for key in FIXED + KEPT if key in old}
    merged = {"LambdaConfig": {}, **kept, **settings}
    merged["Policies"] = old["Policies"] | settings.get("Policies", {})
    if "UnusedAccountValidityDays" in settings.get("AdminCreateUserConfig", {}):
        raise invalid(
            "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of "
            "UnusedAccountValidityDays"
        )
    if pool.mfa_config == "OFF":
        check_factor(merged)
    _show_defaults(merged)
    _check(merged)
    pool.configure(merged)
    pool.mfa_config = settings.get("MfaConfiguration", pool.mfa_config)
    _send_second_factors(pool, settings)
    pool.name = settings.get("PoolName", pool.name)


def check_factor(settings: dict[str, Any]) -> None:
    """Only SetUserPoolMfaConfig can switch software tokens on, so messages must be possible."""
    if settings.get("MfaConfiguration", "OFF") != "OFF" and not settings.get("SmsConfiguration"):
        raise invalid(
            "SMS configuration and Auto verification for phone_number are required when MFA is "
            "required/optional"
        )


def _send_second_factors(pool: Pool, settings: dict[str, Any]) -> None:
    """Messages are a factor as soon as there is MFA and a way to send them."""
    if pool.mfa_config != "OFF" and "SmsConfiguration" in settings:
        names = ("SmsConfiguration", "SmsAuthenticationMessage")
        pool.sms_mfa_config = {name: settings[name] for name in names if name in settings}


def _show_defaults(settings: dict[str, Any]) -> None:
    """AWS shows these whether they were set or not."""
    shown = {"AllowAdminCreateUserOnly": False, "UnusedAccountValidityDays": 7}
    settings["Policies"] = DEFAULT_POLICIES | settings.get("Policies", {})
    settings["AdminCreateUserConfig"] = shown | settings.get("AdminCreateUserConfig", {})


def delete(pool: Pool) -> None:
    if pool.settings.get("DeletionProtection") == "ACTIVE":
        raise invalid(
            "The user pool cannot be deleted because deletion protection is activated. "
            "Deletion protection must be inactivated first."
        )
    store.delete_pool(pool)


def _check(settings: dict[str, Any]) -> None:
    _check_first_factors(settings)
    _check_triggers(settings["LambdaConfig"], settings.get("UserPoolTier"))
    template = settings.get("VerificationMessageTemplate", {})
    messages = [settings.get("EmailVerificationMessage"), settings.get("SmsVerificationMessage")]
    messages += [template.get("EmailMessage"), template.get("SmsMessage")]
    by_link = template.get("EmailMessageByLink")
    if any(m is not None and "{####}" not in m for m in messages) or (
        by_link is not None and not re.search(r"\{##.*##\}", by_link)
    ):
        raise invalid("The message is invalid.")
    guarded = settings.get("UserAttributeUpdateSettings", {})
    verified = settings.get("AutoVerifiedAttributes", [])
    if not set(guarded.get("AttributesRequireVerificationBeforeUpdate", [])) <= set(verified):
        raise invalid(
            "All attributes in AttributesRequireVerificationBeforeUpdate must exist in "
            "AutoVerifiedAttributes"
        )


def first_factors(pool: Pool) -> list[str]:
    """What users may begin to sign in with."""
    return pool.settings["Policies"].get("SignInPolicy", {}).get("AllowedFirstAuthFactors", [])


def _check_first_factors(settings: dict[str, Any]) -> None:
    factors = settings["Policies"]["SignInPolicy"].get("AllowedFirstAuthFactors", ["PASSWORD"])
    missing = [factor for factor in factors if factor not in FIRST_FACTORS]
    if missing:
        raise invalid(
            f"The sandbox does not have {missing[0]} among Policies.SignInPolicy."
            "AllowedFirstAuthFactors: leave it out, or try it in an AWS account."
        )
    if "PASSWORD" not in factors:
        raise invalid("PASSWORD must be one of AllowedFirstAuthFactors.")
    if len(factors) > 1 and settings.get("UserPoolTier") == "LITE":
        text = "AllowedFirstAuthFactors other than PASSWORD are not in the tier LITE."
        raise CognitoError("FeatureUnavailableInTierException", text)
    if len(factors) > 1 and settings.get("MfaConfiguration") == "ON":
        raise invalid("Codes as a first factor do not go together with MFA that is ON.")


def _check_triggers(config: dict[str, Any], tier: str | None) -> None:
    versioned, plain = config.get("PreTokenGenerationConfig"), config.get("PreTokenGeneration")
    if versioned and versioned["LambdaVersion"] != "V1_0" and tier == "LITE":
        text = f"PreTokenGenerationConfig {versioned['LambdaVersion']} is not in the tier LITE."
        raise CognitoError("FeatureUnavailableInTierException", text)
    if versioned and plain and versioned["LambdaArn"] != plain:
        raise invalid("PreTokenGeneration and PreTokenGenerationConfig name different functions.")
    if versioned:
        config["PreTokenGeneration"] = versioned["LambdaArn"]
    elif plain:
        config["PreTokenGenerationConfig"] = {"LambdaVersion": "V1_0", "LambdaArn": plain}
    for name, arn in config.items():
        if isinstance(arn, str) and name != "KMSKeyID" and not LAMBDA_ARN.fullmatch(arn):
            raise invalid(f"Value '{arn}' at 'lambdaConfig.{name}' is not the ARN of a function.")


@operation
def create_user_pool_domain(_: Request) -> None:
    raise invalid("The sandbox does not have sign-in pages of its own, so no CreateUserPoolDomain.")


@operation
def create_user_pool(request: Request) -> Answer:
    pool = create(request.region, request["PoolName"], dict(request))
    return {"UserPool": pool.described()}


@operation
def update_user_pool(request: Request) -> None:
    settings = {key: value for key, value in request.items() if key != "UserPoolId"}
    update(find(request["UserPoolId"]), settings)


@operation
def delete_user_pool(request: Request) -> None:
    delete(find(request["UserPoolId"]))
