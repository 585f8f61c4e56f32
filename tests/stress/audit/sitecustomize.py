"""Loaded by each Python process of an audited run: note who connects where, and who opens what."""

import os
import sys
from typing import Any

LOG, HOME = os.environ["PYTHON_AUDIT_LOG"], os.environ["HOME"]
NETWORK = {"socket.connect", "socket.getaddrinfo", "socket.sendto"}


def note(event: str, told: str) -> None:
    target = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(target, f"{event}\t{told}\n".encode())
    os.close(target)


def audit(event: str, values: tuple[Any, ...]) -> None:
    if event in NETWORK:
        note(event, repr(values[-1] if event != "socket.getaddrinfo" else values[:2]))
    elif event == "open" and str(values[0]).startswith(HOME):
        note(event, str(values[0]))


note("start", repr(sys.orig_argv))
sys.addaudithook(audit)
