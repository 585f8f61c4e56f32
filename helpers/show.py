"""What a notebook shows: users, claims, source code, differences, and errors expected."""

import base64
import json
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any

from helpers import cognito, events
from helpers._inner.event_lines import Line, lines
from helpers._inner.progress import Progress
from helpers.errors import (
    AnswerError,
    HelpersError,
    NothingWentWrongError,
    RefusedError,
    told_briefly,
)

if TYPE_CHECKING:
    from helpers._inner.tables import Table

__all__ = ["Event", "Source", "changes", "claims", "event", "expect", "seconds", "users"]

USER_COLUMNS = ["username", "status", "email", "email_verified", "enabled", "created"]
TIMES = ("auth_time", "exp", "iat")
HANGING = "padding-left: {0}ch; text-indent: -{0}ch"


def users(pool_id: str) -> "Table":
    """The users of a pool, sorted by name.

    >>> users(pool_id)[["username", "status"]]
    """
    from helpers._inner.tables import Table, times

    rows = [vars(user) | user.attributes for user in cognito.list_users(pool_id)]
    frame = Table(rows, columns=USER_COLUMNS)
    frame["created"] = times(frame["created"])
    return frame


def claims(token: str, *names: str) -> "Table":
    """What a token says, all of it or these claims, sorted; who signed it is not checked here.

    >>> claims(tokens.identity, "email", "email_verified")
    """
    from helpers._inner.tables import Table

    try:
        body = token.split(".")[1]
        said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        claimed = [(name, _claimed(name, value)) for name, value in sorted(said.items())]
    except (AttributeError, IndexError, TypeError, ValueError):
        raise AnswerError(
            "This is no token with claims. Use the identity or the access token of a sign-in."
        ) from None
    chosen = [row for row in claimed if not names or row[0] in names]
    return Table(chosen, columns=["Claim", "Value"])


def _claimed(name: str, value: Any) -> Any:
    return datetime.fromtimestamp(value, UTC) if name in TIMES else value


@contextmanager
def expect(*codes: str) -> Iterator[None]:
    """Run what must be refused, and show the refusal in a line; being let through is the error.

    >>> with expect("NotAuthorizedException"):
    ...     cognito.sign_in(client_id, "ann", "wrong")
    As expected, NotAuthorizedException: Incorrect username or password.
    """
    try:
        with told_briefly():
            yield
    except HelpersError as error:
        code = getattr(error, "code", type(error).__name__)
        if code not in codes:
            raise _not_as_expected(error) from None
        print("As expected,", str(error) if hasattr(error, "code") else f"{code}: {error}")
    else:
        raise NothingWentWrongError(
            f"This should have ended in {' or '.join(codes)}, but went through. Was an earlier "
            "cell left out? Run the notebook from the top."
        )


def _not_as_expected(error: HelpersError) -> HelpersError:
    """Another refusal: what this cell begins with is not there, or the call had no chance."""
    if not isinstance(error, RefusedError) or error.says_nothing:
        return error
    told = (
        "Something else was to be seen here. Was an earlier cell left out, or this one interrupted?"
    )
    return RefusedError(error.code, f"{error.message} {told} Run the notebook from the top.")


@contextmanager
def seconds(text: str) -> Iterator[None]:
    """Count the seconds on the page, while one call takes its time.

    >>> with seconds("Cognito waits"):
    ...     cognito.sign_in(client_id, "ann", password)
    """
    over, started = threading.Event(), time.monotonic()

    def tick() -> None:
        while not over.wait(1):
            progress.say(f"{text}: {time.monotonic() - started:.0f} seconds")

    with Progress(text) as progress:
        progress.show()  # here, as what a thread displays may land below another cell
        ticking = threading.Thread(target=tick, daemon=True)
        ticking.start()
        try:
            yield
        finally:
            over.set()
            ticking.join()


class Source:
    """Python code, in colours where the page can do that."""

    def __init__(self, code: str) -> None:
        self.code = code.strip("\n")

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.code}\n```"

    def __repr__(self) -> str:
        return self.code


class Event:
    """An event, whole, with a note at each member that matters; in brief, the others run on."""

    def __init__(self, event: dict[str, Any], notes: dict[str, str], brief: bool = False) -> None:
        unknown = notes.keys() - {line.path for line in lines(event)}
        if unknown:
            raise AnswerError(f"There is no {', '.join(sorted(unknown))} in this event.")
        found = lines(event, notes if brief else None)
        self.lines = [(line, notes.get(line.path, "")) for line in found]

    def _repr_html_(self) -> str:
        shown = "".join(_hanging(line, note) for line, note in self.lines)
        return f'<pre style="word-break: normal">{shown}</pre>'

    def __repr__(self) -> str:
        return "\n".join(f"{line}  ← {note}" if note else str(line) for line, note in self.lines)


def event(event: dict[str, Any], notes: dict[str, str] | None = None, brief: bool = False) -> Event:
    """An event as a function gets it, with notes at the members that matter: yours, or ours.

    All of it is there. In brief, only what matters has a line of its own.

    >>> event(events.sample("PreSignUp_SignUp"), {"userName": "the name that was asked for"})
    """
    ours = events.notes(event.get("triggerSource", ""))
    return Event(event, ours if notes is None else notes, brief)


def _hanging(line: Line, note: str) -> str:
    """The line as HTML: what is wrapped goes on further in than it began, a member not."""
    shares = len(line.members) > 1
    deep = 2 * line.depth + (0 if shares else 4)
    text = "  " * line.depth + " ".join(map(_whole, line.members)) if shares else escape(str(line))
    if note:
        text = f"<b>{text}</b>  <i>← {escape(note)}</i>"
    style = f"display: block; {HANGING.format(deep)}"
    return f'<span style="{style}">{text}\n</span>'  # the line end is for pages without styles


def _whole(member: str) -> str:
    """One of several members on a line: it begins a new one before it is wrapped itself."""
    return f'<span style="display: inline-block; {HANGING.format(4)}">{escape(member)}</span>'


def changes(before: Any, after: Any) -> "Table":
    """What differs between two answers, each place by its path.

    >>> changes({"a": {"b": 1}}, {"a": {"b": 2}})
    """
    from helpers._inner.tables import Table

    was, now = dict(_leaves(before)), dict(_leaves(after))
    rows = [
        (path, _plain(was, path), _plain(now, path))
        for path in was | now
        if _plain(was, path) != _plain(now, path) and not _opened(path, was | now)
    ]
    return Table(rows, columns=["Where", "Before", "After"])


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


def _opened(path: str, paths: Iterable[str]) -> bool:
    """Is there more inside, which has rows of its own?"""
    return any(other.startswith(f"{path}.") for other in paths)


def _plain(values: dict[str, Any], path: str) -> str:
    return json.dumps(values[path], default=str) if path in values else "(not there)"
