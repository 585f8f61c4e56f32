"""An authenticator on the page: it stands for a phone, and shows the digits of the moment."""

import threading
import time
from typing import Any, ClassVar

from helpers._inner import sandbox
from helpers.second_factors import STEP_SECONDS, authenticator_code

HIDDEN = "••• •••"
SHOWN_FOR = 120.0  # seconds; then it hides them by itself


class Authenticator:
    """Ticks while its digits are shown: one at a time, and not for ever.

    What stands in a widget may be saved with the notebook, so the digits stand there only as long
    as somebody looks at them.
    """

    _ticking: "ClassVar[Authenticator | None]" = None

    def __init__(self, secret: str) -> None:
        import ipywidgets

        self._secret, self._over = secret, threading.Event()
        self._writing = threading.Lock()  # who ticks, and who hides
        self._digits = ipywidgets.HTML()
        self._button = ipywidgets.Button(description="Show the digits")
        self._button.on_click(lambda _: self.show())
        self.view: Any = ipywidgets.HBox([self._digits, self._button])
        self.hide()

    def show(self) -> None:
        """Show the digits, and how long they last, until they are used or time is up."""
        if Authenticator._ticking:
            Authenticator._ticking.hide()
        Authenticator._ticking, self._over = self, threading.Event()
        ahead = sandbox.now() - time.time()
        self._tick(ahead, self._over)
        threading.Thread(target=self._run, args=(ahead, self._over), daemon=True).start()

    def hide(self) -> None:
        """Take the digits off the page."""
        with self._writing:
            self._over.set()
            self._digits.value = _shown(HIDDEN, "")

    def _run(self, ahead: float, over: threading.Event) -> None:
        end = time.monotonic() + SHOWN_FOR
        while not over.wait(1) and time.monotonic() < end:
            self._tick(ahead, over)
        if not over.is_set():
            self.hide()

    def _tick(self, ahead: float, over: threading.Event) -> None:
        now = time.time() + ahead
        code, left = authenticator_code(self._secret, now), STEP_SECONDS - int(now) % STEP_SECONDS
        with self._writing:
            if not over.is_set():
                self._digits.value = _shown(f"{code[:3]} {code[3:]}", f"{left} s left")


def _shown(digits: str, left: str) -> str:
    return (
        f'<b style="font: bold 1.5rem monospace">{digits}</b> '
        f'<span style="display: inline-block; min-width: 5rem">{left}</span>'
    )
