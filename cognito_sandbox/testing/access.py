"""What a test needs of a sandbox: clients, the environment of code under test, the clock."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from cognito_sandbox.spelling import meant
from cognito_sandbox.testing.errors import TestingError

__tracebackhide__ = True
REGION = "us-east-1"


class Clock:
    """The sandbox's time: codes and tokens expire by it."""

    def __init__(self, ask: Callable[[dict[str, float] | None], Any]) -> None:
        self._ask = ask

    def now(self) -> float:
        """Seconds since 1970, as the sandbox has it."""
        return float(self._ask(None)["now"])

    def forward(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> None:
        """Move it forward, for all pools of this sandbox; it never goes back."""
        self._set({"forward": ((days * 24 + hours) * 60 + minutes) * 60 + seconds})

    def hurry(self, speed: float) -> None:
        """Have waits pass this much faster than in AWS (1: as there) until it is told otherwise.

        Those are Cognito's patience with a trigger, retries, windows and schedules.
        """
        self._set({"speed": speed})

    def _set(self, order: dict[str, float]) -> None:
        try:
            self._ask(order)
        except urllib.error.HTTPError as refused:
            raise TestingError(json.load(refused)["message"]) from None


class Access(ABC):
    """The ways to reach a sandbox, whoever started it."""

    access_key: str
    secret_key: str
    region = REGION

    @property
    @abstractmethod
    def endpoint(self) -> str:
        """The address, such as http://127.0.0.1:40123."""

    def __init__(self, folders: list[Path] | None = None) -> None:
        self.folders = folders or [Path.cwd()]  # where paths of code start
        self.client: Callable[[str], Any] = cache(self._client)
        self.clock = Clock(lambda order: self.ask("clock", order))
        self.roles: dict[str, str] = {}  # made so far: their ARNs, by their statements

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which any AWS SDK talks to this sandbox, and to nothing else."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    @cached_property
    def _core(self) -> Any:
        """Made without a look at anybody's AWS configuration or variables."""
        import botocore.session
        from botocore.config import Config
        from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES as VARIABLES

        unset = {name: (None, None, *rest) for name, (_, _, *rest) in VARIABLES.items()}
        nowhere = (None, None, os.devnull, None)
        unset |= {"config_file": nowhere, "credentials_file": nowhere}
        core = botocore.session.Session(session_vars=unset)
        core.set_default_client_config(Config(proxies={}, max_pool_connections=40))
        return core

    @cached_property
    def _session(self) -> Any:
        import boto3

        return boto3.Session(self.access_key, self.secret_key, None, self.region, self._core)

    def _client(self, service: str) -> Any:
        from botocore.exceptions import UnknownServiceError

        try:
            self._core.get_service_model(service)  # is read while the sandbox still starts
        except UnknownServiceError:
            instead = meant(service, self._core.get_available_services()) or "."
            raise TestingError(f'boto3 has no service "{service}"{instead}') from None
        return self._session.client(service, endpoint_url=self.endpoint)

    def ask(self, page: str, order: Mapping[str, Any] | None = None, **query: str) -> Any:
        """What a page of the sandbox's own says; with an order, once it is done."""
        request = urllib.request.Request(
            f"{self.endpoint}/_sandbox/{page}?{urllib.parse.urlencode(query)}",
            None if order is None else json.dumps(order).encode(),
            {
                "Authorization": f"Bearer {self.access_key}",
                "Content-Type": "application/json",  # so that refusals are JSON, too
            },
        )
        without_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with without_proxy.open(request) as response:
            return json.load(response)
