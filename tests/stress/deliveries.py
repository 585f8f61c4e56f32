"""Records of streams through a function that fails a tenth of the time: none is lost, order holds.

python tests/stress/deliveries.py [--records N]: for Kinesis and DynamoDB, told as a count; and as
many messages of a queue.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import queue_deliveries
from event_sources import Line, feed
from harness import Aws, Function, eventually

from cognito_sandbox import Sandbox

FAILING = """
import random
def handler(event, context):
    if random.random() < 0.1:
        raise RuntimeError("one in ten")
"""
SPEED, BATCH, AT_ONCE = 100, 10, 25
PATIENCE = 300  # seconds
INFO = {"kinesis": "KinesisBatchInfo", "dynamodb": "DDBStreamBatchInfo"}


def send(put: Callable[[range], None], count: int) -> None:
    """Have so many records put by eight at once."""
    parts = [range(start, min(start + AT_ONCE, count)) for start in range(0, count, AT_ONCE)]
    with ThreadPoolExecutor(queue_deliveries.SENDERS) as senders:
        list(senders.map(put, parts))


def fill_stream(aws: Aws, count: int) -> str:
    """A Kinesis stream of two shards; its ARN."""
    api = aws.client("kinesis")
    api.create_stream(StreamName="records", ShardCount=2)

    def put(numbers: range) -> None:
        records = [
            {"Data": str(number).encode(), "PartitionKey": f"key-{number % 7}"}
            for number in numbers
        ]
        api.put_records(StreamName="records", Records=records)

    send(put, count)
    return str(api.describe_stream(StreamName="records")["StreamDescription"]["StreamARN"])


def fill_table(aws: Aws, count: int) -> str:
    """A table with a stream; the stream's ARN."""
    api = aws.client("dynamodb")
    made = api.create_table(
        TableName="records",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )

    def put(numbers: range) -> None:
        puts = [{"PutRequest": {"Item": {"id": {"N": str(number)}}}} for number in numbers]
        api.batch_write_item(RequestItems={"records": puts})

    send(put, count)
    return str(made["TableDescription"]["LatestStreamArn"])


FILL = {"kinesis": fill_stream, "dynamodb": fill_table}


class Watched:
    """What became of the records of one source: their shards, and their numbers in order."""

    def __init__(self, aws: Aws, kind: str, count: int) -> None:
        self.aws, self.kind, self.count = aws, kind, count
        self.lost_ones = Line(aws, f"lost-{kind}")
        self.function: Function = aws.function(FAILING)
        source = FILL[kind](aws, count)
        lost = {"OnFailure": {"Destination": self.lost_ones.arn}}
        feed(
            aws,
            source,
            self.function,
            StartingPosition="TRIM_HORIZON",
            BatchSize=BATCH,
            MaximumRetryAttempts=1,
            DestinationConfig=lost,
        )
        self.processed: defaultdict[str, list[int]] = defaultdict(list)
        self.lost: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self.number_lost = 0
        self._seen: set[float] = set()

    def wait(self) -> None:
        assert eventually(self._is_done, PATIENCE), self.told()

    def _is_done(self) -> bool:
        self._collect()
        return self.number_processed + self.number_lost >= self.count

    @property
    def number_processed(self) -> int:
        return sum(map(len, self.processed.values()))

    def _collect(self) -> None:
        """The sandbox keeps the newest runs only, so they are looked at while they come."""
        for run in self.aws.get("/_sandbox/runs", function=self.function.name):
            if run["milliseconds"] is None or run["started"] in self._seen:
                continue
            self._seen.add(run["started"])
            if run["error"] is None:
                for shard, number in self._places(json.loads(run["event"])["Records"]):
                    self.processed[shard].append(number)
        for info in self._told_as_lost():
            self.number_lost += info["batchSize"]
            first, last = int(info["startSequenceNumber"]), int(info["endSequenceNumber"])
            self.lost[info["shardId"]].append((first, last))

    def _places(self, records: list[dict[str, Any]]) -> Iterator[tuple[str, int]]:
        for record in records:
            if self.kind == "kinesis":
                shard = record["eventID"].partition(":")[0]
                yield shard, int(record["kinesis"]["sequenceNumber"])
            else:
                yield "table", int(record["dynamodb"]["SequenceNumber"])

    def _told_as_lost(self) -> Iterator[dict[str, Any]]:
        line = self.lost_ones
        while found := line.sqs.receive_message(QueueUrl=line.url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in found:
                line.sqs.delete_message(QueueUrl=line.url, ReceiptHandle=message["ReceiptHandle"])
                yield json.loads(message["Body"])[INFO[self.kind]]

    def check(self) -> None:
        """Each record once, and in order within its shard."""
        assert self.number_processed + self.number_lost == self.count, self.told()
        for numbers in self.processed.values():
            assert all(one < other for one, other in pairwise(numbers)), "order"
        for shard, ranges in self.lost.items():
            done = self.processed[shard if self.kind == "kinesis" else "table"]
            assert not any(first <= number <= last for first, last in ranges for number in done)

    def told(self) -> str:
        return (
            f"{self.kind}: {self.count} records, {self.number_processed} processed, "
            f"{self.number_lost} in the on-failure destination"
        )


def deliver(kind: str, count: int) -> str:
    """What came of so many records, once it is checked."""
    with Sandbox(speed=SPEED) as sandbox:
        start = time.monotonic()
        watched = Watched(Aws(sandbox.endpoint, sandbox.access_key), kind, count)
        watched.wait()
        watched.check()
        return f"{watched.told()}, in order, {time.monotonic() - start:.1f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=2_000)
    chosen = parser.parse_args()
    print(queue_deliveries.deliver(chosen.records), flush=True)
    for kind in FILL:
        print(deliver(kind, chosen.records), flush=True)


if __name__ == "__main__":
    main()
