"""Zips as folders on disk: made when an environment needs one, removed with the last that does."""

import contextlib
import io
import os
import shutil
import stat
import tempfile
import threading
import uuid
import zipfile
from collections import Counter
from pathlib import Path

from cognito_sandbox.lambdas import isolation


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
            self._users[folder] += 1
            if self._users[folder] == 1:
                unpack(code, folder)
        return folder

    def leave(self, folder: Path) -> None:
        with self._lock:
            self._users[folder] -= 1
            if not self._users[folder]:
                del self._users[folder]
                remove(folder)


def unpack(code: bytes, folder: Path) -> None:
    """The zip's files, for reading, and executable where the zip says so; links come last."""
    with zipfile.ZipFile(io.BytesIO(code)) as archive:
        entries = {info: info.external_attr >> 16 for info in archive.infolist()}
        folder.mkdir(mode=0o700)
        for info, mode in entries.items():
            if not stat.S_ISLNK(mode):
                made = archive.extract(info, folder)
                os.chmod(made, 0o700 if info.is_dir() else 0o444 | mode & 0o111)
        for info in (info for info, mode in entries.items() if stat.S_ISLNK(mode)):
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
