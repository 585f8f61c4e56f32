"""Run the helpers' tests and the notebooks as against an account; a sandbox stands in for it."""

import os
import subprocess
import sys
from pathlib import Path

from cognito_sandbox import Sandbox

PROJECT = Path(__file__).parents[1]
ACCOUNT = {
    "CLOUD_TARGET": "aws",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "CLOUD_CONSENT": "123456789012/eu-central-1",
}
ANSWERS = {"PASSWORD": "Correct-horse-1", "EMAIL": "ann@example.com", "SEND_CODE": "no"}
ANSWERS |= {"AUTHENTICATOR": "page"}  # nobody takes a phone

if __name__ == "__main__":
    with Sandbox() as sandbox:
        environment = (
            os.environ
            | ACCOUNT
            | {
                "AWS_ENDPOINT_URL": sandbox.endpoint,
                "AWS_ACCESS_KEY_ID": sandbox.access_key,
                "AWS_SECRET_ACCESS_KEY": sandbox.secret_key,
            }
        )
        pytest = [sys.executable, "-m", "pytest"]
        done = subprocess.run(
            [*pytest, "tests/notebook_helpers"], env=environment, cwd=PROJECT
        ).returncode
        done |= subprocess.run(
            [*pytest, "--nbval-lax", "notebooks"], env=environment | ANSWERS, cwd=PROJECT
        ).returncode
    sys.exit(done)
