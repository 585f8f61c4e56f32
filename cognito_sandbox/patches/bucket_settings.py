"""A bucket's notifications as S3 takes, checks and shows them; moto takes nearly all."""

from collections.abc import Iterator
from typing import Any, cast

from moto.core.responses import TYPE_RESPONSE, ActionResult
from moto.s3 import models, responses
from moto.s3.exceptions import MalformedXML
from moto.s3.responses import S3Response

from cognito_sandbox.events import bucket_settings
from cognito_sandbox.events.bucket_changes import Bucket
from cognito_sandbox.events.bucket_settings import SettingError
from cognito_sandbox.events.buckets import Notification
from cognito_sandbox.store import needs

NEEDS = (
    "moto.s3.models:NotificationConfiguration",
    "moto.s3.responses:S3Response._notification_config_from_body",
    "moto.s3.responses:S3Response.get_bucket_notification",
    "moto.s3.responses:xmltodict.parse",
)
Settings = dict[str, Any]  # as S3's XML names them
SKIP = "x-amz-skip-destination-validation"
KINDS = ("CloudFunction", "Queue", "Topic")
TWICE = "Cannot specify more than one {} rule in a filter."
SHOWN = {"CloudFunction": "LambdaFunction"}


def install() -> None:
    """Put the sandbox's ways to take and to show settings in the place of moto's."""
    needs.check(NEEDS)
    S3Response._notification_config_from_body = _read
    S3Response.get_bucket_notification = _show


def checked(bucket: Any, settings: Settings, skips_places: bool = False) -> Settings:
    """The settings, if S3 would take them for this bucket."""
    owned = Bucket(bucket.name, bucket.region_name, bucket.account_id)
    bucket_settings.check(owned, list(_notifications(settings)), skips_places)
    return settings


def _notifications(settings: Settings) -> Iterator[Notification]:
    for kind in KINDS:
        for given in settings.get(f"{kind}Configuration", []):
            rules = given.get("Filter", {}).get("S3Key", {}).get("FilterRule", [])
            affixes = {rule["Name"].lower(): rule["Value"] for rule in rules}
            if len(affixes) < len(rules):
                raise SettingError(TWICE.format(rules[0]["Name"].lower()))
            identifier, events = given.get("Id") or "", tuple(given["Event"])
            yield Notification(identifier, given[kind], events, **affixes)


def _read(response: S3Response) -> Settings:
    """The settings in a request; moto refuses prefixes in capitals, and empty ones."""
    given = responses.xmltodict.parse(response.body).get("NotificationConfiguration") or {}
    settings: Settings = {}
    for kind in KINDS:
        listed = _listed(given.get(f"{kind}Configuration"))
        if listed:
            settings[f"{kind}Configuration"] = [_plain(kind, each) for each in listed]
    if "EventBridgeConfiguration" in given:
        settings["EventBridgeConfiguration"] = {}
    bucket = response.backend.get_bucket(response.bucket_name)
    skips = str(response.headers.get(SKIP, "")).lower() == "true"
    return checked(bucket, settings, skips)


def _plain(kind: str, given: Any) -> Settings:
    if not isinstance(given, dict) or not given.get(kind) or not given.get("Event"):
        raise MalformedXML
    plain = {kind: given[kind], "Event": _listed(given["Event"]), "Id": given.get("Id")}
    filtered = (given.get("Filter") or {}).get("S3Key")
    rules = _listed((filtered or {}).get("FilterRule"))
    if rules:
        plain["Filter"] = {"S3Key": {"FilterRule": [_rule(rule) for rule in rules]}}
    return plain


def _rule(given: dict[str, str | None]) -> dict[str, str]:
    name = str(given.get("Name")).capitalize()
    if name not in ("Prefix", "Suffix"):
        raise SettingError("filter rule name must be either prefix or suffix")
    return {"Name": name, "Value": given.get("Value") or ""}


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _show(response: S3Response) -> TYPE_RESPONSE:
    """As GetBucketNotificationConfiguration tells; moto leaves EventBridge out."""
    kept = response.backend.get_bucket_notification_configuration(response.bucket_name)
    shown: Settings = {}
    lists = (kept.cloud_function, kept.queue, kept.topic) if kept else ()
    for kind, listed in zip(KINDS, lists, strict=False):
        name = SHOWN.get(kind, kind)
        shown[f"{name}Configurations"] = [_shown(f"{name}Arn", each) for each in listed]
    if kept and kept.event_bridge is not None:
        shown["EventBridgeConfiguration"] = {}
    response.data["Action"] = "GetBucketNotificationConfiguration"
    return cast(TYPE_RESPONSE, response.serialized(ActionResult(shown)))


def _shown(member: str, kept: models.Notification) -> Settings:
    shown = {"Id": kept.id, member: kept.arn, "Events": kept.events}
    if kept.filters:
        shown["Filter"] = {"Key": {"FilterRules": kept.filters["S3Key"]["FilterRule"]}}
    return shown
