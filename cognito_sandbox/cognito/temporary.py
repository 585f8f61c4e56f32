"""Temporary passwords: given by an administrator, and of use for some days."""

from typing import Any

from cognito_sandbox import clock
from cognito_sandbox.cognito.operations import CognitoError
from cognito_sandbox.newest import Newest

DAY = 24 * 3600
USUAL_DAYS = 7
_given = Newest[str, float]()  # when, by the user's sub


def give(user: Any, password: str) -> None:
    user.password = password
    _given[user.id] = clock.now()


def check(pool: Any, user: Any) -> None:
    since = clock.now() - _given.get(user.id, clock.now())
    if since > _days(pool.extended_config) * DAY:
        text = "Temporary password has expired and must be reset by an administrator."
        raise CognitoError("NotAuthorizedException", text)


def _days(config: dict[str, Any]) -> int:
    """By the password policy, or by the older setting that it replaces."""
    policy = config["Policies"].get("PasswordPolicy", {})
    older = config.get("AdminCreateUserConfig", {}).get("UnusedAccountValidityDays")
    return int(policy.get("TemporaryPasswordValidityDays") or older or USUAL_DAYS)
