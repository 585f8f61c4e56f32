"""A bucket's notifications, checked before they are taken. (events contract 5)"""

import itertools
from collections.abc import Sequence

from cognito_sandbox.events.bucket_changes import Bucket
from cognito_sandbox.events.buckets import Notification
from cognito_sandbox.store import places

FORMS = {"lambda": "CloudFunction", "sqs": "Queue", "sns": "Topic"}


class SettingError(Exception):
    """Notifications that S3 refuses; `details` are further members of its answer."""

    def __init__(self, message: str, details: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message, self.details = message, details or {}


def check(bucket: Bucket, notifications: Sequence[Notification], skips_places: bool) -> None:
    """Can all be told, and does nobody tell twice of one change?"""
    for each in notifications:
        _check_arn(each.arn)
    named = [each.id for each in notifications if each.id]
    if len({*named}) < len(named):
        raise SettingError("Same ID used for multiple configurations. IDs must be unique")
    for one, other in itertools.combinations(notifications, 2):
        _refuse_overlap(one, other)
    if not skips_places:
        _check_places(bucket, notifications)


def _check_arn(arn: str) -> None:
    service = arn.split(":")[2] if arn.startswith("arn:") else ""
    parts = {"lambda": (7, 8)}.get(service, (6,))
    if service not in FORMS or len(arn.split(":")) not in parts:
        named = FORMS.get(service, "CloudFunction")
        details = {"ArgumentName": named, "ArgumentValue": arn}
        raise SettingError("The ARN could not be parsed", details)


def _check_places(bucket: Bucket, notifications: Sequence[Notification]) -> None:
    refused = {each.arn: reason for each in notifications if (reason := _why_not(bucket, each.arn))}
    if not refused:
        return
    details: dict[str, str] = {}
    for number, (arn, reason) in enumerate(refused.items(), 1):
        details |= {f"ArgumentName{number}": f"{arn}, null", f"ArgumentValue{number}": reason}
    text = "Unable to validate the following destination configurations"
    raise SettingError(text, details)


def _why_not(bucket: Bucket, arn: str) -> str | None:
    if ":lambda:" in arn:
        may = bucket.caller.may_invoke(arn)
        return None if may else f"Not authorized to invoke function [{arn}]"
    if arn.endswith(".fifo"):
        return "Buckets tell no FIFO queues and topics"
    kind = FORMS[arn.split(":")[2]].lower()
    if not places.exists(arn):
        return f"The destination {kind} does not exist"
    if not bucket.caller.may_send(arn):
        barred = f"Permissions on the destination {kind} do not allow S3 to publish notifications"
        return f"{barred} from this bucket"
    return None


def _refuse_overlap(one: Notification, other: Notification) -> None:
    shares = any(_same_event(a, b) for a in one.events for b in other.events)
    prefixes = one.prefix.startswith(other.prefix) or other.prefix.startswith(one.prefix)
    suffixes = one.suffix.endswith(other.suffix) or other.suffix.endswith(one.suffix)
    if shares and prefixes and suffixes:
        raise SettingError(
            "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules "
            "if the prefixes are overlapping for the same event type."
        )


def _same_event(one: str, other: str) -> bool:
    if "*" in (one[-1], other[-1]):
        return one.rpartition(":")[0] == other.rpartition(":")[0]
    return one == other
