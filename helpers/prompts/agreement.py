"""The question whether things may be created in an account; the sandbox needs no answer."""

from typing import Any

from helpers import cloud
from helpers._inner.consent import COST, VARIABLE
from helpers.errors import ConsentNeededError
from helpers.prompts.plain import Confirm

__all__ = ["Agreement"]


class Agreement(Confirm):
    """Yes or no for one account and region."""

    def __init__(self) -> None:
        self.place = cloud.current()
        super().__init__(f"Create it in {self.place.consent.place}", "no", None)

    def _widget(self) -> Any:
        return super()._widget() if self._open else None

    @property
    def _open(self) -> bool:
        return not self.place.consent.agreed

    def hint(self) -> str:
        return COST

    def check(self) -> None:
        """Go on only where nothing is created without leave."""
        if self._open and not self.agreed():
            raise ConsentNeededError(
                f"Nothing is created in {self.place.consent.place} before you agree: tick the box "
                f"above and run this cell again, or set {VARIABLE}={self.place.consent.place}."
            )
        if self._open:
            self.place.consent.agree(self.place.consent.place)

    def __repr__(self) -> str:
        if self.place.is_sandbox:
            return "Nothing to agree to: the sandbox is nobody's account, and costs nothing."
        return f"{self.label}: {'yes' if self.place.consent.agreed else 'no'}. {COST}"
