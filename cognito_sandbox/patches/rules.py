"""EventBridge: moto reaches no function, and fails PutEvents for its targets."""

import json
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.events import models
from moto.events.exceptions import ValidationException

from cognito_sandbox import clock
from cognito_sandbox.events import rule_inputs
from cognito_sandbox.events.destinations import iso_seconds
from cognito_sandbox.events.rule_inputs import Event, Target
from cognito_sandbox.events.rules import Forward, Rule, check_target
from cognito_sandbox.patches import rule_calls, rule_schedules
from cognito_sandbox.store import needs, places

NEEDS = (
    "moto.events.models:EventsBackend._normalize_event_bus_arn",
    "moto.events.models:EventsBackend.delete_rule",
    "moto.events.models:EventsBackend.put_events",
    "moto.events.models:EventsBackend.put_rule",
    "moto.events.models:EventsBackend.put_targets",
    "moto.events.models:Rule.disable",
    "moto.events.models:Rule.enable",
    "moto.events.models:Rule.send_to_targets",
    "moto.events.models:events_backends",
    "moto.s3.models:events_send_notification",
)
BACKEND = models.EventsBackend
put_rule, delete_rule, put_targets = BACKEND.put_rule, BACKEND.delete_rule, BACKEND.put_targets
put_events = BACKEND.put_events
NO_ROLE = "The sandbox does not have RoleArn of a rule. Leave it out, or use an AWS account."
MOST_TARGETS = 5  # of a rule
TOO_MANY = "The requested resource exceeds the maximum number allowed."
TIMELESS = ("ingestion-time", "time")
AFTER_THE_TIME = ("region", "resources", "detail")  # in AWS's order


def install() -> None:
    """Put the sandbox's rules in the place of moto's."""
    needs.check(NEEDS)
    BACKEND.put_rule, BACKEND.delete_rule = _put_rule, _delete_rule
    BACKEND.put_targets, BACKEND.put_events = _put_targets, _put_events
    models.Rule.send_to_targets = _send_to_targets
    for name in ("enable", "disable"):
        setattr(models.Rule, name, _planning_anew(getattr(models.Rule, name)))
    _let_buckets_be()
    rule_schedules.install()
    rule_calls.install()


def _let_buckets_be() -> None:
    """moto would tell rules of each new bucket, as CloudTrail does; there is none here."""
    from moto.s3 import models as buckets

    buckets.events_send_notification = lambda **_: None


def _put_rule(backend: models.EventsBackend, name: str, **given: Any) -> models.Rule:
    pattern, schedule = given.get("event_pattern"), given.get("scheduled_expression")
    if given.get("role_arn"):
        raise ValidationException(NO_ROLE)
    if schedule and backend._normalize_event_bus_arn(given.get("event_bus_arn")) == "default":
        rule_schedules.check(schedule)
    if pattern:
        rule_calls.parsed(pattern)
    rule = put_rule(backend, name, **given)
    rule_schedules.plan(rule, _tick)
    return rule


def _delete_rule(backend: models.EventsBackend, name: str, event_bus_arn: str | None) -> None:
    bus = backend.event_buses.get(backend._normalize_event_bus_arn(event_bus_arn))
    rule = bus.rules.get(name) if bus else None
    delete_rule(backend, name, event_bus_arn)
    if rule:
        rule_schedules.forget(rule)


def _planning_anew(change: Any) -> Any:
    def change_and_plan(rule: models.Rule) -> None:
        change(rule)
        rule_schedules.plan(rule, _tick)

    return change_and_plan


def _tick(rule: models.Rule, event: Event) -> None:
    _ruled(rule).send(event, _forward)


def _put_targets(
    backend: models.EventsBackend, name: str, event_bus_arn: str | None, targets: list[Target]
) -> None:
    for target in targets:
        if not target["Id"].startswith("Events-Archive-"):
            _check_target(target)
    bus = backend.event_buses.get(backend._normalize_event_bus_arn(event_bus_arn))
    rule = bus.rules.get(name) if bus else None
    if rule and len({target["Id"] for target in [*rule.targets, *targets]}) > MOST_TARGETS:
        raise JsonRESTError("LimitExceededException", TOO_MANY)
    put_targets(backend, name, event_bus_arn, targets)


def _check_target(target: Target) -> None:
    try:
        check_target(target)
    except rule_inputs.InputError as error:
        raise ValidationException(str(error)) from None


def _put_events(backend: models.EventsBackend, events: list[Any]) -> list[dict[str, Any]]:
    """moto takes any JSON for a detail, and AWS only an object; times are the sandbox's."""
    checked = [
        each if _is_object(each.get("Detail")) else each | {"Detail": "{"} for each in events
    ]
    return list(put_events(backend, [{"Time": clock.now()} | each for each in checked]))


def _is_object(detail: str | None) -> bool:
    try:
        return not detail or isinstance(json.loads(detail), dict)
    except ValueError:
        return False


def _send_to_targets(rule: models.Rule, event: Any, transform_input: bool = True) -> None:
    """moto gives times as numbers."""
    given = event["time"]
    time = given if isinstance(given, str) else iso_seconds(float(given))
    shown = {name: value for name, value in event.items() if name not in TIMELESS} | {"time": time}
    later = {name: shown.pop(name) for name in AFTER_THE_TIME if name in shown}
    _send(rule, shown | later, _forward)


def _send(rule: models.Rule, event: Event, forward: Forward) -> None:
    if rule.state == "DISABLED" or not _ruled(rule).wants(event):
        return
    archive = _archive(rule)
    if archive:
        archive.events.append(event)
    else:
        _ruled(rule).send(event, forward)


def _ruled(rule: models.Rule) -> Rule:
    return Rule(rule.arn, rule.event_pattern.dump(), tuple(rule.targets))


def _archive(rule: models.Rule) -> models.Archive | None:
    """An archive has a rule of its own."""
    kept = models.events_backends[rule.account_id][rule.region_name].archives.values()
    return next((each for each in kept if each.rule is rule), None)


def _forward(bus_arn: str, event: Event) -> None:
    """To the rules of another bus, and from there no further: two buses could go on for ever."""
    for rule in list(places.event_bus(bus_arn).rules.values()):
        _send(rule, event, lambda *_: None)
