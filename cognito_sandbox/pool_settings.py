"""What UpdateUserPool must be told of a pool: it resets all that it is not told."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

# Older names for what VerificationMessageTemplate says too.
OLDER = {
    "EmailVerificationMessage": "EmailMessage",
    "EmailVerificationSubject": "EmailSubject",
    "SmsVerificationMessage": "SmsMessage",
}
SENDERS = ("CustomEmailSender", "CustomSMSSender")  # each is set with a version, and a key beside
KEY: Final = "KMSKeyID"


def functions(config: Mapping[str, Any]) -> dict[str, str]:
    """The ARN of each trigger's function, by the trigger's name, in a LambdaConfig."""
    plain = {name: arn for name, arn in config.items() if isinstance(arn, str) and name != KEY}
    return plain | {name: config[name]["LambdaArn"] for name in SENDERS if name in config}


def to_keep(pool: Mapping[str, Any], taken: Iterable[str]) -> dict[str, Any]:
    """What the pool has of the members that UpdateUserPool takes."""
    names = set(taken) - {"UserPoolId"}
    kept = {name: value for name, value in pool.items() if name in names and value is not None}
    template = kept.get("VerificationMessageTemplate", {})
    for older, newer in OLDER.items():
        if newer in template:
            kept.pop(older, None)
    admin = kept.get("AdminCreateUserConfig")
    if admin:  # AWS shows these days, and does not take them back
        days = "UnusedAccountValidityDays"
        kept["AdminCreateUserConfig"] = {k: v for k, v in admin.items() if k != days}
    return kept
