"""What a scenario leaves behind, noted as it goes, and removed at the end: that and nothing else.

>>> cleanup.free_name(pool_id, "ann")
>>> cleanup.clean_up()
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from helpers import cognito, known_users, triggers
from helpers._inner import calls
from helpers.errors import AnswerError, HelpersError, NoStackError, told_briefly, unless

if TYPE_CHECKING:
    from helpers._inner.tables import Table

__all__ = [
    "clean_up",
    "free_name",
    "note",
    "note_known_users",
    "note_trigger",
]

COLUMNS = ["What", "Result"]
KEPT = "kept"
AFTERWARDS = " (You have cleaned up. Run the notebook from the top to begin again.)"

# One for each process: a notebook's notes outlive the cell that began them.
_noted: dict[tuple[str, str], Callable[[], object]] = {}


def free_name(pool_id: str, *names: str) -> None:
    """Nobody in the pool has these names: now, so that a cell can run twice, and at the end.

    >>> free_name(pool_id, "impostor", "newcomer")
    """
    if HelpersError.afterwards:
        raise AnswerError("The trigger and the users that this cell builds on are gone.")
    for name in names:
        note(f"user {name}", pool_id, partial(cognito.admin_delete_user, pool_id, name))
        with calls.unheard():  # it is no part of a story
            cognito.admin_delete_user(pool_id, name)


def note_known_users(table_name: str, users: Iterable[dict[str, Any]]) -> None:
    """At the end, remove these records from the table of known users.

    >>> note_known_users(table_name, known_users.samples())
    """
    for email in [user["UserEmail"] for user in users]:
        note(f"known user {email}", table_name, partial(known_users.remove, table_name, [email]))


def note_trigger(pool_id: str, trigger: str, function_arn: str) -> None:
    """At the end, remove this trigger, if it still runs this function.

    >>> note_trigger(pool_id, "PreSignUp", function_arn)
    """

    def remove() -> bool:
        change = triggers.remove_trigger(pool_id, trigger, function_arn)
        return not change["Before"].equals(change["After"])

    note(f"trigger {trigger}", pool_id, remove)


def note(what: str, where: str, removal: Callable[[], object]) -> None:
    """At the end, call this removal; it returns False if there was nothing to remove.

    Noting the same thing twice is the same as once.

    >>> note("table orders", "us-east-1", lambda: api.delete_table(TableName="orders"))
    """
    _noted[what, where] = removal


def clean_up(agreed: bool = True) -> "Table":
    """Remove all that was noted, the newest first; what could not be removed stays noted, with why.

    Unless that is agreed to, only show what there is to remove.

    >>> clean_up()
    """
    from helpers._inner.tables import Table

    rows = [
        (thing[0], _remove(thing) if agreed is True else KEPT) for thing in reversed(list(_noted))
    ]
    if agreed is True:
        HelpersError.afterwards = AFTERWARDS
    told = Table(rows, columns=COLUMNS)
    told.attrs["empty"] = "Nothing was left behind."
    return told


def _remove(thing: tuple[str, str]) -> str:
    found = False
    try:
        with unless("ResourceNotFoundException"), suppress(NoStackError), told_briefly():
            found = _noted[thing]() is not False
    except Exception as error:  # whatever it is, the rest is still to be removed
        return f"not removed: {error}"
    del _noted[thing]
    return "removed" if found else "was not there"
