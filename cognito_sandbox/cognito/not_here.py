"""What settings ask for that the sandbox does not have: refused by name, never stored and ignored.

Who builds one of these takes its row away; `tests/conformance/test_every_setting.py` then asks for
the test of its effect.

(contract 9)
"""

from collections.abc import Iterable
from typing import Any

# The path of a setting, and the values that ask for nothing of it: no value does where none is.
NOT_HERE: dict[str, tuple[object, ...]] = {
    # user pools
    "AcrConfiguration": (),
    "DcrConfiguration": (),
    "IssuerConfiguration.Type": ("ORIGINAL",),
    "KeyConfiguration.KeyType": ("AWS_OWNED_KEY",),
    "KeyConfiguration.KmsKeyArn": (),
    "LambdaConfig.InboundFederation": (),
    "Policies.PasswordPolicy.PasswordHistorySize": (0,),
    "Schema.DeveloperOnlyAttribute": (False,),
    "SmsConfiguration.EumsSms": (),
    "UserPoolAddOns.AdvancedSecurityAdditionalFlows": (),
    "UserPoolAddOns.AdvancedSecurityMode": ("OFF",),
    "VerificationMessageTemplate.DefaultEmailOption": ("CONFIRM_WITH_CODE",),
    # their second factors: SetUserPoolMfaConfig, and what CloudFormation makes of it
    "SmsMfaConfiguration.SmsConfiguration.EumsSms": (),
    "WebAuthnConfiguration": (),
    "WebAuthnFactorConfiguration": (),
    "WebAuthnRelyingPartyID": (),
    "WebAuthnUserVerification": (),
    # app clients
    "AllowedOAuthFlows": ("code", "implicit"),
    "AnalyticsConfiguration": (),
    "ClientSecret": (),
    "EnablePropagateAdditionalUserContextData": (False,),
    "PublishSecretsInAWSSecretsManager": (False,),
}
CALLS = (
    "CreateUserPool",
    "CreateUserPoolClient",
    "SetUserPoolMfaConfig",
    "UpdateUserPool",
    "UpdateUserPoolClient",
)


def refusal(call: str, settings: dict[str, Any]) -> str | None:
    """Why this call cannot set these, if one of them is not here."""
    if call not in CALLS:
        return None
    for path, nothing in NOT_HERE.items():
        if any(value not in nothing for value in _values(settings, path)):
            what = f"{path} other than {_written(nothing)}" if nothing else path
            return f"The sandbox does not have {what}: leave it out, or try it in an AWS account."
    return None


def _values(settings: object, path: str) -> list[Any]:
    """What stands at the path; lists have one for each of their members."""
    found = [settings]
    for name in path.split("."):
        found = _flat(item[name] for item in found if isinstance(item, dict) and name in item)
    return found


def _flat(values: Iterable[Any]) -> list[Any]:
    return [item for value in values for item in (value if isinstance(value, list) else [value])]


def _written(values: tuple[object, ...]) -> str:
    return " or ".join(str(value) for value in values)
