"""CustomEmailSender and CustomSMSSender: a function that sends in Cognito's place.

Cognito gives it each code, encrypted, waits for nothing, and sends nothing itself.

(sign-in contract 9)
"""

import html
import json
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cognito_sandbox.cognito import triggers
from cognito_sandbox.cognito.errors import CognitoError, invalid
from cognito_sandbox.lambdas.environments import ThrottledError
from cognito_sandbox.pool_settings import KEY
from cognito_sandbox.store import functions
from cognito_sandbox.store.model import Pool

TYPES = {
    "CustomEmailSender": "customEmailSenderRequestV1",
    "CustomSMSSender": "customSMSSenderRequestV1",
}
_OF_KIND = {"email": "CustomEmailSender", "phone_number": "CustomSMSSender"}
_later = ThreadPoolExecutor(8, "sender")


def check(config: Mapping[str, Any]) -> None:
    """Refuse senders that could send nothing."""
    named = [name for name in TYPES if name in config]
    if not named:
        if KEY in config:
            raise invalid(f"{KEY} is for {' and '.join(TYPES)}: set one of them, too.")
        return
    if KEY not in config:
        raise invalid(f"{named[0]} needs {KEY}, the ARN of the key for the codes.")
    try:
        from cognito_sandbox.store import encryption
    except ModuleNotFoundError as missing:
        library = str(missing.name).replace("_", "-")
        raise invalid(f"{named[0]} needs {library}: pip install {library}") from None
    if not encryption.can_use(config[KEY]):
        raise invalid(f"{KEY} {config[KEY]} is no symmetric key that is enabled.")


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
    """Give the code to the sender that the source names, in a moment: nobody waits for it."""
    event = triggers.envelope(pool, source, username, client_id, request)
    _later.submit(_hand_over, pool, source.partition("_")[0], event, request, code)


def _hand_over(
    pool: Pool, sender: str, event: triggers.Event, request: triggers.Event, code: str
) -> None:
    arn = triggers.function_arn(pool, sender) or ""
    try:
        function = triggers.permitted(sender, arn, pool.arn)
        secret = _encrypted(pool, html.escape(code, quote=False))
        event["request"] = {"type": TYPES[sender], "code": secret, **request}
        function.run(json.dumps(event).encode(), asked=arn)
    except (CognitoError, ThrottledError, functions.RoleError) as error:
        print(f"{pool.arn}: a message is lost: {error}", file=sys.stderr)


def _encrypted(pool: Pool, code: str) -> str:
    from cognito_sandbox.store import encryption

    key_arn = pool.settings["LambdaConfig"][KEY]
    return encryption.encrypted(code, key_arn, {"userpool-id": pool.id})
