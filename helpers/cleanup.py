"""What a scenario made, noted as it is made, and removed at the end: that and nothing else.

>>> from helpers.cleanup import made
>>> made.user(pool_id, "ann")
>>> made.clean_up()
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from helpers import cognito, known_users, triggers
from helpers.errors import NoStackError, unless

if TYPE_CHECKING:
    from helpers._inner.tables import Table

__all__ = ["Made", "made"]

COLUMNS = ["What", "Result"]
KEPT = "kept"


class Made:
    """The things that a scenario made; noting one twice is the same as once."""

    def __init__(self) -> None:
        self._removals: dict[tuple[str, str], Callable[[], object]] = {}

    def note(self, what: str, where: str, remove: Callable[[], object]) -> None:
        """Anything that was made, and what removes it: False says that it was not there.

        >>> made.note("queue", url, lambda: client("sqs").delete_queue(QueueUrl=url))
        """
        self._removals[what, where] = remove

    def user(self, pool_id: str, username: str) -> None:
        """A user of a pool.

        >>> made.user(pool_id, "ann")
        """
        remove = partial(cognito.admin_delete_user, pool_id, username)
        self.note(f"user {username}", pool_id, remove)

    def trigger(self, pool_id: str, trigger: str, function_arn: str) -> None:
        """A trigger that was set to this function.

        >>> made.trigger(pool_id, "PreSignUp", function_arn)
        """

        def remove() -> bool:
            change = triggers.remove_trigger(pool_id, trigger, function_arn)
            return not change["Before"].equals(change["After"])

        self.note(f"trigger {trigger}", pool_id, remove)

    def known_user(self, table_name: str, email: str) -> None:
        """A record in the table of known users.

        >>> made.known_user(table_name, "ann@example.com")
        """
        remove = partial(known_users.remove, table_name, [email])
        self.note(f"known user {email}", table_name, remove)

    def clean_up(self, agreed: bool = True) -> "Table":
        """Remove all of it, the newest first; what could not be removed stays noted, with why.

        Unless that is agreed to, only show what there is to remove.

        >>> made.clean_up()
        """
        from helpers._inner.tables import Table

        things = reversed(list(self._removals))
        rows = [(thing[0], self._remove(thing) if agreed is True else KEPT) for thing in things]
        return Table(rows, columns=COLUMNS)

    def _remove(self, thing: tuple[str, str]) -> str:
        found = False
        try:
            with unless("ResourceNotFoundException"), suppress(NoStackError):
                found = self._removals[thing]() is not False
        except Exception as error:  # whatever it is, the rest is still to be removed
            return f"not removed: {error}"
        del self._removals[thing]
        return "removed" if found else "was not there"


made = Made()  # one for each process: a notebook's notes outlive the cell that began them
