"""User pools and app clients: their settings, and what UpdateUserPool resets."""

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import Any

from cognito_sandbox.cognito.operations import CognitoError, Request, operation
from cognito_sandbox.store import user_pools as store

FIXED = ("AliasAttributes", "UsernameAttributes", "UsernameConfiguration")
KEPT = ("UserAttributeUpdateSettings", "UserPoolTier")
LAMBDA_ARN = re.compile(r"arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?")
DEFAULT_POLICIES = {
    "PasswordPolicy": {
        "MinimumLength": 8,
        "RequireUppercase": True,
        "RequireLowercase": True,
        "RequireNumbers": True,
        "RequireSymbols": True,
        "TemporaryPasswordValidityDays": 7,
    }
}
DEFAULT_FLOWS = ("ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH")


def invalid(message: str) -> CognitoError:
    return CognitoError("InvalidParameterException", message)


def find(pool_id: str) -> Any:
    pool = store.find_pool(pool_id)
    if not pool:
        raise CognitoError("ResourceNotFoundException", f"User pool {pool_id} does not exist.")
    return pool


def find_client(client_id: str, pool_id: str | None = None) -> tuple[Any, Any]:
    """The app client and its pool."""
    found = store.find_client(client_id)
    if not found or pool_id not in (None, found[0].id):
        raise CognitoError(
            "ResourceNotFoundException", f"User pool client {client_id} does not exist."
        )
    return found


def hides_users(client: Any) -> bool:
    """Does the client keep it from strangers which users exist?"""
    return bool(client.extended_config.get("PreventUserExistenceErrors") == "ENABLED")


def allowed_flows(client: Any) -> tuple[str, ...]:
    """The client's flows by their newer names; ADMIN_NO_SRP_AUTH is one of the older."""
    flows = client.extended_config.get("ExplicitAuthFlows") or DEFAULT_FLOWS
    renamed = {"ADMIN_NO_SRP_AUTH": "ALLOW_ADMIN_USER_PASSWORD_AUTH"}
    named = [renamed.get(flow, flow) for flow in flows]
    if not any(flow.startswith("ALLOW_") for flow in flows):
        named += ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    return tuple(
        f"ALLOW_{flow.removeprefix('ALLOW_')}".replace("CUSTOM_AUTH_FLOW_ONLY", "CUSTOM_AUTH")
        for flow in named
    )


def check_secret(client: Any, username: str, secret_hash: str | None) -> None:
    """A client with a secret must prove that it knows it."""
    if not client.generate_secret:
        return
    if not secret_hash:
        reason = f"Client {client.id} is configured with secret but SECRET_HASH was not received"
        raise CognitoError("NotAuthorizedException", reason)
    digest = hmac.digest(client.secret.encode(), f"{username}{client.id}".encode(), hashlib.sha256)
    if not hmac.compare_digest(base64.b64encode(digest), secret_hash.encode()):
        reason = f"Unable to verify secret hash for client {client.id}"
        raise CognitoError("NotAuthorizedException", reason)


def create(region: str, name: str, settings: dict[str, Any]) -> Any:
    settings = {"LambdaConfig": {}, **settings}
    _check_factor(settings)
    older = settings.get("AdminCreateUserConfig", {}).get("UnusedAccountValidityDays")
    if older and "Policies" not in settings:
        usual = DEFAULT_POLICIES["PasswordPolicy"]
        settings["Policies"] = {"PasswordPolicy": usual | {"TemporaryPasswordValidityDays": older}}
    _show_defaults(settings)
    _check(settings)
    return store.new_pool(region, name, settings)


def update(pool: Any, settings: dict[str, Any]) -> None:
    """Replace the settings: what is not given goes back to its default, but for a few."""
    old = pool.extended_config
    kept = {key: old[key] for key in FIXED + KEPT if key in old}
    merged = {"LambdaConfig": {}, **kept, **settings}
    merged["Policies"] = old["Policies"] | settings.get("Policies", {})
    if "UnusedAccountValidityDays" in settings.get("AdminCreateUserConfig", {}):
        raise invalid(
            "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of "
            "UnusedAccountValidityDays"
        )
    if not (pool.sms_mfa_config or pool.token_mfa_config):
        _check_factor(merged)
    _show_defaults(merged)
    _check(merged)
    pool.update_extended_config(merged)
    pool.mfa_config = settings.get("MfaConfiguration", pool.mfa_config)
    pool.name = settings.get("PoolName", pool.name)
    pool.last_modified_date = datetime.now(UTC)


def _check_factor(settings: dict[str, Any]) -> None:
    """Only SetUserPoolMfaConfig can switch software tokens on, so messages must be possible."""
    if settings.get("MfaConfiguration", "OFF") != "OFF" and not settings.get("SmsConfiguration"):
        raise invalid(
            "SMS configuration and Auto verification for phone_number are required when MFA is "
            "required/optional"
        )


def _show_defaults(settings: dict[str, Any]) -> None:
    """AWS shows these whether they were set or not."""
    shown = {"AllowAdminCreateUserOnly": False, "UnusedAccountValidityDays": 7}
    settings["AdminCreateUserConfig"] = shown | settings.get("AdminCreateUserConfig", {})


def delete(pool: Any) -> None:
    if pool.extended_config.get("DeletionProtection") == "ACTIVE":
        raise invalid(
            "The user pool cannot be deleted because deletion protection is activated. "
            "Deletion protection must be inactivated first."
        )
    pool.backend.delete_user_pool(pool.id)


def _check(settings: dict[str, Any]) -> None:
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
def create_user_pool(request: Request) -> dict[str, Any]:
    pool = create(request.region, request["PoolName"], dict(request))
    return {"UserPool": pool.to_json(extended=True)}


@operation
def update_user_pool(request: Request) -> None:
    settings = {key: value for key, value in request.items() if key != "UserPoolId"}
    update(find(request["UserPoolId"]), settings)


@operation
def set_user_pool_mfa_config(request: Request) -> dict[str, Any]:
    return set_mfa(find(request["UserPoolId"]), request)


def set_mfa(pool: Any, settings: dict[str, Any]) -> dict[str, Any]:
    """The pool's second factors, and whether users must or may have one."""
    mode = settings.get("MfaConfiguration", "OFF")
    sms, token = (settings.get(f"{kind}MfaConfiguration") for kind in ("Sms", "SoftwareToken"))
    if mode == "OFF" and (sms or token):
        raise invalid(
            "Invalid MFA configuration given, can't turn off MFA and configure an MFA together"
        )
    if mode != "OFF" and not (sms or (token or {}).get("Enabled")):
        raise invalid(
            "At least one of [SmsMfaConfiguration] or [SoftwareTokenMfaConfiguration] must be "
            "provided."
        )
    if sms is not None:
        _check_factor(pool.extended_config | sms | {"MfaConfiguration": mode})
        pool.extended_config |= sms
    result: dict[str, Any] = pool.backend.set_user_pool_mfa_config(pool.id, sms, token, mode)
    return result


@operation
def delete_user_pool(request: Request) -> None:
    delete(find(request["UserPoolId"]))
