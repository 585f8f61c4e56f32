"""What whoever starts a sandbox may choose."""

from pathlib import Path
from typing import NamedTuple


class Options(NamedTuple):
    """Which access key it asks for, if any, and what is off unless it is asked for."""

    access_key: str | None = None
    moto_pages: bool = False
    enforce_iam: bool = False
    skip_unknown_resources: bool = False
    state: Path | None = None  # the file that keeps what the sandbox holds
    speed: float = 1.0  # how much faster than in AWS waits pass
