"""Whether you agreed that things are made in an account, region by region."""

import os

from helpers.errors import ConsentNeededError

VARIABLE = "CLOUD_CONSENT"
READING = ("BatchGet", "Describe", "Filter", "Get", "Head", "List", "Query", "Scan", "Validate")
NOT_YET = "Nothing is created there before you agree."
COST = (
    "The tutorials need a stack of one user pool, one on-demand table and three functions with "
    "their logs, and a bucket for the functions' code: a few cents at most."
)


class Consent:
    """Whether you agreed that things are made in one account and region."""

    def __init__(self, account: str, region: str) -> None:
        self.place, self._agreed = f"{account}/{region}", False

    @classmethod
    def given(cls) -> "Consent":
        """Consent that needs no asking: the sandbox is nobody's account."""
        consent = cls("", "")
        consent._agreed = True
        return consent

    @property
    def agreed(self) -> bool:
        """Has somebody agreed, here or by the environment?"""
        return self._agreed or os.environ.get(VARIABLE) == self.place

    def agree(self, place: str) -> None:
        """Agree for this account and region, which must be named.

        >>> connect("aws").consent.agree("123456789012/eu-central-1")
        """
        if place != self.place:
            raise ConsentNeededError(f"This is {self.place}, not {place}. Nothing was agreed to.")
        self._agreed = True

    def check(self, operation: str) -> None:
        """Let an operation read at any time, and write only once there is consent."""
        if not self.agreed and not operation.startswith(READING):
            raise ConsentNeededError(
                f"{operation} would change AWS account {self.place}, and you have not agreed yet. "
                f"{COST} If that is fine, set {VARIABLE}={self.place}, or call "
                f'cloud.current().consent.agree("{self.place}").'
            )
