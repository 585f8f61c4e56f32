"""What UpdateUserPool must be told of a pool: it resets all that it is not told."""

from collections.abc import Iterable, Mapping
from typing import Any

# Older names for what VerificationMessageTemplate says too.
OLDER = {
    "EmailVerificationMessage": "EmailMessage",
    "EmailVerificationSubject": "EmailSubject",
    "SmsVerificationMessage": "SmsMessage",
}


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
