"""The memory that one reader takes, and the sandbox of it beside plain moto's server."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks import notebooks
from benchmarks.rows import Row
from benchmarks.sandbox import app_client, client, function, plain_moto, started

BOTO3 = (
    "import boto3\nclient = boto3.client('dynamodb')\ndef handler(event, context): return event\n"
)


def megabytes(process: int) -> float:
    """The memory of a process and its children; what they share counts once."""
    found = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True)
    children = map(int, found.stdout.split())
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    pss = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(pss.split()[1]) / 1024 + sum(map(megabytes, children))


def after(cells: list[str]) -> float:
    """Megabytes of a kernel that ran these cells, with all that it started."""
    with notebooks.kernel() as (process, client):
        for source in cells:
            client.execute_interactive(source, output_hook=lambda _: None, timeout=60)
        return megabytes(process)


def rows() -> Iterator[Row]:
    """The sandbox with a worker, and a reader's whole notebook; Linux only."""
    if not Path("/proc/self/smaps_rollup").exists():
        return
    with plain_moto() as moto, started() as sandbox:
        for endpoint in (moto, sandbox.endpoint):
            client("cloudformation", endpoint).list_stacks()
        app_client(sandbox.endpoint, function(sandbox.endpoint, "worker", BOTO3))()
        app_client(moto)()
        pairs = [(megabytes(sandbox._process.pid), megabytes(_listening(moto)))]
    yield Row("memory with a worker, against moto's server alone", pairs, 1.5, "MB")
    pairs = [(after(notebooks.sources(notebooks.TUTORIALS[0])), after([notebooks.IMPORTS]))]
    yield Row("a reader's kernel and sandbox, against imports alone", pairs, 3.5, "MB")


def _listening(endpoint: str) -> int:
    """The child of this process that is moto's server."""
    port = endpoint.rpartition(":")[2]
    command = ["pgrep", "-P", str(os.getpid()), "-f", f"moto.server -p {port}"]
    return int(subprocess.run(command, capture_output=True, text=True).stdout)
