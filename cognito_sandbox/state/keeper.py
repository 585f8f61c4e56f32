"""When the state is saved: soon after changes, and at the end."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cognito_sandbox.state import contents, file
from cognito_sandbox.state.kinds import BrokenError, NoDataError
from cognito_sandbox.store import backends

PAUSE = 1.0  # after a change, for more of them to come
SHARE = 10  # saving takes a tenth of the time at most
PATIENCE = 5.0  # with requests that are under way


class Keeper:
    """Saves what the sandbox holds, at moments at which no request changes it."""

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._lock = threading.Condition()
        self._under_way, self._changes, self._tried, self._saved = 0, 0, 0, 0
        self._told = ""
        file.check(self._path)
        backends.install()

    def restore(self) -> None:
        """Take in what was saved last, if anything was."""
        state = file.read(self._path)
        if state is None:
            return
        try:
            contents.put_back(state)
        except BrokenError as error:
            raise file.StateError(f"{self._path} is damaged, and stays as it is: {error}") from None

    def start(self) -> None:
        threading.Thread(target=self._watch, daemon=True).start()

    @contextmanager
    def change(self) -> Iterator[None]:
        """A request that may change something is under way."""
        with self._lock:
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1
                self._changes += 1
                self._lock.notify_all()

    def save(self) -> bool:
        """Whatever has changed; has all been saved?"""
        with self._lock:  # whoever comes now waits for a moment
            changes = self._changes
            if changes == self._saved:
                return True
            self._tried = changes
            try:
                state = contents.take()
            except NoDataError as error:
                self._tell(f"{self._path} is not up to date: the sandbox cannot save {error}.")
                return False
        try:
            file.write(self._path, state)
        except OSError as error:
            self._tell(f"{self._path} cannot be written: {error.strerror}.")
            return False
        self._saved, self._told = changes, ""
        return True

    def _watch(self) -> None:
        while True:
            with self._lock:
                self._lock.wait_for(lambda: self._changes != self._tried)
            time.sleep(PAUSE)
            with self._lock:
                self._lock.wait_for(lambda: not self._under_way, PATIENCE)
            began = time.monotonic()
            self.save()
            time.sleep((time.monotonic() - began) * SHARE)

    def _tell(self, text: str) -> None:
        """Once, not at each try."""
        if text != self._told:
            print(text, file=sys.stderr, flush=True)
        self._told = text
