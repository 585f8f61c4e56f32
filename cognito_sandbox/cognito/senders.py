"""CustomEmailSender and CustomSMSSender: a function that sends in Cognito's place.

Cognito hands it each code, encrypted, as to any function that is invoked asynchronously, and sends
nothing itself.

(sign-in contract 9)
"""

import html
from collections.abc import Mapping
from typing import Any

from cognito_sandbox.cognito import triggers
from cognito_sandbox.cognito.errors import invalid
from cognito_sandbox.events import callers, losses
from cognito_sandbox.pool_settings import KEY, SENDERS
from cognito_sandbox.store.model import Pool

_OF_KIND = {"email": "CustomEmailSender", "phone_number": "CustomSMSSender"}
UNUSABLE = f"{KEY} {{}} is not the ARN of a symmetric key that is enabled."


def check(config: Mapping[str, Any]) -> None:
    """Refuse senders that could send nothing."""
    named = [name for name in SENDERS if name in config]
    if not named:
        if KEY in config:
            raise invalid(f"{KEY} is for {' and '.join(SENDERS)}: set one of them, too.")
        return
    if KEY not in config:
        raise invalid(f"{named[0]} needs {KEY}, the ARN of the key for the codes.")
    try:
        from cognito_sandbox.store import encryption
    except ModuleNotFoundError as missing:
        library = str(missing.name).replace("_", "-")
        raise invalid(f"{named[0]} needs {library}: pip install {library}") from None
    if not encryption.can_use(config[KEY]):
        raise invalid(UNUSABLE.format(config[KEY]))


def of(pool: Pool, kind: str) -> str | None:
    """The pool's sender for this kind of address, if it has one."""
    name = _OF_KIND[kind]
    return name if triggers.function_arn(pool, name) else None


def hand_over(
    pool: Pool,
    source: str,
    username: str,
    client_id: str | None,
    request: triggers.Event,
    code: str,
) -> None:
    """Give the code to the sender that the source names; nobody waits for what becomes of it."""
    sender = source.partition("_")[0]
    caller = callers.Caller(triggers.SERVICE, pool.arn, pool.arn.split(":")[4])
    with losses.survived(pool.arn):
        secret = _encrypted(pool, html.escape(code, quote=False))
        event = triggers.envelope(pool, source, username, client_id, request)
        kind = f"c{sender.removeprefix('C')}RequestV1"
        event["request"] = {"type": kind, "code": secret, **request}
        caller.invoke(triggers.function_arn(pool, sender) or "", event)


def _encrypted(pool: Pool, code: str) -> str:
    from cognito_sandbox.store import encryption

    key_arn = pool.settings["LambdaConfig"][KEY]
    if not encryption.can_use(key_arn):
        raise losses.NotInvokedError(UNUSABLE.format(key_arn))
    return encryption.encrypted(code, key_arn, {"userpool-id": pool.id})
