"""What a function is for whoever runs it; for those who invoke it, see `store/functions.py`."""

from abc import abstractmethod
from typing import ClassVar, TypedDict


class LogEvent(TypedDict):
    """A line in a log stream, as CloudWatch Logs takes it."""

    timestamp: int  # milliseconds
    message: str


class Runnable:
    """A function from a zip, with moto's names; `patches/functions.py` has the class."""

    endpoint: ClassVar[str]  # where it finds AWS
    function_name: str
    function_arn: str  # ends with the version, if this is a published one
    version: str | int
    region: str
    role: str
    run_time: str
    handler: str
    environment_vars: dict[str, str]
    timeout: int  # seconds
    memory_size: int  # megabytes, as the next one
    ephemeral_storage: int
    code_bytes: bytes
    logging_config: dict[str, str]

    @property
    @abstractmethod
    def revision(self) -> str:
        """Of what runs now: environments that run something else are outdated."""

    @property
    @abstractmethod
    def concurrency(self) -> int | None:
        """What is reserved for the function, of whichever version this is."""

    @property
    @abstractmethod
    def code_sha(self) -> str: ...

    @abstractmethod
    def layer_code(self) -> list[tuple[str, bytes]]:
        """The hash and the zip of each layer."""

    @abstractmethod
    def write_log(self, stream: str, events: list[LogEvent]) -> None: ...
