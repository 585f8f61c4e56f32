"""What the triggers of a failed test did, for people to read, and without secrets."""

import json
import re
from collections.abc import Iterable
from typing import Any

from cognito_sandbox import pool_settings
from cognito_sandbox.testing.app_client import NO_RIGHT
from cognito_sandbox.testing.triggers import Run, Trigger
from cognito_sandbox.testing.user_pool import UserPool

MASK = "***"
SECRET_MEMBERS = {
    *("password", "challengeAnswer", "privateChallengeParameters", "validationData"),
    *("clientMetadata", "session"),
}
TOKEN = re.compile(r"eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*")
SHORTEST = 6  # a shorter text would be found in words, too


def of_pools(pools: Iterable[UserPool], since: float) -> str:
    """The last event, the log lines and the refused calls of each trigger that ran since then."""
    return "\n\n".join(text for pool in pools if (text := _of_pool(pool, since)))


def _of_pool(pool: UserPool, since: float) -> str:
    told, hidden = [], set[str]()
    for trigger in pool.triggers:
        runs = [run for run in trigger.runs if run.started >= since]
        if runs:
            told.append(_of_trigger(trigger, runs))
            hidden |= _hidden([(run.event, run.answer) for run in runs])
    return _masked("\n\n".join(told), _secrets(pool, hidden)) if told else ""


def _of_trigger(trigger: Trigger, runs: list[Run]) -> str:
    last = runs[-1]
    count = "1 run" if len(runs) == 1 else f"{len(runs)} runs, the last with"
    lines = [f"{trigger.name}, {trigger.label}: {count}", _shown(last.event)]
    lines += _logged(trigger, runs)
    ran = {run.request_id for run in runs}
    refused = {
        f"refused: {each.action} on {each.resource}"
        for each in trigger.refusals
        if each.request_id in ran
    }
    lines += [*sorted(refused), *([NO_RIGHT] if refused else [])]
    if last.milliseconds is None:
        lines.append("The last run has not ended.")
    elif last.error is None and last.answer is None:
        lines.append("answer: null")
    return "\n".join(lines)


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


def _secrets(pool: UserPool, hidden: set[str]) -> list[str]:
    """The longest first: one may be a part of another."""
    known = pool.secrets | hidden | {message.code for message in pool.mail()}
    return sorted((each for each in known if len(each) >= SHORTEST), key=len, reverse=True)


def _masked(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, MASK)
        text = text.replace(json.dumps(secret)[1:-1], MASK)
    return TOKEN.sub(MASK, text)
