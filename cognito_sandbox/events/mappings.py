"""The event source mappings that there are, and what runs them. (events contract 1)"""

import threading
from collections.abc import Callable, Sequence

from cognito_sandbox.events import mapping_settings, mapping_sources
from cognito_sandbox.events.mapping import Mapping, MappingError, Settings
from cognito_sandbox.events.poller import Poller
from cognito_sandbox.events.queue_poller import QueuePoller
from cognito_sandbox.events.stream_poller import StreamPoller
from cognito_sandbox.store import queues, streams

SOON = 0.05  # seconds that a change of state takes; in AWS up to a minute
SOURCES = (["sqs"], ["kinesis"], ["dynamodb"])
NO_FUNCTION = MappingError("Function does not exist")
NO_STREAM = "PROBLEM: Stream not found"
GONE = MappingError("The resource you requested does not exist.", "ResourceNotFoundException")

_mappings: dict[str, Mapping] = {}
_pollers: dict[str, Poller] = {}
_lock = threading.RLock()


def create(function_arn: str | None, given: Settings) -> Mapping:
    """Make a mapping, and start it."""
    source = str(given.get("EventSourceArn") or "")
    if source.split(":")[2:3] not in SOURCES:
        named = _foreign(given)
        told = f" The sandbox has no {named}. Use SQS, Kinesis or DynamoDB." if named else ""
        raise MappingError(f"Unrecognized event source.{told}")
    if not function_arn:
        raise NO_FUNCTION
    found = mapping_settings.settings(source, given)
    made = Mapping(source, function_arn, found, tags=dict(given.get("Tags") or {}))
    with _lock:
        _refuse_twins(made)
        mapping_sources.check(made)
        mapping_sources.check_role(function_arn, source)
        _mappings[made.id] = made
        if given.get("Enabled") is False:
            made.state = "Disabled"
        else:
            _start(made)
            _soon(made, "Enabled")
    return made


def _foreign(given: Settings) -> str:
    """What is named as the source that is none here."""
    itself = "Apache Kafka of your own" if given.get("SelfManagedEventSource") else ""
    return str(given.get("EventSourceArn") or itself)


def get(mapping_id: str) -> Mapping:
    """The mapping of this id."""
    with _lock:
        if mapping_id not in _mappings:
            raise GONE
        return _mappings[mapping_id]


def listed(source_arn: str | None, function_arn: str | None) -> Sequence[Mapping]:
    """All mappings, or those of a source, a function, or both."""
    with _lock:
        return [
            each
            for each in _mappings.values()
            if (not source_arn or each.source_arn == source_arn)
            and (not function_arn or each.function_arn == function_arn)
        ]


def update(mapping_id: str, function_arn: str | None, given: Settings) -> Mapping:
    """Change a mapping; a stream's keeps its place."""
    with _lock:
        changed = get(mapping_id)
        if "StartingPosition" in given:
            raise MappingError("StartingPosition cannot be changed.")
        settings = mapping_settings.settings(changed.source_arn, given, changed.settings)
        enabled = given.get("Enabled")
        runs = changed.id in _pollers if enabled is None else bool(enabled)
        if runs:
            mapping_sources.check_there(changed)
        if given.get("FunctionName"):
            if not function_arn:
                raise NO_FUNCTION
            mapping_sources.check_role(function_arn, changed.source_arn)
            changed.function_arn = function_arn
        changed.change(settings)
        _change_state(changed, runs)
        return changed


def defaults(mapping: Mapping) -> dict[str, object]:
    """What may be changed of it, as it is if nobody says otherwise."""
    usual = mapping_settings.OF_QUEUES if mapping.is_queue else mapping_settings.OF_STREAMS
    return {"FilterCriteria": {}, "ScalingConfig": {}} | {
        name: value for name, value in usual.items() if name != "StartingPosition"
    }


def lose(stream_arn: str) -> None:
    """A stream is gone: what its mappings know of it is worth nothing with another of its name."""
    with _lock:
        for loser in listed(stream_arn, None):
            if loser.id in _pollers:
                _pollers[loser.id].stop()
            loser.positions, loser.last_result = {}, NO_STREAM


def _change_state(changed: Mapping, runs: bool) -> None:
    ran = changed.id in _pollers
    _stop(changed)
    if runs:
        _start(changed)
    changed.state = "Updating" if runs == ran else ("Enabling" if runs else "Disabling")
    _soon(changed, "Enabled" if runs else "Disabled")


def delete(mapping_id: str) -> Mapping:
    """Stop a mapping, and forget it in a moment."""
    with _lock:
        ended = get(mapping_id)
        _stop(ended)
        ended.state = "Deleting"
        _later(lambda: _mappings.pop(mapping_id, None))
        return ended


def _start(mapping: Mapping) -> None:
    poller: Poller
    if mapping.is_queue:
        queue = queues.find(mapping.source_arn)
        assert queue
        poller = QueuePoller(mapping, queue)
    else:
        stream = streams.find(mapping.source_arn)
        assert stream
        poller = StreamPoller(mapping, stream)
    _pollers[mapping.id] = poller
    poller.start()


def _stop(mapping: Mapping) -> None:
    poller = _pollers.pop(mapping.id, None)
    if poller:
        poller.stop()


def _soon(mapping: Mapping, state: str) -> None:
    def settle() -> None:
        if mapping.state != "Deleting":
            mapping.state = state

    _later(settle)


def _later(change: Callable[[], object]) -> None:
    def apply() -> None:
        with _lock:
            change()

    timer = threading.Timer(SOON, apply)
    timer.daemon = True
    timer.start()


def _refuse_twins(made: Mapping) -> None:
    for other in _mappings.values():
        if (other.source_arn, other.function_arn) != (made.source_arn, made.function_arn):
            continue
        name = ":".join(made.function_arn.split(":")[6:])  # with its alias, if it has one
        if made.is_queue:
            text = f'An event source mapping with SQS arn (" {made.source_arn} ") and function '
            text += f'(" {name} ") already exists. '
        else:
            text = f'The event source arn (" {made.source_arn} ") and function (" {name} ") '
            text += "provided mapping already exists. "
        text += f"Please update or delete the existing mapping with UUID {other.id}"
        raise MappingError(text, "ResourceConflictException")
