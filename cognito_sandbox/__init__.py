"""The AWS that this project brings along: an endpoint on this machine, for any AWS SDK.

>>> with Sandbox() as sandbox:
...     client = boto3.client(
...         "cognito-idp",
...         region_name="us-east-1",
...         endpoint_url=sandbox.endpoint,
...         aws_access_key_id=sandbox.access_key,
...         aws_secret_access_key=sandbox.secret_key,
...     )
"""

import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from cognito_sandbox import keys
from cognito_sandbox.surroundings import without_secrets

__all__ = ["Sandbox", "SandboxError", "start"]
__version__ = "2.1.0"

COMMAND = [sys.executable, "-m", "cognito_sandbox", "--access-key", "-", "--until-eof"]
ENDED = (
    "The sandbox has ended: ask for its endpoint within the with block, or before it is stopped."
)
READY = "Sandbox ready at "


class SandboxError(Exception):
    """There is no sandbox to ask; the message says why."""


class Sandbox:
    """A sandbox in a process of its own, which ends with this one at the latest.

    It takes requests with its own `access_key` only, which is made anew for each sandbox.
    """

    def __init__(
        self,
        port: int = 0,
        enforce_iam: bool = False,
        skip_unknown_resources: bool = False,
        speed: float = 1,
    ) -> None:
        made = keys.made()
        self.access_key, self.secret_key = made.access_key, made.secret_key
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [
                *(*COMMAND, "--port", str(port), "--speed", str(speed)),
                *(["--enforce-iam"] if enforce_iam else []),
                *(["--skip-unknown-resources"] if skip_unknown_resources else []),
            ],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=without_secrets(),
            text=True,
            start_new_session=True,
        )
        self._endpoint = ""
        self._tell(self.access_key)

    def _tell(self, line: str) -> None:
        """On its input: a command line and an environment are there for others to see."""
        assert self._process.stdin
        with suppress(BrokenPipeError):  # whoever asks for the endpoint will be told why
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()

    @property
    def endpoint(self) -> str:
        """The address, such as `http://127.0.0.1:40123`; waits until the sandbox is ready."""
        if not self._endpoint:
            assert self._process.stdout
            if self._process.stdout.closed:
                raise SandboxError(f"{ENDED} {self.said}".strip())
            line = self._process.stdout.readline()
            if not line.startswith(READY):
                self.stop()
                raise SandboxError(f"The sandbox did not start. {self.said.strip()}")
            self._endpoint = line.removeprefix(READY).strip()
        return self._endpoint

    @property
    def said(self) -> str:
        """All that it has said on its standard error, such as what became of an event."""
        file = self._errors.fileno()  # whose offset is where the sandbox writes: it stays
        return os.pread(file, os.fstat(file).st_size, 0).decode(errors="replace")

    @property
    def is_alive(self) -> bool:
        """Does its process run?"""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the sandbox and all that runs in it; may be called twice."""
        if self.is_alive:
            self._process.terminate()
            self._process.communicate()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start(port: int = 0) -> Sandbox:
    """Start a sandbox and return at once; its `endpoint` waits until it is ready.

    >>> sandbox = start()
    >>> print(sandbox.endpoint)
    http://127.0.0.1:...
    >>> sandbox.stop()
    """
    return Sandbox(port)
