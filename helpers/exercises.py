"""Exercises: what came of what you tried, against what should come of it.

>>> exercises.check({"ann@example.com": "refused"}, {"ann@example.com": "confirmed"}).wrong
['ann@example.com should be confirmed, and is refused.']
"""

from collections.abc import Callable, Mapping
from hashlib import scrypt
from html import escape
from typing import TYPE_CHECKING, Any

from helpers import cognito
from helpers._inner.packaging import PROJECT
from helpers.errors import AnswerError, RefusedError
from helpers.show import Source

if TYPE_CHECKING:
    from helpers._inner.tables import Table

__all__ = ["Checked", "account", "came_of", "check", "old_record", "solution"]

FOLDER = PROJECT / "notebooks" / "solutions"
COLUMNS = ["Tried", "Should be", "Is"]
WAITS = "an account that waits for a code"
ACCOUNTS = {"CONFIRMED": "a confirmed account", "UNCONFIRMED": WAITS}
RIGHT = "Right: all of it is as it should be."
UNTRIED = "Not yet: the last %%handler was refused, and what was tried is the code before it."


class Checked:
    """What was tried, what should come of it, what came of it, and what is still wrong."""

    edit_refused = False  # the last cell that was to be a handler's code

    def __init__(self, tried: Mapping[str, object], wanted: Mapping[str, object]) -> None:
        self.rows = [(what, str(told), str(tried.get(what, ""))) for what, told in wanted.items()]
        self.untried = Checked.edit_refused

    @property
    def wrong(self) -> list[str]:
        """What is not yet as it should be, one sentence each."""
        return [
            f"{what} should be {wanted}, and is {found or 'not tried'}."
            for what, wanted, found in self.rows
            if wanted != found
        ]

    @property
    def table(self) -> "Table":
        """One row for each thing that is to be tried."""
        from helpers._inner.tables import Table

        return Table(self.rows, columns=COLUMNS)

    def _told(self) -> str:
        if self.untried:
            return UNTRIED
        return f"Not yet: {' '.join(self.wrong)}" if self.wrong else RIGHT

    def __repr__(self) -> str:
        return f"{self.table!r}\n\n{self._told()}"

    def _repr_html_(self) -> str:
        return f"{self.table._repr_html_()}\n<p><b>{escape(self._told())}</b></p>"


def check(tried: Mapping[str, object], wanted: Mapping[str, object]) -> Checked:
    """Is what came of it what should come of it? If not, what is still wrong.

    >>> check(tried, {"ann@example.com": "confirmed", "cyd@example.org": "refused"})
    """
    return Checked(tried, wanted)


def came_of(call: Callable[..., object], *given: Any) -> str:
    """Make a call that may be refused: "fine", or AWS's code for why not.

    What says nothing of the call, such as credentials that have run out, is raised as ever.

    >>> came_of(cognito.sign_in, client_id, "ann", "wrong")
    'NotAuthorizedException'
    """
    try:
        call(*given)
    except RefusedError as refused:
        if refused.says_nothing:
            raise
        return refused.code
    return "fine"


def account(pool_id: str, user_name: str) -> str:
    """What the pool has under this name now.

    >>> account(pool_id, "nobody")
    'no account'
    """
    user = cognito.admin_get_user(pool_id, user_name)
    return ACCOUNTS.get(user.status, user.status) if user else "no account"


def old_record(user: dict[str, Any], password: str) -> dict[str, Any]:
    """The known user as an older system may have left it: with the password's hash, and the salt.

    >>> old_record({"UserName": "ann"}, "Old-password-1")["PasswordSalt"]
    'chosen long ago'
    """
    salt = "chosen long ago"
    hashed = scrypt(password.encode(), salt=salt.encode(), n=2**14, r=8, p=1).hex()
    return user | {"PasswordHash": hashed, "PasswordSalt": salt}


def solution(name: str) -> Source:
    """One way to do it, from notebooks/solutions.

    >>> solution("keep_the_password")
    """
    path = FOLDER / f"{name}.py"
    if not path.exists():
        there = ", ".join(sorted(each.stem for each in FOLDER.glob("*.py")))
        raise AnswerError(f'There is no solution "{name}". There are: {there}.')
    return Source(path.read_text("utf-8"))
