"""Rules: an event that matches goes to all of a rule's targets, as each wants it.

(events contract 7)
"""

import json
from collections.abc import Callable
from typing import NamedTuple

from cognito_sandbox.events import losses, patterns, rule_inputs
from cognito_sandbox.events.callers import Caller
from cognito_sandbox.events.rule_inputs import Event, Target
from cognito_sandbox.store import functions, places

SERVICE = "events.amazonaws.com"
Forward = Callable[[str, Event], None]  # to another event bus, by its ARN
ALWAYS = {"Arn", "DeadLetterConfig", "Id", "RetryPolicy"}
SHAPED = ALWAYS | {"Input", "InputPath", "InputTransformer"}
RETRIES = {"MaximumEventAgeInSeconds": (60, 86_400), "MaximumRetryAttempts": (0, 185)}
BUS = ":event-bus/"
EFFECTIVE = {  # members that do something here, by the service that is sent to
    "events": ALWAYS,
    "lambda": SHAPED,
    "logs": SHAPED,
    "sns": SHAPED,
    "sqs": SHAPED | {"SqsParameters"},
}


class Rule(NamedTuple):
    """A rule that is enabled."""

    arn: str
    pattern: str | None
    targets: tuple[Target, ...]

    @property
    def _caller(self) -> Caller:
        return Caller(SERVICE, self.arn, self.arn.split(":")[4])

    def wants(self, event: Event) -> bool:
        return self.pattern is not None and patterns.matches(patterns.parse(self.pattern), event)

    def send(self, event: Event, forward: Forward) -> None:
        """Hand the event to each target; one that is gone keeps no other from getting it."""
        for target in self.targets:
            try:
                self._send(target, event, forward)
            except losses.LOST as error:
                losses.tell(self.arn, error)
                self._bury(target, event, error)

    def _send(self, target: Target, event: Event, forward: Forward) -> None:
        arn, text = target["Arn"], rule_inputs.made(target, event, self.arn)
        service = arn.split(":")[2]
        if service == "lambda":
            self._caller.invoke(arn, _json(text))
        elif service == "events":
            forward(arn, event)
        elif service == "logs":
            places.log(arn, text)
        else:
            group = target.get("SqsParameters", {}).get("MessageGroupId")
            self._caller.send(arn, text, group=group)

    def _bury(self, target: Target, event: Event, error: Exception) -> None:
        """What could not be handed over goes to the target's dead letters."""
        arn = _dead_letters(target)
        if not arn:
            return
        told = {
            "RULE_ARN": self.arn,
            "TARGET_ARN": target["Arn"],
            "ERROR_CODE": _code(target, error),
        }
        typed = {name: ("String", value) for name, value in told.items()}
        with losses.survived(self.arn):
            self._caller.send(arn, json.dumps(event), attributes=typed)


def _code(target: Target, error: Exception) -> str:
    if isinstance(error, places.NotTakenError):
        return "SDK_CLIENT_ERROR"
    barred = isinstance(error, losses.NotLetInError) or functions.find(target["Arn"])
    return "NO_PERMISSIONS" if barred else "NO_RESOURCE"


def check_target(target: Target) -> None:
    """Refuse what would get nothing, or nothing that makes sense."""
    rule_inputs.check(target)
    service = "".join(target["Arn"].split(":")[2:3])
    if service not in EFFECTIVE or (service == "events" and BUS not in target["Arn"]):
        raise rule_inputs.InputError(
            f"The sandbox sends no events to {target['Arn']}. Use a function, a queue, a topic, a "
            "log group or an event bus."
        )
    _refuse_ignored(target, EFFECTIVE[service])
    _check_retries(target)
    if ":sqs:" not in (_dead_letters(target) or ":sqs:"):
        raise rule_inputs.InputError(
            f"DeadLetterConfig of target {target['Id']} is not a queue's ARN. Use an SQS queue."
        )


def _check_retries(target: Target) -> None:
    """Nothing fails here for a while only, so there is never anything to hand over once more."""
    for name, value in (target.get("RetryPolicy") or {}).items():
        least, most = RETRIES[name]
        if not least <= value <= most:
            raise rule_inputs.InputError(
                f"{name} of target {target['Id']} must be a number from {least} to {most}."
            )


def _refuse_ignored(target: Target, effective: set[str]) -> None:
    ignored = {name for name, value in target.items() if value} - effective
    if ignored:
        raise rule_inputs.InputError(
            f"{min(ignored)} of target {target['Id']} would have no effect in the sandbox on "
            f"{target['Arn']}. Leave it out, or use an AWS account."
        )


def _dead_letters(target: Target) -> str | None:
    return (target.get("DeadLetterConfig") or {}).get("Arn")


def _json(text: str) -> object:
    """A function gets JSON; a text that is none, as a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
