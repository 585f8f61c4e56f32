"""Zips as folders on disk: made when an environment needs one, removed with the last that does."""

import contextlib
import io
import os
import shutil
import tempfile
import threading
import uuid
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from cognito_sandbox.lambdas import isolation, zips


def new_directory() -> Path:
    """A private folder; outside of /tmp if possible, for functions see another /tmp."""
    usual = tempfile.gettempdir()
    if Path(usual).resolve().is_relative_to(isolation.TMP):
        with contextlib.suppress(OSError):
            return Path(tempfile.mkdtemp(prefix="cognito-sandbox-", dir="/var/tmp"))
    return Path(tempfile.mkdtemp(prefix="cognito-sandbox-", dir=usual))


class CodeFolders:
    """The unpacked zips: one folder for all, if none of them can write to it; else one for each."""

    def __init__(self, directory: Path, shared: bool) -> None:
        self._directory, self._shared = directory, shared
        self._lock = threading.Lock()
        self._users: Counter[Path] = Counter()

    def take(self, name: str, *zipped: bytes) -> Path:
        folder = self._directory / (name if self._shared else f"{name}-{uuid.uuid4().hex}")
        with self._lock:
            if not self._users[folder]:
                _unpack_whole(zipped, folder)
            self._users[folder] += 1
        return folder

    def leave(self, folder: Path) -> None:
        with self._lock:
            self._users[folder] -= 1
            if not self._users[folder]:
                del self._users[folder]
                remove(folder)


def _unpack_whole(zipped: Sequence[bytes], folder: Path) -> None:
    """Or not at all: the disk may be full."""
    try:
        unpack(zipped, folder)
    except BaseException:
        remove(folder)
        raise


def unpack(zipped: Sequence[bytes], folder: Path) -> None:
    """The zips' files, the later in the place of the earlier: for reading, and executable where a
    zip says so; links come last, for nothing must be written through them.
    """
    folder.mkdir(mode=0o700)
    with contextlib.ExitStack() as opened:
        archives = [opened.enter_context(zipfile.ZipFile(io.BytesIO(each))) for each in zipped]
        found = [(archive, info) for archive in archives for info in archive.infolist()]
        plain = [each for each in found if not zips.is_link(each[1])]
        made = [(archive.extract(info, folder), info) for archive, info in plain]
        for path, info in made:
            os.chmod(path, 0o700 if info.is_dir() else 0o444 | info.external_attr >> 16 & 0o111)
        for archive, info in found:
            if zips.is_link(info):
                link = folder / info.filename
                link.parent.mkdir(parents=True, exist_ok=True)
                if not link.is_dir() or link.is_symlink():
                    link.unlink(missing_ok=True)
                link.symlink_to(archive.read(info).decode())
    for path, _, _ in os.walk(folder, topdown=False):
        os.chmod(path, 0o555)


def remove(folder: Path) -> None:
    for path, _, _ in os.walk(folder):
        with contextlib.suppress(OSError):
            os.chmod(path, 0o700)
    shutil.rmtree(folder, ignore_errors=True)
