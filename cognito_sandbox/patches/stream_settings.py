"""What Kinesis refuses of streams and records, and mappings that hear of a stream's end.

moto takes a single record of any size, and what it has no place for in a new stream; when it
divides or joins shards, it writes their records once more.
"""

import base64
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.kinesis.models import KinesisBackend, Stream
from moto.kinesis.responses import KinesisResponse

from cognito_sandbox.events import mappings
from cognito_sandbox.patches import failures
from cognito_sandbox.store import needs

NEEDS = (
    "moto.core.exceptions:JsonRESTError",
    "moto.kinesis.models:KinesisBackend.add_tags_to_stream",
    "moto.kinesis.models:KinesisBackend.delete_stream",
    "moto.kinesis.models:KinesisBackend.put_record",
    "moto.kinesis.models:Stream.merge_shards",
    "moto.kinesis.models:Stream.split_shard",
    "moto.kinesis.models:Stream.update_shard_count",
    "moto.kinesis.responses:KinesisResponse.create_stream",
)
NOT_HERE = ("MaxRecordSizeInKiB", "RecordDistributionStrategy", "WarmThroughputMiBps")
LARGEST = 1_048_576  # bytes of a record, with its key
MOST_SHARDS = 20_000
create, delete, put, resize = (
    KinesisResponse.create_stream,
    KinesisBackend.delete_stream,
    KinesisBackend.put_record,
    Stream.update_shard_count,
)


def install() -> None:
    """Put the sandbox's checks before what moto does."""
    needs.check(NEEDS)
    KinesisResponse.create_stream = _create
    KinesisBackend.delete_stream = _delete
    KinesisBackend.put_record = _put
    Stream.merge_shards = Stream.split_shard = _reshard
    Stream.update_shard_count = _resize


@failures.hands_on
def _create(response: KinesisResponse) -> ActionResult:
    for name in NOT_HERE:
        if response._get_param(name) is not None:
            raise NotImplementedError(f"The sandbox does not have a stream's {name}. Leave it out.")
    _check_count("shardCount", response._get_param("ShardCount", 1))
    answer = create(response)
    tags, name = response._get_param("Tags"), response._get_param("StreamName")
    response.kinesis_backend.add_tags_to_stream(None, name, tags or {})
    return answer


def _check_count(member: str, count: object) -> None:
    """moto waits for less than one shard for ever, and for many takes all of the memory."""
    if not isinstance(count, int):
        return
    if count < 1:
        raise JsonRESTError(
            "ValidationException",
            f"1 validation error detected: Value '{count}' at '{member}' failed to satisfy "
            "constraint: Member must have value greater than or equal to 1",
        )
    if count > MOST_SHARDS:
        told = f"This request would exceed the shard limit of {MOST_SHARDS} for the account."
        raise JsonRESTError("LimitExceededException", told)


@failures.hands_on
def _resize(stream: Stream, target_shard_count: object) -> None:
    _check_count("targetShardCount", target_shard_count)
    resize(stream, target_shard_count)


def _reshard(stream: Stream, *_: str) -> None:
    told = "The sandbox neither divides nor joins shards."
    raise NotImplementedError(f"{told} Make a stream with as many as it is to have.")


@failures.hands_on
def _delete(backend: KinesisBackend, stream_arn: str | None, stream_name: str | None) -> Stream:
    deleted = delete(backend, stream_arn, stream_name)
    mappings.lose(deleted.arn)
    return deleted


@failures.hands_on
def _put(
    backend: KinesisBackend,
    stream_arn: str | None,
    stream_name: str | None,
    partition_key: str | None,
    explicit_hash_key: str | None,
    data: str,
) -> Any:
    if len(base64.b64decode(data)) + len((partition_key or "").encode()) > LARGEST:
        raise JsonRESTError(
            "ValidationException",
            "1 validation error detected: Value at 'data' failed to satisfy constraint: Member "
            f"must have length less than or equal to {LARGEST}",
        )
    return put(backend, stream_arn, stream_name, partition_key, explicit_hash_key, data)
