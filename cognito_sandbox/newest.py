"""What the sandbox remembers has an end: the newest entries stay, the oldest are forgotten."""

import threading
from collections import OrderedDict
from typing import TypeVar

KEPT = 10_000  # mails, codes, sign-ins or open challenges: more than anybody will look back for

Key = TypeVar("Key")
Value = TypeVar("Value")


class Newest(OrderedDict[Key, Value]):
    """A dict that forgets its oldest entry for each one too many."""

    _changing = threading.Lock()

    def __setitem__(self, key: Key, value: Value) -> None:
        with self._changing:
            super().__setitem__(key, value)
            self.move_to_end(key)
            while len(self) > KEPT:
                self.popitem(last=False)
