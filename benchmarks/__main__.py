"""`python -m benchmarks`: all ratios in one table, measured in this one run."""

import os
import platform
import sys
from datetime import UTC, datetime

from benchmarks import (
    first_test,
    growth,
    known_users,
    memory,
    notebooks,
    plugin,
    queues,
    sandbox,
    srp,
)
from benchmarks.rows import HEAD


def main() -> int:
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    print(f"{now}, Python {platform.python_version()}, {os.cpu_count()} cores\n{HEAD}", flush=True)
    good = True
    for part in (sandbox, srp, plugin, first_test, growth, known_users, memory, notebooks, queues):
        for row in part.rows():
            print(row, flush=True)
            good &= row.good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
