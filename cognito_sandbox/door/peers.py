"""Whose process is at the other end of a connection: Linux tells, for connections on loopback."""

import os
import socket
import struct
import sys
from pathlib import Path

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
ROOT = 0
NETLINK, SOCK_DIAG, BY_FAMILY, REQUEST = 16, 4, 20, 1  # as in <linux/netlink.h>, sock_diag.h
HEADER, QUESTION, SOCKET_ID = struct.Struct("=IHHII"), struct.Struct("=BBBBI"), 48
ANYWHERE = bytes(4) + b"\xff" * 8  # on any interface, with any cookie
Address = tuple[str, int]


def may_connect(client: Address, server: Address) -> bool:
    """Is the client's process this user's or root's? Yes where the system cannot tell."""
    if not TABLES[0].exists():
        return True
    owner = _asked(client, server)
    owner = _looked_up(client, server) if owner is None else owner
    return owner in (ROOT, os.getuid())


def _asked(client: Address, server: Address) -> int | None:
    """The kernel knows this one socket at once; not every machine lets it answer."""
    hosts = (socket.inet_aton(host) + bytes(12) for host, _ in (client, server))
    wanted = struct.pack("!HH", client[1], server[1]) + b"".join(hosts) + ANYWHERE
    question = QUESTION.pack(socket.AF_INET, socket.IPPROTO_TCP, 0, 0, 0xFFFFFFFF) + wanted
    head = HEADER.pack(HEADER.size + len(question), BY_FAMILY, REQUEST, 0, 0)
    try:
        with socket.socket(NETLINK, socket.SOCK_RAW, SOCK_DIAG) as kernel:
            kernel.sendall(head + question)
            answer = kernel.recv(4096)
    except OSError:
        return None
    if HEADER.unpack_from(answer)[1] != BY_FAMILY:
        return None
    user, inode = struct.unpack_from("=II", answer, HEADER.size + 4 + SOCKET_ID + 12)
    return _owner(user, inode)


def _looked_up(client: Address, server: Address) -> int | None:
    """The same from the table of all sockets, which takes some milliseconds."""
    ends = {(_written(*client, six), _written(*server, six)) for six in (False, True)}
    for table in TABLES:
        for line in table.read_text().splitlines() if table.exists() else ():
            row = line.split()
            if (row[1], row[2]) in ends:
                return _owner(int(row[7]), int(row[9]))
    return None


def _owner(user: int, inode: int) -> int | None:
    """Of a socket that its process has let go, the kernel says 0: that is not root's."""
    return user if inode else None


def _written(host: str, port: int, six: bool) -> str:
    """As the kernel writes an address: words of the machine's own byte order."""
    four = socket.inet_aton(host)
    packed = bytes(10) + b"\xff\xff" + four if six else four
    words = [int.from_bytes(packed[at : at + 4], sys.byteorder) for at in range(0, len(packed), 4)]
    return "".join(f"{word:08X}" for word in words) + f":{port:04X}"
