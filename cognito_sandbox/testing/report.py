"""What the triggers of a failed test did, for people to read, and without secrets."""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from cognito_sandbox import pool_settings
from cognito_sandbox.testing.app_client import NO_RIGHT
from cognito_sandbox.testing.triggers import Run, Trigger
from cognito_sandbox.testing.user_pool import UserPool

MASK = "***"
SECRET_MEMBERS = {
    *("password", "challengeAnswer", "privateChallengeParameters", "validationData"),
    *("clientMetadata", "session", "code"),
}
TOKEN = re.compile(r"eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*")
FOREIGN = " (not one of this event's: it has no effect)"
SHORTEST = 6  # a shorter text would be found in words, too


def of_pools(pools: Collection[UserPool], since: float, said: str = "") -> str:
    """Of each trigger that ran since then: the last event, its answer, log lines, refused calls.

    And what the sandbox itself said: of that which never came to a run, nothing else tells.
    """
    told = [text for pool in pools if (text := _of_pool(pool, since))]
    if said:
        lines = "\n".join(f"sandbox: {line}" for line in said.splitlines())
        told.append(_masked(lines, _secrets(pools, set())))
    return "\n\n".join(told)


def _of_pool(pool: UserPool, since: float) -> str:
    told, hidden = [], set[str]()
    for trigger in pool.triggers:
        runs = [run for run in trigger.runs if run.started >= since]
        if runs:
            told.append(_of_trigger(trigger, runs))
            hidden |= _hidden([(run.event, run.answer) for run in runs])
    return _masked("\n\n".join(told), _secrets([pool], hidden)) if told else ""


def _of_trigger(trigger: Trigger, runs: list[Run]) -> str:
    last = runs[-1]
    count = "1 run. The event" if len(runs) == 1 else f"{len(runs)} runs. The last event"
    lines = [f"{trigger.name}, {trigger.label}: {count}, as it came:", _shown(last.event)]
    lines += _answered(trigger, last)
    lines += _logged(trigger, runs)
    ran = {run.request_id for run in runs}
    refused = {
        f"refused: {each.action} on {each.resource}"
        for each in trigger.refusals
        if each.request_id in ran
    }
    lines += [*sorted(refused), *([NO_RIGHT] if refused else [])]
    return "\n".join(lines)


def _answered(trigger: Trigger, run: Run) -> list[str]:
    """What the answer changed; a sender's is nobody's concern, and of an error the log tells."""
    if run.milliseconds is None:
        return ["The last run has not ended."]
    if run.error is not None or trigger.name in pool_settings.SENDERS:
        return []
    if not isinstance(run.answer, dict) or not run.event.keys() <= run.answer.keys():
        return [f"answer: {_in_a_line(_without_secrets(run.answer))}"]
    changes = list(_changes(run.event, run.answer)) or ["the event as it was"]
    return [f"answer: {change}" for change in changes]


def _changes(
    before: dict[str, Any], after: dict[str, Any], path: str = "", secret: bool = False
) -> Iterator[str]:
    """Each member that is no longer as it was."""
    for name in before | after:
        was, now = before.get(name), after.get(name)
        hidden = secret or _is_secret(name, now)
        if name not in after:
            yield f"no {path}{name}"
        elif isinstance(was, dict) and isinstance(now, dict):
            yield from _changes(was, now, f"{path}{name}.", hidden)
        elif name not in before or _in_a_line(was) != _in_a_line(now):
            shown = _in_a_line(_without_secrets(now, hidden))
            known = name in before or path != "response."
            yield f"{path}{name} = {shown}{'' if known else FOREIGN}"


def _in_a_line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _logged(trigger: Trigger, runs: list[Run]) -> list[str]:
    logged = [f"log: {line}" for run in runs for line in run.logs]
    if logged and trigger.name in pool_settings.SENDERS:
        count = "1 line" if len(logged) == 1 else f"{len(logged)} lines"
        return [f"log: {count}, not shown, as they may tell a code: trigger.logs has them"]
    return logged or ["log: (nothing)"]


def _shown(event: object) -> str:
    return json.dumps(_without_secrets(event), indent=2, ensure_ascii=False)


def _without_secrets(value: object, secret: bool = False) -> Any:
    """Members that hold secrets keep their names."""
    if isinstance(value, dict):
        return {k: _without_secrets(v, secret or _is_secret(k, v)) for k, v in value.items()}
    if isinstance(value, list):
        return [_without_secrets(each, secret) for each in value]
    return MASK if secret and value is not None else value


def _hidden(value: object, secret: bool = False) -> set[str]:
    """What these members have, for a handler may have logged it."""
    if isinstance(value, dict):
        parts = [_hidden(each, secret or _is_secret(k, each)) for k, each in value.items()]
    elif isinstance(value, list | tuple):
        parts = [_hidden(each, secret) for each in value]
    else:
        return {value} if secret and isinstance(value, str) else set()
    return set().union(*parts)


def _is_secret(name: str, value: object) -> bool:
    """DefineAuthChallenge's session is none: it is a list of how the challenges went."""
    return name in SECRET_MEMBERS and not (name == "session" and isinstance(value, list))


def _secrets(pools: Collection[UserPool], hidden: set[str]) -> list[str]:
    """The longest first: one may be a part of another."""
    sent = {message.code for pool in pools for message in pool.mail()}
    known = hidden.union(sent, *(pool.secrets for pool in pools))
    return sorted((each for each in known if len(each) >= SHORTEST), key=len, reverse=True)


def _masked(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, MASK)
        text = text.replace(json.dumps(secret)[1:-1], MASK)
    return TOKEN.sub(MASK, text)
