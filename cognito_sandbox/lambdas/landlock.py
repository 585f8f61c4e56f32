"""On Linux 5.19 or later: a process that can look into its own children only, not even as root.

Landlock refuses all that ptrace may, `/proc/…/environ` and `/proc/…/mem` included, to whoever is in
a domain and wants it of one outside. A domain must say something about files, too: here, that they
may be moved to other folders, which goes without saying outside.
"""

import ctypes
import os
import struct
import sys

CREATE, ADD_RULE, RESTRICT = 444, 445, 446  # the same numbers on every machine
ASK_VERSION, BENEATH_A_PATH = 1, 1
MOVE_FILES, KNOWS_MOVES = 1 << 13, 2


def is_here() -> bool:
    """It is not, where Linux is too old, has it switched off, or a container keeps from it."""
    try:
        return sys.platform == "linux" and _call(CREATE, None, 0, ASK_VERSION) >= KNOWS_MOVES
    except OSError:
        return False


def shut_out() -> None:
    """Enter a domain of one's own, for good, where the system has such."""
    if not is_here():
        return
    rules = _call(CREATE, struct.pack("=Q", MOVE_FILES), 8, 0)
    everything = os.open("/", os.O_PATH)
    _call(ADD_RULE, rules, BENEATH_A_PATH, struct.pack("=Qi", MOVE_FILES, everything), 0)
    _call(RESTRICT, rules, 0)
    os.close(everything)
    os.close(rules)


def _call(number: int, *values: int | bytes | None) -> int:
    typed = [ctypes.c_size_t(each) if isinstance(each, int) else each for each in values]
    returned = int(ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *typed))
    if returned < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return returned
