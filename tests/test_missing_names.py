"""A moto that lacks what the sandbox needs is refused by name, in one sentence."""

import subprocess
import sys

import pytest

START = """
import sys
import moto
from pkgutil import resolve_name
from cognito_sandbox import __main__
from cognito_sandbox.patches import loading

def prepare(port):
    ready(port)
    delattr(resolve_name(owner), name)

owner, _, name = sys.argv.pop().rpartition(".")
ready, loading.prepare = loading.prepare, prepare
moto.__version__ = "5.9.9"
__main__.main()
"""


@pytest.mark.parametrize(
    "name",
    [
        "moto.awslambda.models.LambdaFunction._set_function_code",
        "moto.awslambda.models.LambdaFunction",
        "moto.cloudformation.models.Stack._parse_template",
        "moto.cloudformation.parsing.parse_and_update_resource",
        "moto.cognitoidp.models.CognitoIdpUserPool._get_user",
        "moto.logs.models.LogGroup.get_log_events",
        "moto.moto_server.werkzeug_app.DomainDispatcherApplication",
    ],
)
def test_what_is_missing_is_named(name: str) -> None:
    started = subprocess.run(
        [sys.executable, "-c", START, name], capture_output=True, text=True, timeout=30
    )
    assert started.returncode == 1
    assert started.stdout == ""
    assert started.stderr == (
        f"moto 5.9.9 lacks what the sandbox needs ({name}): pip install moto==5.2.5\n"
    )
