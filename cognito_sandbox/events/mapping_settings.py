"""Settings of event source mappings: defaults, and what AWS refuses. (events contract 1.1, 1.3)"""

from typing import Any

from cognito_sandbox import clock
from cognito_sandbox.events import patterns, telling
from cognito_sandbox.events.mapping import MappingError, Settings

LARGEST_BATCH = 10_000
STARTS = ("LATEST", "AT_TIMESTAMP", "TRIM_HORIZON")
COMMON: dict[str, Any] = {"FunctionResponseTypes": [], "MaximumBatchingWindowInSeconds": 0}
OF_QUEUES = COMMON | {"BatchSize": 10}
OF_STREAMS = COMMON | {
    "BatchSize": 100,
    "BisectBatchOnFunctionError": False,
    "DestinationConfig": {"OnFailure": {}},
    "MaximumRecordAgeInSeconds": -1,
    "MaximumRetryAttempts": -1,
    "ParallelizationFactor": 1,
    "StartingPosition": None,
    "TumblingWindowInSeconds": 0,
}
ONLY_WHEN_GIVEN = ("FilterCriteria", "ScalingConfig", "StartingPositionTimestamp")
RANGES = {
    "MaximumBatchingWindowInSeconds": range(301),
    "MaximumRecordAgeInSeconds": range(-1, 604_801),
    "MaximumRetryAttempts": range(-1, 10_001),
    "ParallelizationFactor": range(1, 11),
    "TumblingWindowInSeconds": range(901),
}
BUT = {"MaximumRecordAgeInSeconds": range(60)}  # where -1 is no limit
FILTERS = 5


def settings(source_arn: str, given: Settings, before: Settings | None = None) -> dict[str, Any]:
    """The settings of a new mapping, or of one that is changed, once they are checked."""
    service = source_arn.split(":")[2]
    defaults = OF_QUEUES if service == "sqs" else OF_STREAMS
    known = {*defaults, *ONLY_WHEN_GIVEN}
    ignored = {"EventSourceArn", "FunctionName", "Enabled", "UUID", "Tags"}
    for name in ("StartingPosition", "StartingPositionTimestamp"):
        if service == "sqs" and given.get(name):
            raise MappingError(f"{name} is not valid for SQS event sources.")
    for name, value in given.items():
        if name not in known | ignored and value not in (None, [], {}):
            raise MappingError(f"The sandbox has no {name} for {service}.")
    taken = {name: value for name, value in given.items() if name in known and value is not None}
    _check_destination(given)
    found = {**defaults, **(before or {}), **taken}
    if not found.get("FilterCriteria", {}).get("Filters"):
        found.pop("FilterCriteria", None)
    if not found.get("ScalingConfig"):
        found.pop("ScalingConfig", None)
    _check(source_arn, found)
    return found


def _check(source_arn: str, found: Settings) -> None:
    _check_numbers(found)
    _check_filters(found.get("FilterCriteria", {}).get("Filters", []))
    if ":sqs:" in source_arn:
        _check_queue(source_arn, found)
    else:
        _check_stream(source_arn, found)


def _check_numbers(found: Settings) -> None:
    if not 1 <= int(found["BatchSize"]) <= LARGEST_BATCH:
        raise MappingError(
            f"1 validation error detected: Value '{found['BatchSize']}' at 'batchSize' failed to "
            f"satisfy constraint: Member must have value less than or equal to {LARGEST_BATCH}"
        )
    for name, allowed in RANGES.items():
        if name not in found:
            continue
        value = int(found[name])
        if value not in allowed or value in BUT.get(name, ()):
            member = name[0].lower() + name[1:]
            raise MappingError(
                f"1 validation error detected: Value '{value}' at '{member}' failed to "
                f"satisfy constraint: Member must have value between {min(allowed)} and "
                f"{max(allowed)}"
            )


def _check_destination(given: Settings) -> None:
    lost = ((given.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    if not lost:
        return
    if lost.split(":")[2:3] not in (["sqs"], ["sns"], ["s3"]):
        raise MappingError(
            f"The sandbox cannot tell {lost} of failures. Use a queue, a topic or a bucket."
        )
    if not telling.is_place(lost):
        raise MappingError(
            f"There is no bucket, standard queue or topic {lost} to tell of failures."
        )


def _check_filters(filters: list[dict[str, str]]) -> None:
    if len(filters) > FILTERS:
        raise MappingError(f"A mapping has at most {FILTERS} filters.")
    for each in filters:
        try:
            patterns.parse(each.get("Pattern", ""))
        except patterns.PatternError:
            raise MappingError("Invalid filter pattern definition.") from None


def _check_queue(source_arn: str, found: Settings) -> None:
    is_fifo, window = source_arn.endswith(".fifo"), found["MaximumBatchingWindowInSeconds"]
    if found["BatchSize"] > 10 and is_fifo:
        raise MappingError("A FIFO queue's batch has at most 10 messages.")
    if window and is_fifo:
        raise MappingError("A FIFO queue has no batching window.")
    if found["BatchSize"] > 10 and not window:
        raise MappingError(
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is "
            "greater than 10"
        )


def _check_timestamp(start: str, timestamp: float | None) -> None:
    if (start == "AT_TIMESTAMP") is (timestamp is None):
        told = "AT_TIMESTAMP needs" if timestamp is None else f"{start} takes no"
        raise MappingError(f"{told} StartingPositionTimestamp.")
    if timestamp is not None and float(timestamp) > clock.now():
        raise MappingError("StartingPositionTimestamp lies in the future.")


def _check_stream(source_arn: str, found: Settings) -> None:
    start = found["StartingPosition"]
    told = "1 validation error detected: Value {} at 'startingPosition' failed to satisfy "
    if start is None:
        raise MappingError(told.format("null") + "constraint: Member must not be null.")
    if start not in STARTS:
        text = told.format(f"'{start}'") + "constraint: Member must satisfy enum value set: "
        raise MappingError(text + f"[{', '.join(STARTS)}]", "ValidationException")
    if start == "AT_TIMESTAMP" and ":dynamodb:" in source_arn:
        raise MappingError(f"Unsupported starting position for arn type: {source_arn}")
    _check_timestamp(start, found.get("StartingPositionTimestamp"))
    if "ScalingConfig" in found:
        raise MappingError(
            "Unsupported ScalingConfig parameter for given event source mapping type."
        )
    if found["DestinationConfig"].get("OnSuccess", {}).get("Destination"):
        raise MappingError(
            "Unsupported DestinationConfig parameter for given event source mapping type."
        )
