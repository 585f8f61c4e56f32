"""The file of a sandbox's state: a zip with JSON in it, which nobody else may read."""

import fcntl
import json
import os
import tempfile
import zipfile
import zlib
from pathlib import Path

from cognito_sandbox.state.kinds import Json
from cognito_sandbox.store import needs

FORMAT = 3
MEMBER = "state.json"
UNREADABLE = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, RecursionError)


class StateError(Exception):
    """The file cannot be used; the message says why, and what to do."""


def check(path: Path) -> None:
    """Can it be written? Better to know now than at the end."""
    if os.path.isdir(path) or not os.access(path.parent, os.W_OK | os.X_OK):
        raise StateError(f"{path} cannot be written: name a file in a folder where you may write.")


def hold(path: Path) -> None:
    """Nobody else may save there until this process ends."""
    lock = path.with_name(f"{path.name}.lock")
    try:
        fcntl.flock(os.open(lock, os.O_RDWR | os.O_CREAT, 0o600), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StateError(
            f"{path}: another sandbox has it. End that one, or name another."
        ) from None
    except OSError as error:
        raise StateError(f"{lock} cannot be locked: {error.strerror}.") from None


def read(path: Path) -> Json | None:
    """What was saved last; None if there is no file yet."""
    try:
        with zipfile.ZipFile(path) as archive:
            saved = json.loads(archive.read(MEMBER))
            made = saved["format"], saved["moto"]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateError(f"{path} cannot be read: {error.strerror}.") from None
    except (*UNREADABLE, TypeError):
        raise StateError(
            f"{path} is no state of a sandbox, or it is damaged. It stays as it is: name another."
        ) from None
    if made != (FORMAT, needs.version()):
        raise StateError(
            f"{path} is of another version of the sandbox or of moto (format {made[0]}, moto "
            f"{made[1]}; here {FORMAT} and {needs.version()}). It stays as it is: name another."
        )
    return saved["state"]


def write(path: Path, state: Json) -> None:
    """All of it or nothing: whoever reads meanwhile, or after a fall, finds the old one."""
    saved = {"format": FORMAT, "moto": needs.version(), "state": state}
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as target:
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.writestr(MEMBER, json.dumps(saved, separators=(",", ":")))
            target.flush()
            os.fsync(target.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
