"""How often an asynchronous invocation is tried, and who is told. (events contract 6)"""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from cognito_sandbox.events import telling
from cognito_sandbox.store import functions

RETRIES, LONGEST_AGE = 2, 21_600
RULES = {"MaximumRetryAttempts": (0, RETRIES), "MaximumEventAgeInSeconds": (60, LONGEST_AGE)}
SUCCESS = (["sqs"], ["sns"], ["lambda"], ["events"])
PLACES = {"OnSuccess": SUCCESS, "OnFailure": (*SUCCESS, ["s3"])}
Place = tuple[str, str]  # a function's ARN, and the version or alias

_configs: dict[Place, "InvokeConfig"] = {}
_lock = threading.Lock()


class ConfigError(Exception):
    """A setting that AWS refuses; `kind` is AWS's name for it."""

    def __init__(self, message: str, kind: str = "InvalidParameterValueException") -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


@dataclass(frozen=True)
class InvokeConfig:
    """The settings of one function, version or alias, as the API names them."""

    place: Place
    settings: dict[str, Any] = field(default_factory=dict)
    modified: float = field(default_factory=time.time)

    @property
    def retries(self) -> int:
        return int(self.settings.get("MaximumRetryAttempts", RETRIES))

    @property
    def longest_age(self) -> int:
        return int(self.settings.get("MaximumEventAgeInSeconds", LONGEST_AGE))

    def destination(self, outcome: str) -> str | None:
        """Where to tell of an "OnSuccess" or "OnFailure"."""
        found = self.settings.get("DestinationConfig", {}).get(outcome, {}).get("Destination")
        return str(found) if found else None

    def described(self) -> dict[str, Any]:
        shown = {"LastModified": self.modified, "FunctionArn": ":".join(self.place)}
        destinations = {"OnSuccess": {}, "OnFailure": {}} | self.settings.get(
            "DestinationConfig", {}
        )
        return shown | self.settings | {"DestinationConfig": destinations}


def find(function_arn: str, qualifier: str) -> InvokeConfig:
    """The settings in force: what was put, or AWS's defaults."""
    return _configs.get((function_arn, qualifier)) or InvokeConfig((function_arn, qualifier))


def get(place: Place) -> InvokeConfig:
    """What was put."""
    if place not in _configs:
        text = f"The function {':'.join(place)} doesn't have an EventInvokeConfig"
        raise ConfigError(text, "ResourceNotFoundException")
    return _configs[place]


def put(place: Place, given: dict[str, Any], keep: bool) -> InvokeConfig:
    """Set all anew; or, to `keep` what is not given, change."""
    taken = {name: given[name] for name in (*RULES, "DestinationConfig") if given.get(name)}
    taken |= {name: given[name] for name in RULES if given.get(name) is not None}
    if not taken:
        raise ConfigError("You must specify at least one of error handling or destination setting.")
    _check(place[0], taken)
    with _lock:
        before = get(place).settings if keep else {}
        _configs[place] = InvokeConfig(place, before | taken)
        return _configs[place]


def delete(place: Place) -> None:
    with _lock:
        get(place)
        del _configs[place]


def delete_orphans() -> None:
    """Whose function, version or alias is gone, goes too."""
    with _lock:
        for place in list(_configs):
            if functions.find(":".join(place)) is None:
                del _configs[place]


def listed(function_arn: str) -> list[InvokeConfig]:
    """All settings of a function, whichever version they are for."""
    return [config for (arn, _), config in list(_configs.items()) if arn == function_arn]


def _check(function_arn: str, taken: dict[str, Any]) -> None:
    for name, (least, most) in RULES.items():
        if name in taken and not least <= taken[name] <= most:
            member = name[0].lower() + name[1:]
            bound, limit = ("greater", least) if taken[name] < least else ("less", most)
            raise ConfigError(
                f"1 validation error detected: Value '{taken[name]}' at '{member}' failed to "
                f"satisfy constraint: Member must have value {bound} than or equal to {limit}"
            )
    for outcome, told in taken.get("DestinationConfig", {}).items():
        arn = (told or {}).get("Destination")
        if arn and arn.split(":")[2:3] not in PLACES[outcome]:
            raise ConfigError(f"The destination ARN {arn} is invalid.")
        if arn == function_arn:
            raise ConfigError("You can't specify the function as a destination for itself.")
        if arn:
            _check_destination(arn, function_arn)


def _check_destination(arn: str, function_arn: str) -> None:
    try:
        telling.check_destination(arn, function_arn)
    except telling.TellingError as error:
        raise ConfigError(str(error)) from None
