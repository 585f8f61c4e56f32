"""The six digits of an authenticator app: a phone's, or those of one on the page."""

import os
import re
import time
from html import escape
from typing import Any

from helpers import cloud
from helpers._inner import qr_codes, sandbox
from helpers._inner.authenticators import Authenticator
from helpers._inner.progress import Progress, in_notebook
from helpers.errors import AnswerError
from helpers.prompts.secret import Secret
from helpers.second_factors import STEP_SECONDS, authenticator_code

__all__ = ["Digits"]

LABEL = "Six digits"
VARIABLE, ON_PAGE = "AUTHENTICATOR", "page"  # in an account, without a phone


class Digits(Secret):
    """Digits that count once; where nobody types them, the page's own authenticator has some."""

    def __init__(self, secret: str, account: str) -> None:
        self._key_of_app, self._account = secret, account
        self.on_page = _says_on_page() or cloud.current().is_sandbox
        self._app = Authenticator(secret) if in_notebook() and self.on_page else None
        self._set_up: Any = None  # what a phone needs once, as long as it is on the page
        self._is_set_up, self._latest_step = False, 0
        super().__init__(LABEL, None, None)

    def rule(self, answer: str) -> str | None:
        six = re.fullmatch(r"\d{3} ?\d{3}", answer.strip())
        return None if six else "type the six digits that the authenticator shows."

    def read(self) -> str:
        """Digits that were not used yet."""
        self._kept, self._refused = None, False
        if self._app:
            self._app.hide()
        typed = self.given() is not None
        answer = super().read() if typed or not self.on_page else self._next()
        if typed and self.on_page:  # the app's own now, which are used up with this
            self._latest_step = int(sandbox.now()) // STEP_SECONDS
        self._take_off()
        return re.sub(r"\s", "", answer)

    def _next(self) -> str:
        """The authenticator's digits; if those were used, the ones that come after them."""
        now = sandbox.now()
        wait = (self._latest_step + 1) * STEP_SECONDS - now
        if wait > 0:
            now = self._wait(wait)
        self._latest_step = int(now) // STEP_SECONDS
        return authenticator_code(self._key_of_app, now)

    def _wait(self, seconds: float) -> float:
        """The sandbox need not wait: its time can be moved."""
        if cloud.current().is_sandbox:
            return sandbox.now(forward=seconds)
        end = time.monotonic() + seconds
        with Progress("The next digits") as progress:
            while (left := end - time.monotonic()) > 0:
                progress.say(f"The next digits: in {left:.0f} seconds")
                time.sleep(min(left, 1))
        return sandbox.now()

    def _take_off(self) -> None:
        """Once digits were given, the app has the secret, and the page needs it no more."""
        self._is_set_up = True
        if self._set_up is not None:
            picture, text = self._set_up.children
            picture.value, text.value = b"", ""  # else it might be saved with the notebook
            self._set_up.children = ()
            self._set_up = None

    def _view(self) -> Any:
        import ipywidgets

        parts = [super()._view()]
        if self._app:
            self._app.show()
            parts.insert(0, self._app.view)
        if not self._is_set_up:
            parts.insert(0, self._for_a_phone())
        return ipywidgets.VBox(parts)

    def _for_a_phone(self) -> Any:
        import ipywidgets

        picture = ipywidgets.Image(value=self._png(), format="png", width=200)
        spelled = " ".join(re.findall(".{1,4}", self._key_of_app))
        text = ipywidgets.HTML(f"<p>Or type this key: <code>{escape(spelled)}</code></p>")
        self._set_up = ipywidgets.VBox([picture, text])
        return self._set_up

    def _png(self) -> bytes:
        return qr_codes.png(qr_codes.link(self._key_of_app, self._account))

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The sandbox's picture stays in the notebook, as the sandbox itself does not."""
        is_new = not self._is_set_up and cloud.current().is_sandbox
        stays = {"image/png": self._png()} if is_new else {}
        return super()._repr_mimebundle_(**kwargs) | stays

    def hint(self) -> str:
        if self.on_page:
            return "Left empty, those of the authenticator above are taken."
        return "The ones that your authenticator shows now. Each counts once."


def _says_on_page() -> bool:
    """Does the environment ask for the authenticator on the page?"""
    said = os.environ.get(VARIABLE)
    if said and said != ON_PAGE:
        raise AnswerError(
            f"{LABEL}: the environment variable {VARIABLE} says {said}. "
            f"Set it to {ON_PAGE}, or unset it."
        )
    return said == ON_PAGE
