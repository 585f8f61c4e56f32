"""An event source mapping: its settings, and how AWS shows it. (events contract 1)"""

import time
import uuid
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from typing import Any

from cognito_sandbox.events import patterns

Settings = ReadOnly[str, Any]  # members as in Lambda's API


class MappingError(Exception):
    """A setting that AWS refuses, or that the sandbox does not have."""

    def __init__(self, message: str, kind: str = "InvalidParameterValueException") -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


@dataclass
class Mapping:
    """One event source mapping; it keeps the settings as the API names them."""

    source_arn: str
    function_arn: str
    settings: dict[str, Any]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "Creating"
    tags: dict[str, str] = field(default_factory=dict)
    modified: float = field(default_factory=time.time)
    last_result: str = "No records processed"
    positions: dict[tuple[str, int], int] = field(default_factory=dict)  # what streams are read to

    @property
    def service(self) -> str:
        return self.source_arn.split(":")[2]

    @property
    def is_queue(self) -> bool:
        return self.service == "sqs"

    @property
    def reports_items(self) -> bool:
        """May the function say which records failed?"""
        return "ReportBatchItemFailures" in self.settings["FunctionResponseTypes"]

    @property
    def filters(self) -> list[patterns.Pattern]:
        listed = self.settings.get("FilterCriteria", {}).get("Filters", [])
        return [patterns.parse(each["Pattern"]) for each in listed]

    def number(self, name: str) -> int:
        return int(self.settings[name])

    @property
    def on_failure(self) -> str | None:
        """Where to tell of records that were given up."""
        arn = self.settings.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        return str(arn) if arn else None

    def change(self, settings: dict[str, Any]) -> None:
        """Go by new settings; with other lanes, each goes on where the slowest of its shard was."""
        lanes = settings.get("ParallelizationFactor", 1)
        if lanes != self.settings.get("ParallelizationFactor", 1):
            slowest: dict[str, int] = {}
            for (shard, _), position in self.positions.items():
                slowest[shard] = min(position, slowest.get(shard, position))
            self.positions = {
                (shard, lane): position
                for shard, position in slowest.items()
                for lane in range(lanes)
            }
        self.settings, self.modified = settings, time.time()

    def described(self) -> dict[str, Any]:
        """As Lambda's API shows it."""
        _, _, _, region, account, *_ = self.function_arn.split(":")
        shown = {
            "UUID": self.id,
            "EventSourceArn": self.source_arn,
            "EventSourceMappingArn": (
                f"arn:aws:lambda:{region}:{account}:event-source-mapping:{self.id}"
            ),
            "FunctionArn": self.function_arn,
            "LastModified": self.modified,
            "State": self.state,
            "StateTransitionReason": "USER_INITIATED" if self.is_queue else "User action",
        }
        if not self.is_queue:
            shown["LastProcessingResult"] = self.last_result
        return shown | self.settings
