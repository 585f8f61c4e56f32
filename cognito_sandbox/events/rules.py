"""Rules: an event that matches goes to all of a rule's targets, as each wants it.

(events contract 7)
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass

from cognito_sandbox.events import patterns, rule_inputs
from cognito_sandbox.events.callers import Caller, NotInvokedError
from cognito_sandbox.events.rule_inputs import Event, Target
from cognito_sandbox.store import functions, places

SERVICE = "events.amazonaws.com"
Forward = Callable[[str, Event], None]  # to another event bus, by its ARN
TARGETS = ("lambda", "sqs", "sns", "logs", "events")


@dataclass(frozen=True)
class Rule:
    """A rule that is enabled."""

    arn: str
    pattern: str | None
    targets: tuple[Target, ...]

    def wants(self, event: Event) -> bool:
        return self.pattern is not None and patterns.matches(patterns.parse(self.pattern), event)

    def send(self, event: Event, forward: Forward) -> None:
        """Hand the event to each target; one that is gone keeps no other from getting it."""
        for target in self.targets:
            try:
                self._send(target, event, forward)
            except NotInvokedError:
                self._bury(target, event)
            except places.NowhereError as error:
                print(f"{self.arn}: {error}", file=sys.stderr)

    def _send(self, target: Target, event: Event, forward: Forward) -> None:
        arn, text = target["Arn"], rule_inputs.made(target, event, self.arn)
        service = arn.split(":")[2]
        if service == "lambda":
            caller = Caller(SERVICE, self.arn, self.arn.split(":")[4])
            caller.invoke(arn, _json(text))
        elif service == "events":
            forward(arn, event)
        elif service == "logs":
            places.log(arn, text)
        else:
            group = target.get("SqsParameters", {}).get("MessageGroupId")
            places.send(arn, text, group=group)

    def _bury(self, target: Target, event: Event) -> None:
        """What could not be handed over goes to the target's dead letters."""
        arn = (target.get("DeadLetterConfig") or {}).get("Arn")
        if not arn:
            return
        code = "NO_PERMISSIONS" if functions.find(target["Arn"]) else "NO_RESOURCE"
        attributes = {"RULE_ARN": self.arn, "TARGET_ARN": target["Arn"], "ERROR_CODE": code}
        typed = {name: ("String", value) for name, value in attributes.items()}
        places.send(arn, json.dumps(event), typed)


def check_target(target: Target) -> None:
    """Refuse what would get nothing, or nothing that makes sense."""
    rule_inputs.check(target)
    if target["Arn"].split(":")[2:3] not in [[service] for service in TARGETS]:
        raise rule_inputs.InputError(
            f"The sandbox sends no events to {target['Arn']}. Use a function, a queue, a topic, a "
            "log group or an event bus."
        )


def _json(text: str) -> object:
    """A function gets JSON; a text that is none, as a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
