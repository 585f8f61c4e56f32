"""Which second factors a user has enabled and prefers. (sign-in contract 3.4)"""

from cognito_sandbox.cognito import mfa, passkeys, pools, users
from cognito_sandbox.cognito.both_forms import in_both_forms
from cognito_sandbox.cognito.errors import invalid
from cognito_sandbox.cognito.operations import Parameters, Request, operation
from cognito_sandbox.store.model import Factor, Pool, User

BLOCKS: dict[str, Factor] = {
    "SMSMfaSettings": "SMS_MFA",
    "SoftwareTokenMfaSettings": "SOFTWARE_TOKEN_MFA",
    "EmailMfaSettings": "EMAIL_OTP",
}

BY_SMS = {"DeliveryMedium": "SMS", "AttributeName": "phone_number"}


@in_both_forms
def set_user_mfa_preference(request: Request, pool: Pool, user: User) -> None:
    """Change what the blocks name, all or nothing; what is left out stays as it is."""
    if request.get("WebAuthnMfaSettings", {}).get("Enabled"):
        raise passkeys.refusal()
    given = {factor: request[block] for block, factor in BLOCKS.items() if request.get(block)}
    if sum(bool(block.get("PreferredMfa")) for block in given.values()) > 1:
        raise invalid("Only one factor can be set as preferred.")
    for factor, block in given.items():
        _check(pool, user, factor, block)
    for factor, block in given.items():
        if not block.get("Enabled"):
            _disable(user, factor)
            continue
        user.factors.add(factor)
        if block.get("PreferredMfa"):
            user.preferred_factor = factor
        elif user.preferred_factor == factor:
            user.preferred_factor = None


@in_both_forms
def set_user_settings(request: Request, pool: Pool, user: User) -> None:
    """The older call: it knows codes by SMS only, and shows them as MFAOptions."""
    options = request["MFAOptions"]
    if any(option != BY_SMS for option in options):
        raise invalid("MFAOptions is for SMS to phone_number only: call SetUserMFAPreference.")
    wish = Request(SMSMfaSettings={"Enabled": bool(options)})
    set_user_mfa_preference(wish, pool, user)
    user.mfa_options = options


@operation
def admin_delete_software_token(request: Request) -> None:
    """The user may register again."""
    pool = pools.find(request["UserPoolId"])
    user = users.get(pool, request["Username"])
    user.software_token = user.pending_token = None
    _disable(user, "SOFTWARE_TOKEN_MFA")


def _check(pool: Pool, user: User, factor: Factor, block: Parameters) -> None:
    if not block.get("Enabled"):
        if block.get("PreferredMfa"):
            raise invalid(f"{factor} cannot be preferred without being enabled.")
        is_last = mfa.usable(pool, user) == [factor]
        if pool.mfa_config == "ON" and (is_last or factor in user.factors):
            raise invalid(f"{factor} cannot be turned off where MFA is required.")
    elif not mfa.is_reachable(user, factor):
        raise invalid(f"User does not have delivery config set to turn on {factor}")


def _disable(user: User, factor: Factor) -> None:
    user.factors.discard(factor)
    user.mfa_options = [] if factor == "SMS_MFA" else user.mfa_options
    if user.preferred_factor == factor:
        user.preferred_factor = None
