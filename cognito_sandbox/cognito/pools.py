"""User pools and app clients: their settings, and what UpdateUserPool resets. (contract 9)"""

from typing import Any

from cognito_sandbox.cognito import pool_checks
from cognito_sandbox.cognito.errors import CognitoError, invalid
from cognito_sandbox.cognito.operations import Answer, Request, operation
from cognito_sandbox.store import user_pools as store
from cognito_sandbox.store.model import Pool

FIXED = ("AliasAttributes", "UsernameAttributes", "UsernameConfiguration")
KEPT = ("UserAttributeUpdateSettings", "UserPoolTier")
REPLACED = (
    "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of "
    "UnusedAccountValidityDays"
)


def usual_settings() -> dict[str, dict[str, Any]]:
    """What AWS shows whether it was set or not; each pool's own, as it may be changed."""
    return {
        "AccountRecoverySetting": {
            "RecoveryMechanisms": [
                {"Priority": 1, "Name": "verified_email"},
                {"Priority": 2, "Name": "verified_phone_number"},
            ]
        },
        "AdminCreateUserConfig": {
            "AllowAdminCreateUserOnly": False,
            "UnusedAccountValidityDays": 7,
        },
        "IssuerConfiguration": {"Type": "ORIGINAL"},
        "KeyConfiguration": {"KeyType": "AWS_OWNED_KEY"},
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 8,
                "RequireUppercase": True,
                "RequireLowercase": True,
                "RequireNumbers": True,
                "RequireSymbols": True,
                "TemporaryPasswordValidityDays": 7,
            },
            "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]},
        },
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": []},
        "UserPoolTags": {},
        "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_CODE"},
    }


def find(pool_id: str) -> Pool:
    pool = store.find_pool(pool_id)
    if not pool:
        raise CognitoError("ResourceNotFoundException", f"User pool {pool_id} does not exist.")
    return pool


def create(region: str, name: str, settings: dict[str, Any]) -> Pool:
    settings = {"LambdaConfig": {}, **settings}
    check_factor(settings)
    _take_older_days(settings)
    _show_defaults(settings)
    pool_checks.check(settings)
    pool = store.new_pool(region, name, settings)
    _send_second_factors(pool, settings)
    return pool


def _take_older_days(settings: dict[str, Any]) -> None:
    """How long temporary passwords are good for, by the setting's older name."""
    older = settings.get("AdminCreateUserConfig", {}).get("UnusedAccountValidityDays")
    if not older:
        return
    sent = settings.get("Policies", {})
    if sent.get("PasswordPolicy", {}).get("TemporaryPasswordValidityDays"):
        raise invalid(REPLACED)
    policies: dict[str, Any] = usual_settings()["Policies"] | sent
    policy = policies["PasswordPolicy"] | {"TemporaryPasswordValidityDays": older}
    settings["Policies"] = policies | {"PasswordPolicy": policy}


def update(pool: Pool, settings: dict[str, Any]) -> None:
    """Replace the settings: what is not given goes back to its default, but for a few."""
    old: dict[str, Any] = {**pool.settings}
    kept = {key: old[key] for key in FIXED + KEPT if key in old}
    merged = {"LambdaConfig": {}, "MfaConfiguration": pool.mfa_config, **kept, **settings}
    merged["Policies"] = old["Policies"] | settings.get("Policies", {})
    if "UnusedAccountValidityDays" in settings.get("AdminCreateUserConfig", {}):
        raise invalid(REPLACED)
    if pool.mfa_config == "OFF":
        check_factor(merged)
    if pool.email_mfa_config is not None:
        pool_checks.check_tier(merged, "EmailMfaConfiguration")
    _show_defaults(merged)
    pool_checks.check(merged)
    pool.configure(merged)
    pool.mfa_config = merged["MfaConfiguration"]
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
    for name, usual in usual_settings().items():
        settings[name] = usual | settings.get(name, {})
    settings.setdefault("UserPoolTier", "ESSENTIALS")
    policy = settings["Policies"]["PasswordPolicy"]
    if not policy.get("TemporaryPasswordValidityDays"):
        days = {"TemporaryPasswordValidityDays": 7}
        settings["Policies"] = settings["Policies"] | {"PasswordPolicy": policy | days}


def delete(pool: Pool) -> None:
    if pool.settings.get("DeletionProtection") == "ACTIVE":
        raise invalid(
            "The user pool cannot be deleted because deletion protection is activated. "
            "Deletion protection must be inactivated first."
        )
    store.delete_pool(pool)


def first_factors(pool: Pool) -> list[str]:
    """What users may begin to sign in with."""
    return pool.settings["Policies"].get("SignInPolicy", {}).get("AllowedFirstAuthFactors", [])


@operation
def create_user_pool_domain(_: Request) -> None:
    raise invalid("The sandbox does not have sign-in pages of its own, so no CreateUserPoolDomain.")


@operation
def create_identity_provider(_: Request) -> None:
    raise invalid(
        "The sandbox does not have sign-in through other providers, so no CreateIdentityProvider: "
        "leave it out, or try it in an AWS account."
    )


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
