"""When the state is saved: soon after changes, and at the end."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cognito_sandbox import lasting
from cognito_sandbox.state import contents, file
from cognito_sandbox.state.kinds import BrokenError, Json, NoDataError
from cognito_sandbox.store import backends

PAUSE = 1.0  # after a change, for more of them to come
SHARE = 10  # saving takes a tenth of the time at most
PATIENCE = 5.0  # with requests that are under way


class Keeper:
    """Saves what the sandbox holds, at moments at which no request changes it."""

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()  # what a link leads to
        self._lock, self._saving = threading.Condition(), threading.Lock()
        self._under_way, self._changes, self._tried = 0, 0, 0
        self._is_complete, self._told = False, ""
        file.check(self._path)
        file.hold(self._path)
        backends.install()

    def restore(self) -> None:
        """Take in what was saved last, if anything was."""
        state = file.read(self._path)
        try:
            if state is not None:
                contents.put_back(state)
        except BrokenError as error:
            raise file.StateError(f"{self._path} is damaged, and stays as it is: {error}") from None
        self._is_complete = True

    def start(self) -> None:
        lasting.tell(self.changed)
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
                self.changed()

    def changed(self) -> None:
        """There is something to save, at the next moment that is good for it."""
        with self._lock:
            self._changes += 1
            self._lock.notify_all()

    def save(self) -> bool:
        """All that there is now; False if it cannot be, of which somebody is told."""
        with self._saving:  # as a whole: an older state must not come after a newer one
            try:
                file.write(self._path, self._take())
                why = ""
            except NoDataError as error:
                why = f"is not up to date: the sandbox cannot save {error}."
            except OSError as error:
                why = f"cannot be written: {error.strerror}."
            except Exception as error:
                why = f"is not up to date: {type(error).__name__}: {error}"
            self._tell(why)
        return not why

    def end(self) -> bool:
        """Save for the last time, also what nobody counted as a change; is all in the file?"""
        if not self._is_complete:
            return True  # the file holds what this sandbox could not take in
        saved = self.save()
        self._saving.acquire()  # for good: the process must not end while somebody writes
        return saved

    def _take(self) -> Json:
        with self._lock:  # whoever comes now waits for a moment
            self._tried = self._changes
            return contents.take()

    def _watch(self) -> None:
        while True:
            with self._lock:
                self._lock.wait_for(lambda: self._changes != self._tried)
            time.sleep(PAUSE)
            spent = _seconds(contents.prepare)
            with self._lock:
                self._lock.wait_for(lambda: not self._under_way, PATIENCE)
            spent += _seconds(self.save)
            time.sleep(spent * SHARE)

    def _tell(self, why: str) -> None:
        """Once, not at each try."""
        if why and why != self._told:
            print(f"{self._path} {why}", file=sys.stderr, flush=True)
        self._told = why


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began
