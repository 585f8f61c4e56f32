"""Whose process is at the other end of a connection: Linux tells, for connections on loopback."""

import os
import socket
import sys
from pathlib import Path

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
ROOT = 0
Address = tuple[str, int]


def may_connect(client: Address, server: Address) -> bool:
    """Is the client's process this user's or root's? Yes where the system cannot tell."""
    rows = _rows()
    return rows is None or _owner(rows, client, server) in (ROOT, os.getuid())


def _rows() -> list[list[str]] | None:
    try:
        return [line.split() for table in TABLES for line in table.read_text().splitlines()]
    except OSError:
        return None


def _owner(rows: list[list[str]], client: Address, server: Address) -> int | None:
    """Of a socket that its process has let go, the kernel says 0: that is not root's."""
    ends = {(_written(*client, six), _written(*server, six)) for six in (False, True)}
    for row in rows:
        if (row[1], row[2]) in ends and row[9] != "0":
            return int(row[7])
    return None


def _written(host: str, port: int, six: bool) -> str:
    """As the kernel writes an address: words of the machine's own byte order."""
    four = socket.inet_aton(host)
    packed = bytes(10) + b"\xff\xff" + four if six else four
    words = [int.from_bytes(packed[at : at + 4], sys.byteorder) for at in range(0, len(packed), 4)]
    return "".join(f"{word:08X}" for word in words) + f":{port:04X}"
