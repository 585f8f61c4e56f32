"""Temporary passwords: given by an administrator, and of use for some days.

(contract 8; sign-in contract 1.7)
"""

from cognito_sandbox import clock
from cognito_sandbox.cognito.errors import CognitoError
from cognito_sandbox.lasting import lasting
from cognito_sandbox.newest import Newest
from cognito_sandbox.store.model import Pool, User
from cognito_sandbox.store.settings import PoolSettings

DAY = 24 * 3600
USUAL_DAYS = 7
_given = lasting("temporary passwords", Newest[str, float]())  # when, by the user's sub


def give(user: User, password: str) -> None:
    user.set_password(password)
    _given[user.id] = clock.now()


def check(pool: Pool, user: User) -> None:
    since = clock.now() - _given.get(user.id, clock.now())
    if since > _days(pool.settings) * DAY:
        text = "Temporary password has expired and must be reset by an administrator."
        raise CognitoError("NotAuthorizedException", text)


def _days(settings: PoolSettings) -> int:
    """By the password policy, or by the older setting that it replaces."""
    policy = settings["Policies"].get("PasswordPolicy", {})
    older = settings.get("AdminCreateUserConfig", {}).get("UnusedAccountValidityDays")
    return policy.get("TemporaryPasswordValidityDays") or older or USUAL_DAYS
