"""Queues by themselves: who reads and who changes them at once."""

import subprocess
import sys

import pytest

QUEUE = """
import threading, time
from moto.sqs.models import SQSBackend, sqs_backends
from cognito_sandbox.patches import queues
from cognito_sandbox.store.queues import taking
looks = []
receive = SQSBackend.receive_message
SQSBackend.receive_message = lambda *given: looks.append(1) or receive(*given)
queues.install("http://localhost")
backend = sqs_backends["123456789012"]["us-east-1"]
backend.create_queue("q.fifo", None, FifoQueue="true", ContentBasedDeduplication="true")
for body in ("first", "second"):
    backend.send_message("q.fifo", body, group_id="group")
(first,) = backend.receive_message("q.fifo", 1, 0, 30)
"""
WAITS_FOR_WHO_READS = """
change = threading.Thread(target=lambda: backend.{change})
with taking:
    change.start()
    change.join(0.3)
    print(change.is_alive())
change.join()
"""
WAITS_FOR_ITS_GROUP = """
looks.clear()
assert backend.receive_message("q.fifo", 1, 1, 30) == []
print(len(looks) <= 25)
threading.Timer(0.3, backend.delete_message, ("q.fifo", first.receipt_handle)).start()
(second,) = backend.receive_message("q.fifo", 1, 20, 30)
print(second.body)
"""


def shown(code: str) -> list[str]:
    """What is printed by a process of its own, with moto's queues as the sandbox has them."""
    done = subprocess.run([sys.executable, "-c", QUEUE + code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    "change",
    ["purge_queue('q.fifo')", "change_message_visibility('q.fifo', first.receipt_handle, 0)"],
)
def test_who_changes_a_queue_waits_for_who_reads_it(change: str) -> None:
    assert shown(WAITS_FOR_WHO_READS.format(change=change)) == ["True"]


def test_who_waits_for_a_group_looks_now_and_then() -> None:
    assert shown(WAITS_FOR_ITS_GROUP) == ["True", "second"]
