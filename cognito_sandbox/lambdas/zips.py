"""What of a zip Lambda takes: one that can be unpacked, and that is not too large."""

import io
import os
import platform
import stat
import zipfile
import zlib
from collections import Counter
from pathlib import PurePosixPath

LARGEST_UNPACKED = 262_144_000
LONGEST_NAME, LONGEST_PATH, LONGEST_TARGET = 255, 2000, 4095
NO_ZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."
UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError)
MACHINES = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


class BadZipError(Exception):
    """Lambda would not take this zip; the message says why."""


def unpacked_size(code: bytes) -> int:
    """The size of the content, of a zip that was checked before."""
    with zipfile.ZipFile(io.BytesIO(code)) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def check(code: bytes) -> None:
    try:
        if unpacked_size(code) >= LARGEST_UNPACKED:
            raise BadZipError(f"Unzipped size must be smaller than {LARGEST_UNPACKED} bytes")
        with zipfile.ZipFile(io.BytesIO(code)) as archive:
            names_hold = _can_be_files(archive.namelist()) and _can_be_links(archive)
            whole = names_hold and archive.testzip() is None
    except UNREADABLE:
        whole = False
    if not whole:
        raise BadZipError(NO_ZIP)


def check_together(code: bytes, layers: list[bytes]) -> None:
    if not layers:
        return
    size = unpacked_size(code) + sum(map(unpacked_size, layers))
    if size >= LARGEST_UNPACKED:
        raise BadZipError(
            "Function code combined with layers exceeds the maximum allowed size of "
            f"{LARGEST_UNPACKED} bytes. The actual size is {size} bytes."
        )


def check_machine(code: bytes, architecture: str) -> None:
    """Compiled code for another machine would fail here, or there; plain Python runs on both."""
    here = MACHINES.get(platform.machine())
    with zipfile.ZipFile(io.BytesIO(code)) as archive:
        compiled = [name for name in archive.namelist() if name.endswith(".so")]
    if compiled and architecture != here:
        raise BadZipError(
            f"The sandbox runs on {here}, and this function's architecture is {architecture}: "
            f"compiled code such as {compiled[0]} cannot run in both."
        )


def _can_be_files(names: list[str]) -> bool:
    """No file is a folder as well, and each has a name that a disk takes."""
    paths = [PurePosixPath(name) for name in names]
    files = {path for name, path in zip(names, paths, strict=True) if not name.endswith("/")}
    folders = {parent for path in paths for parent in path.parents}
    folders |= {path for name, path in zip(names, paths, strict=True) if name.endswith("/")}
    short = all(len(os.fsencode(part)) <= LONGEST_NAME for path in paths for part in path.parts)
    inside = all(".." not in path.parts and not path.is_absolute() for path in paths)
    return (
        not files & folders and short and inside and max(map(len, names), default=0) < LONGEST_PATH
    )


def is_link(entry: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(entry.external_attr >> 16)


def _can_be_links(archive: zipfile.ZipFile) -> bool:
    """Nothing else has a link's name, and each leads to a path that a disk takes."""
    links = [entry for entry in archive.infolist() if is_link(entry)]
    if not links:
        return True  # as most zips: large ones have thousands of paths
    paths = [PurePosixPath(name) for name in archive.namelist()]
    taken = Counter(paths) + Counter(parent for path in paths for parent in path.parents)
    targets = [archive.read(link).decode() for link in links]
    return all(taken[PurePosixPath(link.filename)] == 1 for link in links) and all(
        0 < len(target.encode()) <= LONGEST_TARGET and "\0" not in target for target in targets
    )
