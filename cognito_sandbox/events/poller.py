"""What all pollers share: a thread that sleeps until there is something to do."""

import threading
import traceback

from cognito_sandbox import clock

FOREVER = 10.0**8


class Poller:
    """Calls `step` whenever it is woken, or when the time has come that the last step named."""

    def __init__(self) -> None:
        self._woken, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name=type(self).__name__)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        clock.wake(self._woken)

    def stop(self) -> None:
        self._stopping.set()
        self.wake()

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def step(self) -> float | None:
        """Do what there is to do; the `clock.waiting_now()` to come again, None to be woken."""
        raise NotImplementedError

    def _run(self) -> None:
        while not self.is_stopping:
            self._woken.clear()
            try:
                again = self.step()
            except Exception:
                if self.is_stopping:
                    return
                traceback.print_exc()
                again = clock.waiting_now() + 1
            if not self.is_stopping:
                clock.wait(FOREVER if again is None else again - clock.waiting_now(), self._woken)

    def pause(self, seconds: float) -> bool:
        """Wait for so long within a step; False if the poller is to stop."""
        until = clock.waiting_now() + seconds
        while not self.is_stopping and (left := until - clock.waiting_now()) > 0:
            self._woken.clear()
            clock.wait(left, self._woken)
        return not self.is_stopping
