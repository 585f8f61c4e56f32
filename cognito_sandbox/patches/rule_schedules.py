"""Rules with a schedule, which moto runs none of; Scheduler and Pipes, which are not here."""

import uuid
from collections.abc import Callable

from moto.events import models
from moto.events.exceptions import ValidationException
from moto.pipes.exceptions import ValidationException as PipeError
from moto.pipes.models import EventBridgePipesBackend
from moto.scheduler.exceptions import ValidationException as SchedulerError
from moto.scheduler.models import EventBridgeSchedulerBackend

from cognito_sandbox import clock
from cognito_sandbox.events import scheduler, schedules
from cognito_sandbox.events.destinations import iso_seconds
from cognito_sandbox.events.rule_inputs import Event
from cognito_sandbox.store import needs

NEEDS = (
    "moto.pipes.models:EventBridgePipesBackend.create_pipe",
    "moto.scheduler.models:EventBridgeSchedulerBackend.create_schedule",
    "moto.scheduler.models:EventBridgeSchedulerBackend.create_schedule_group",
)


def install() -> None:
    """From now on, schedules are due."""
    needs.check(NEEDS)
    EventBridgeSchedulerBackend.create_schedule = _refuse_schedule
    EventBridgeSchedulerBackend.create_schedule_group = _refuse_schedule
    EventBridgePipesBackend.create_pipe = _refuse_pipe
    scheduler.start()


def check(expression: str) -> None:
    """Refuse what is no schedule."""
    try:
        schedules.parse(expression)
    except schedules.ScheduleError:
        raise ValidationException("Parameter ScheduleExpression is not valid.") from None


def plan(rule: models.Rule, send: Callable[[models.Rule, Event], None]) -> None:
    """Send an event whenever the rule's schedule says so, if it has one and is enabled."""
    forget(rule)
    if rule.scheduled_expression and rule.state != "DISABLED":
        schedule = schedules.parse(rule.scheduled_expression)
        scheduler.plan(rule.arn, schedule, lambda: send(rule, _tick(rule)))


def forget(rule: models.Rule) -> None:
    scheduler.forget(rule.arn)


def _tick(rule: models.Rule) -> Event:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": rule.account_id,
        "time": iso_seconds(clock.now()),
        "region": rule.region_name,
        "resources": [rule.arn],
        "detail": {},
    }


def _refuse_schedule(*_: object, **__: object) -> None:
    """moto would keep it, and never run it."""
    text = "The sandbox does not have EventBridge Scheduler. Use a rule with a ScheduleExpression."
    raise SchedulerError(text)


def _refuse_pipe(*_: object, **__: object) -> None:
    """moto would say that it is running, and move nothing."""
    text = "The sandbox does not have EventBridge Pipes. Use an event source mapping, or a rule."
    raise PipeError(text)
