"""The environment variables that the sandbox's processes are given: none that may hold a secret."""

import os
import sys

NAMES = {"HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ", "VIRTUAL_ENV"}
PREFIXES = ("COV", "DYLD_", "LC_", "MALLOC_", "PYTHON")
NO_AWS = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}


def without_secrets() -> dict[str, str]:
    """What Python needs, and whoever tests the sandbox itself; nothing else of the reader's."""
    known = {k: v for k, v in os.environ.items() if k in NAMES or k.startswith(PREFIXES)}
    return {"MALLOC_ARENA_MAX": "1"} | known  # one heap: Python's threads take turns at it anyway


def bare_environment(**more: str) -> dict[str, str]:
    """Only what Python itself needs. NO_PROXY also keeps macOS from asking for proxies."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LD_LIBRARY_PATH", "LANG")}
    return kept | NO_AWS | more


def shed_secrets() -> None:
    """Start anew without the reader's variables: whoever may look, sees those of the start."""
    if os.environ.keys() - without_secrets().keys():
        sys.stdout.flush()
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], without_secrets())
