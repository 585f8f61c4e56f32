"""How long a session of pytest takes to the first test that has a user pool."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rows import Row

CONFTEST = """
import time

def pytest_sessionstart(session):
    session.config.started = time.time()
"""
OURS = """
import time

def test_first(user_pool, request):
    print("seconds:", time.time() - request.config.started)
"""
MOTOS = """
import time

def test_first(request):
    import boto3
    from moto import mock_aws

    with mock_aws():
        place = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
        cognito = boto3.client("cognito-idp", region_name="us-east-1", **place)
        pool = cognito.create_user_pool(PoolName="pool")["UserPool"]
        cognito.create_user_pool_client(UserPoolId=pool["Id"], ClientName="app")
        print("seconds:", time.time() - request.config.started)
"""
ROUNDS = 5


def pair(folder: Path) -> tuple[float, float]:
    """Seconds to our first test, and to one that makes its pool with moto in its own process."""
    (folder / "conftest.py").write_text(CONFTEST)
    return _seconds(folder, OURS), _seconds(folder, MOTOS)


def _seconds(folder: Path, test: str) -> float:
    (folder / "test_first.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return float(done.stdout.partition("seconds: ")[2].split()[0].rstrip("."))


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        pairs = [pair(Path(folder)) for _ in range(ROUNDS)]
    yield Row("a session's first test with a pool, against moto's", pairs, 2.0)
