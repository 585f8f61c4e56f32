"""Work that another user of this machine does."""

import encodings.idna  # noqa: F401 (who becomes another user cannot import it any more)
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SOMEBODY = 54321  # another user of this machine

needs_root = pytest.mark.skipif(
    os.getuid() != 0 or not Path("/proc/net/tcp").exists(),
    reason="only root can be another user, and only Linux tells whose a connection is",
)


def as_user(user: int, work: Callable[[], Any]) -> Any:
    """What the work returns in a process of another user; it has what is imported already."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setuid(user)
            os.write(writing, json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as answer:
        return json.load(answer)
