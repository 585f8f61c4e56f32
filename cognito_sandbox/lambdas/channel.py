"""The connection between the server and a worker: frames of one letter, a length, and bytes."""

import os
import resource
import socket
import struct
import sys
import threading
import time

HEADER = struct.Struct(">cI")
READY, FAILED_INIT, RESULT, ERROR, LOG, PRINT, INVOKE = (bytes([c]) for c in b"YFRELPI")


class Channel:
    """The worker's end of the connection to the server."""

    def __init__(self, connection: socket.socket, shown: dict[str, str]) -> None:
        self.connection = connection
        self.shown = [(there.encode(), here.encode()) for there, here in shown.items()]
        self.lock, self.open = threading.RLock(), True
        os.register_at_fork(after_in_child=self.close)

    def close(self) -> None:
        """Let go in a child that the handler forked: the answer is its parent's to give."""
        self.lock, self.open = threading.RLock(), False
        self.connection.close()

    def send(self, kind: bytes, payload: bytes) -> None:
        with self.lock:
            self.connection.sendall(HEADER.pack(kind, len(payload)) + payload)

    def as_in_lambda(self, text: bytes) -> bytes:
        for there, here in self.shown:
            text = text.replace(there, here)
        return text

    def log(self, text: str) -> None:
        """One log event."""
        self.say(LOG, text.encode("utf-8", "backslashreplace"))

    def say(self, kind: bytes, text: bytes) -> None:
        text = self.as_in_lambda(text)
        if self.open:
            self.send(kind, struct.pack(">Q", time.time_ns() // 1_000_000) + text)
        else:
            os.write(1, text)

    def finish(self, kind: bytes, payload: bytes) -> None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        kilobytes = peak // 1024 if sys.platform == "darwin" else peak
        if kind != RESULT:
            payload = self.as_in_lambda(payload)
        self.send(kind, struct.pack(">I", kilobytes) + payload)

    def receive(self) -> bytes:
        _, size = HEADER.unpack(self._read(HEADER.size))
        return self._read(size)

    def _read(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            part = self.connection.recv(min(size - len(data), 1 << 20))
            if not part:
                os._exit(0)
            data += part
        return bytes(data)
