"""On Linux: a /tmp of each environment's own, layers in /opt, and code nobody can write to.

A namespace of users makes mounts possible without privileges, and holds for root as well. Where the
system allows none (macOS, many containers), functions use TMPDIR and their own copy of the code.
"""

import ctypes
import os
import sys
from collections.abc import Sequence
from pathlib import Path

NEW_USERS, NEW_MOUNTS = 0x10000000, 0x20000
READ_ONLY, NO_SUID, NO_DEV, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
KEPT_FLAGS = 2 | 4 | 8  # no suid, no devices, no programs: a mount that has them cannot lose them
DETACH = 2
NO_NEW_PRIVILEGES = 38
ANY_FILE = 1 << 1  # the right to all files, whoever owns them
CAPABILITIES_VERSION = 0x20080522
TMP, LAYERS = Path("/tmp"), Path("/opt")


def is_possible(directory: Path, needed: Sequence[str]) -> bool:
    """Try it in a child: a process that gets only half of it would be nobody's.

    The needed files must be readable inside: there, root has no right to what is another user's.
    """
    if not hasattr(os, "fork") or directory.resolve().is_relative_to(TMP):
        return False
    child = os.fork()
    if not child:
        try:
            enter()
            make_read_only(directory)
            enclose(1)
            for path in needed:
                os.close(os.open(path, os.O_RDONLY))
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def can_show_layers(directory: Path) -> bool:
    """Is there a place for them, in which neither Python nor this directory lies?"""
    places = (directory, os.__file__, sys.executable, sys.prefix, sys.base_prefix)
    return LAYERS.is_dir() and not any(
        Path(place).resolve().is_relative_to(LAYERS.resolve()) for place in places
    )


def enter() -> None:
    """Users and mounts of this process's own: the same user, who may now mount."""
    user, group = os.getuid(), os.getgid()
    _call("unshare", NEW_USERS | NEW_MOUNTS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _mount("none", "/", PRIVATE | RECURSIVE)


def make_read_only(path: Path, source: Path | None = None) -> None:
    """Show the source, or what is there, under this path, for reading."""
    _mount(source or path, path, BIND)
    _mount("none", path, BIND | REMOUNT | READ_ONLY | os.statvfs(path).f_flag & KEPT_FLAGS)


def unmount(path: Path) -> None:
    _call("umount2", os.fsencode(path), DETACH)


def enclose(megabytes: int, layers: str | None = None) -> None:
    """An empty /tmp that goes with this process and its children; then no more power to mount."""
    _call("unshare", NEW_MOUNTS)
    if layers:
        make_read_only(LAYERS, Path(layers))
    _mount("tmpfs", TMP, NO_SUID | NO_DEV, "tmpfs", f"size={megabytes}m,mode=0700")
    drop_rights()


def drop_rights(kept: int = 0) -> None:
    """What root may and others may not, but for what is kept: no program gives it back."""
    if sys.platform != "linux":
        return
    header, sets = (ctypes.c_uint32 * 2)(CAPABILITIES_VERSION, 0), (ctypes.c_uint32 * 6)()
    _call("capget", header, sets)
    sets[:] = [sets[0] & kept, sets[1] & kept, 0, 0, 0, 0]
    _call("capset", header, sets)
    _call("prctl", NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def _mount(
    source: Path | str, target: Path | str, flags: int, kind: str = "", data: str = ""
) -> None:
    text = [os.fsencode(each) for each in (source, target, kind or "none")]
    _call("mount", *text, ctypes.c_ulong(flags), data.encode() or None)


def _call(name: str, *values: object) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*values):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
