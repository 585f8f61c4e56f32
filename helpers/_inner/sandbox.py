"""What only the sandbox can be asked: its mail, what functions called, and its time."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from helpers import cloud
from helpers.errors import AnswerError, NotConnectedError

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy


def ask(what: str, **wanted: str) -> list[dict[str, Any]]:
    """What the sandbox keeps of this; nothing in an account.

    >>> ask("mail", username="ann")
    """
    place = cloud.current()
    if not place.is_sandbox:
        return []
    return list(_open(f"{what}?{urllib.parse.urlencode(wanted)}"))


def now(forward: float = 0) -> float:
    """The time by which codes change and lapse; the sandbox's can be moved so many seconds first.

    >>> now(forward=30)
    """
    if not cloud.current().is_sandbox:
        return time.time()
    return float(_open("clock", {"forward": forward} if forward else None)["now"])


def _open(page: str, wish: dict[str, float] | None = None) -> Any:
    """One of the sandbox's own pages; a wish is sent to it."""
    place = cloud.current()
    body = json.dumps(wish).encode() if wish else None
    address = f"{place.endpoint}/_sandbox/{page}"
    headers = place.own_pages | {"Content-Type": "application/json"}
    request = urllib.request.Request(address, body, headers)
    try:
        with _direct.open(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        raise AnswerError(json.load(refused)["message"]) from None
    except OSError:
        raise NotConnectedError(
            "The sandbox does not answer. Start a new one: cloud.connect()"
        ) from None
