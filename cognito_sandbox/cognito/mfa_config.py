"""A pool's second factors, and whether users must or may have one.

(contract 9; sign-in contract 3.5)
"""

from typing import Any

from cognito_sandbox.cognito import pool_checks, pools
from cognito_sandbox.cognito.errors import invalid
from cognito_sandbox.cognito.operations import Answer, Parameters, Request, operation
from cognito_sandbox.store.model import Pool

BLOCKS = ("SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", "EmailMfaConfiguration")


@operation
def set_user_pool_mfa_config(request: Request) -> Answer:
    pool = pools.find(request["UserPoolId"])
    configure(pool, request)
    return _described(pool)


@operation
def get_user_pool_mfa_config(request: Request) -> Answer:
    return _described(pools.find(request["UserPoolId"]))


def configure(pool: Pool, settings: Parameters) -> None:
    """Replace them: what is not given is off."""
    mode = settings.get("MfaConfiguration", "OFF")
    sms, token, email = (settings.get(block) for block in BLOCKS)
    _check(pool, mode, sms, token, email)
    pool.set_factors(mode, sms, token, email)


def _described(pool: Pool) -> Answer:
    blocks = (pool.sms_mfa_config, pool.token_mfa_config, pool.email_mfa_config)
    shown = {name: block for name, block in zip(BLOCKS, blocks, strict=True) if block is not None}
    return shown | {"MfaConfiguration": pool.mfa_config}


def _check(pool: Pool, mode: str, sms: Any, token: Any, email: Any) -> None:
    if mode == "OFF":
        if sms or token or email is not None:
            raise invalid(
                "Invalid MFA configuration given, can't turn off MFA and configure an MFA together"
            )
        return
    pool_checks.check_first_factors(pool.settings, mode)
    if sms is None and pool.settings.get("SmsConfiguration"):
        raise invalid("Can't turn off SMS_MFA when SMS configuration is set for the user pool")
    if sms is None and email is None and not (token or {}).get("Enabled"):
        raise invalid(
            "At least one of [SmsMfaConfiguration] or [SoftwareTokenMfaConfiguration] must be "
            "provided."
        )
    if sms is not None:
        pool_checks.check_message(sms.get("SmsAuthenticationMessage"))
        pools.check_factor({**pool.settings, **sms, "MfaConfiguration": mode})
    if email is not None:
        _check_email(pool, email)


def _check_email(pool: Pool, email: Parameters) -> None:
    settings = pool.settings
    pool_checks.check_tier(settings, "EmailMfaConfiguration")
    if settings.get("EmailConfiguration", {}).get("EmailSendingAccount") != "DEVELOPER":
        raise invalid("EmailMfaConfiguration needs a pool whose EmailSendingAccount is DEVELOPER.")
    if pool.only_recovery == "email":
        raise invalid("E-mail cannot be both a second factor and the only way to a new password.")
    pool_checks.check_message(email.get("Message"))
