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
from collections.abc import Iterator, Sequence
from pathlib import Path

from cognito_sandbox.lambdas import isolation, zips

Entry = tuple[zipfile.ZipFile, zipfile.ZipInfo]
Tree = dict[str, "Tree | Entry"]


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
    with contextlib.ExitStack() as opened:
        archives = [opened.enter_context(zipfile.ZipFile(io.BytesIO(each))) for each in zipped]
        found = list(_make_folders(_merged(archives), folder))
        plain = [(path, entry) for path, entry in found if not zips.is_link(entry[1])]
        for path, (archive, info) in plain:
            with archive.open(info) as packed, path.open("wb") as file:
                shutil.copyfileobj(packed, file)
        for path, (_, info) in plain:
            path.chmod(0o444 | info.external_attr >> 16 & 0o111)
        for path, (archive, info) in found:
            if zips.is_link(info):
                path.symlink_to(archive.read(info).decode())
    for inner, _, _ in os.walk(folder, topdown=False):
        os.chmod(inner, 0o555)


def _merged(archives: Sequence[zipfile.ZipFile]) -> Tree:
    """What lies where in the end: of two with one name the later, unless both are folders."""
    tree: Tree = {}
    for archive in archives:
        for info in archive.infolist():
            names = [name for name in info.filename.split("/") if name not in ("", ".", "..")]
            is_folder = info.is_dir() and not zips.is_link(info)
            inside = _folder_in(tree, names if is_folder else names[:-1])
            if names and not is_folder:
                inside[names[-1]] = archive, info
    return tree


def _folder_in(tree: Tree, names: Sequence[str]) -> Tree:
    """In the place of any file or link on the way."""
    for name in names:
        inside = tree.get(name)
        if not isinstance(inside, dict):
            inside = tree[name] = {}
        tree = inside
    return tree


def _make_folders(tree: Tree, folder: Path) -> Iterator[tuple[Path, Entry]]:
    """And tell what else belongs where."""
    folder.mkdir(mode=0o700, exist_ok=True)  # on some disks, Name and name are one
    for name, found in tree.items():
        if isinstance(found, dict):
            yield from _make_folders(found, folder / name)
        else:
            yield folder / name, found


def remove(folder: Path) -> None:
    for path, _, _ in os.walk(folder):
        with contextlib.suppress(OSError):
            os.chmod(path, 0o700)
    shutil.rmtree(folder, ignore_errors=True)
