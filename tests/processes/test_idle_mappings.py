"""Mappings cost nothing while there is nothing, wake at once, and leave nothing behind."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest
from event_sources import Line, Source, feed
from harness import Aws, eventually
from test_faults import alive, descendants

from cognito_sandbox import Sandbox
from cognito_sandbox.lambdas.processes import children

STAMPING = "import time\ndef handler(event, context):\n    print('at', time.time())\n"
TICKS = os.sysconf("SC_CLK_TCK")
LINUX = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")


@pytest.fixture
def own() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def cpu_seconds(process: int) -> float:
    """What a process and its children have used so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    used = (int(fields[11]) + int(fields[12])) / TICKS
    return used + sum(map(cpu_seconds, children(process)))


def states(aws: Aws) -> set[str]:
    listed = aws.lambdas.list_event_source_mappings()["EventSourceMappings"]
    return {mapping["State"] for mapping in listed}


@LINUX
def test_ten_idle_mappings_use_less_than_a_hundredth_of_a_processor(own: Sandbox) -> None:
    aws = Aws(own.endpoint, own.access_key)
    function = aws.function(STAMPING)
    for number in range(8):
        Line(aws, f"queue-{number}", VisibilityTimeout="9").feed(function)
    Source(aws, "kinesis", "stream").feed(function)
    Source(aws, "dynamodb", "table").feed(function)
    assert eventually(lambda: states(aws) == {"Enabled"})
    assert eventually(lambda: aws.get("/_sandbox/health")["status"] == "ready")
    used, seconds = cpu_seconds(own._process.pid), 3.0
    time.sleep(seconds)
    assert cpu_seconds(own._process.pid) - used < seconds / 100


def test_a_message_reaches_its_function_within_20_milliseconds(aws: Aws) -> None:
    """Where others keep the machine busy, the quickest does, and most are as near to a call."""
    function, line = aws.function(STAMPING), Line(aws, "quick", VisibilityTimeout="9")
    line.feed(function)

    def came() -> list[float]:
        return [float(text.split()[1]) for text in function.log() if text.startswith("at ")]

    def seconds(start: Callable[[], object]) -> float:
        before, started = len(came()), time.time()
        start()
        assert eventually(lambda: len(came()) > before)
        return max(came()) - started

    pairs = [(seconds(lambda: line.send("now")), seconds(function.invoke)) for _ in range(12)]
    sent, called = zip(*pairs[2:], strict=True)
    assert min(sent) < 0.020
    assert median(sent) - median(called) < 0.020


@LINUX
def test_a_server_that_is_killed_leaves_no_process(own: Sandbox) -> None:
    aws = Aws(own.endpoint, own.access_key)
    function = aws.function(
        "import time\ndef handler(event, context):\n    time.sleep(60)\n", Timeout=90
    )
    line = Line(aws, "slow", VisibilityTimeout="99")
    feed(aws, line.arn, function)
    line.send("now")
    assert eventually(lambda: aws.get("/_sandbox/runs", function=function.name))
    assert eventually(lambda: len(descendants(own._process.pid)) >= 2)
    everybody = descendants(own._process.pid)
    os.kill(own._process.pid, signal.SIGKILL)
    own._process.wait()
    assert eventually(lambda: not any(map(alive, everybody)))
