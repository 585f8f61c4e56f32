"""Run the helpers' tests as they run against an account; a sandbox stands in for it."""

import os
import subprocess
import sys
from pathlib import Path

from helpers.sandbox import Sandbox

ACCOUNT = {
    "CLOUD_TARGET": "aws",
    "AWS_ACCESS_KEY_ID": "example",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "CLOUD_CONSENT": "123456789012/eu-central-1",
}

if __name__ == "__main__":
    with Sandbox() as sandbox:
        environment = os.environ | ACCOUNT | {"AWS_ENDPOINT_URL": sandbox.endpoint}
        tests = str(Path(__file__).with_name("helpers"))
        done = subprocess.run([sys.executable, "-m", "pytest", tests], env=environment)
    sys.exit(done.returncode)
