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

    def take(self, code: bytes, name: str) -> Path:
        folder = self._directory / (name if self._shared else f"{name}-{uuid.uuid4().hex}")
        with self._lock:
            if not self._users[folder]:
                _unpack_whole(code, folder)
            self._users[folder] += 1
        return folder

    def leave(self, folder: Path) -> None:
        with self._lock:
            self._users[folder] -= 1
            if not self._users[folder]:
                del self._users[folder]
                remove(folder)


def _unpack_whole(code: bytes, folder: Path) -> None:
    """Or not at all: the disk may be full."""
    try:
        unpack(code, folder)
    except BaseException:
        remove(folder)
        raise


def unpack(code: bytes, folder: Path) -> None:
    """The zip's files, for reading, and executable where the zip says so; links come last."""
    with zipfile.ZipFile(io.BytesIO(code)) as archive:
        folder.mkdir(mode=0o700)
        for info in archive.infolist():
            if not zips.is_link(info):
                made, mode = archive.extract(info, folder), info.external_attr >> 16
                os.chmod(made, 0o700 if info.is_dir() else 0o444 | mode & 0o111)
        for info in filter(zips.is_link, archive.infolist()):
            link = folder / info.filename
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(archive.read(info).decode())
    for path, _, _ in os.walk(folder, topdown=False):
        os.chmod(path, 0o555)


def remove(folder: Path) -> None:
    for path, _, _ in os.walk(folder):
        with contextlib.suppress(OSError):
            os.chmod(path, 0o700)
    shutil.rmtree(folder, ignore_errors=True)
