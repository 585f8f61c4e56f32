"""A thousand messages through a mapping, beside MiniStack: where its command `ministack` is found.

It is no dependency: install ministack==1.5.33 into an environment of its own, put that on PATH.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.rows import Row
from benchmarks.sandbox import NOTHING, client, function, started, wait_for

MESSAGES, BATCH, AT_ONCE, ROUNDS = 1_000, 10, 10, 3


@contextmanager
def ministack(command: str, port: int = 5877) -> Iterator[str]:
    environment = os.environ | {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port)}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([command], env=environment, stdout=quiet, stderr=quiet)
    endpoint = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{endpoint}/_ministack/health", process)
        yield endpoint
    finally:
        process.terminate()
        process.wait()


def seconds_for_all(endpoint: str, name: str) -> float:
    """From the mapping's start until the queue, filled before, is empty."""
    sqs, lambdas = client("sqs", endpoint), client("lambda", endpoint)
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    numbers = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    for start in range(0, MESSAGES, AT_ONCE):
        entries = [{"Id": str(n), "MessageBody": f"{start + n}"} for n in range(AT_ONCE)]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    function(endpoint, name, NOTHING)
    begun = time.perf_counter()
    lambdas.create_event_source_mapping(
        EventSourceArn=arn["QueueArn"], FunctionName=name, BatchSize=BATCH
    )
    while any(
        int(left)
        for left in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=numbers)[
            "Attributes"
        ].values()
    ):
        time.sleep(0.01)
    return time.perf_counter() - begun


def rows() -> Iterator[Row]:
    command = shutil.which("ministack")
    if not command:
        return
    with ministack(command) as other, started() as sandbox:
        pairs = [
            (seconds_for_all(sandbox.endpoint, f"q{n}"), seconds_for_all(other, f"q{n}"))
            for n in range(ROUNDS)
        ]
    yield Row("1,000 messages through a mapping, against MiniStack", pairs, 0.5)
