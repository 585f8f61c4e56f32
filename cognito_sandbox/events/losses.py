"""What cannot be handed over: a line tells of it, and nobody else misses anything for it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from cognito_sandbox.store import places


class NotInvokedError(Exception):
    """The function is not there, or does not let itself be invoked."""


class NotLetInError(Exception):
    """The policy of a queue or a topic does not let the sender in."""


LOST = (NotInvokedError, NotLetInError, places.NowhereError)


def tell(source_arn: str, error: Exception) -> None:
    print(f"{source_arn} could not hand over an event: {error}", file=sys.stderr)


@contextmanager
def survived(source_arn: str) -> Iterator[None]:
    """Hand over within this, if what is lost is lost."""
    try:
        yield
    except LOST as error:
        tell(source_arn, error)
