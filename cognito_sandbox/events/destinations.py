"""Where to tell what became of records and of asynchronous invocations. (events contract 3.4, 6)"""

import uuid
from datetime import UTC, datetime
from typing import Any

from cognito_sandbox import clock
from cognito_sandbox.events import outbox, stream_records
from cognito_sandbox.events.batch import Batch
from cognito_sandbox.events.delivery import Delivery
from cognito_sandbox.events.mapping import Mapping
from cognito_sandbox.store.streams import Shard

INFO = {"kinesis": "KinesisBatchInfo", "dynamodb": "DDBStreamBatchInfo"}


def tell_of_lost_records(
    mapping: Mapping, shard: Shard, batch: Batch, condition: str, delivery: Delivery
) -> None:
    """Tell the mapping's on-failure destination of records that were given up."""
    if not mapping.on_failure:
        return
    record: dict[str, Any] = {
        "requestContext": {
            "requestId": delivery.request_id or str(uuid.uuid4()),
            "functionArn": mapping.function_arn,
            "condition": condition,
            "approximateInvokeCount": batch.tries,
        }
    }
    if condition != "RecordAgeExceeded":
        record["responseContext"] = {
            "statusCode": 200,
            "executedVersion": delivery.version,
            "functionError": "Unhandled" if delivery.failed else None,
        }
    record |= {"version": "1.0", "timestamp": iso(clock.now())}
    record[INFO[mapping.service]] = _batch_info(mapping, shard, batch)
    if ":s3:" not in mapping.on_failure:
        outbox.send(mapping.function_arn, mapping.on_failure, record)
        return
    lost = [stream_records.event_record(mapping, shard, each) for each in batch.records]
    folder = f"{mapping.id}/{shard.id}"
    whole = record | {"payload": {"Records": lost}}
    outbox.store(mapping.function_arn, mapping.on_failure, folder, whole)


def _batch_info(mapping: Mapping, shard: Shard, batch: Batch) -> dict[str, Any]:
    first, last = batch.records[0], batch.records[-1]
    show = iso if mapping.service == "kinesis" else iso_seconds
    return {
        "shardId": shard.id,
        "startSequenceNumber": str(first.sequence),
        "endSequenceNumber": str(last.sequence),
        "approximateArrivalOfFirstRecord": show(first.created),
        "approximateArrivalOfLastRecord": show(last.created),
        "batchSize": len(batch.records),
        "streamArn": mapping.source_arn,
    }


def iso(time: float) -> str:
    """With milliseconds: 2022-07-13T13:48:01.000Z."""
    stamp = datetime.fromtimestamp(time, UTC)
    return stamp.strftime("%Y-%m-%dT%H:%M:%S.") + f"{stamp.microsecond // 1000:03}Z"


def iso_seconds(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
