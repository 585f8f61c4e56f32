"""Processes that functions start and leave behind: found, ended and buried."""

import contextlib
import ctypes
import os
import signal
from pathlib import Path

SET_SUBREAPER, GET_SUBREAPER = 36, 37


def adopt_orphans() -> None:
    """On Linux, what a child started and left behind becomes this process's own to end."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(SET_SUBREAPER, 1, 0, 0, 0)


def end(process: int) -> int:
    """Kill a child with all of its group, and return how it ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)  # it may be too young to have a group of its own
    try:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    except ChildProcessError:
        return -signal.SIGKILL


def end_orphans() -> None:
    """End all children of a process that adopts orphans, and theirs; of another, none."""
    adopts = ctypes.c_int()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(GET_SUBREAPER, ctypes.byref(adopts), 0, 0, 0)
    while adopts.value and (orphans := children(os.getpid())):
        for orphan in orphans:
            end(orphan)


def bury_orphans(workers: set[int]) -> None:
    """Those that have ended by themselves."""
    for orphan in children(os.getpid()) - workers:
        os.waitpid(orphan, os.WNOHANG)


def children(parent: int) -> set[int]:
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(status.read_text().rpartition(")")[2].split()[1]) == parent:
                found.add(int(status.parent.name))
    return found
