"""A moto that lacks what the sandbox needs is refused by name, in one sentence."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

PATCHES = Path(__file__).parents[2] / "cognito_sandbox" / "patches"

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


ASK = """
import json
import sys
from importlib import import_module
from cognito_sandbox.store import needs

asked, check = set(), needs.check

def noted(names):
    names = list(names)
    asked.update(names)
    check(names)

needs.check = noted
from cognito_sandbox.patches import loading

loading.prepare(0)
from cognito_sandbox.lambdas.environments import Environments
from cognito_sandbox.lambdas.fork_client import Forks
from cognito_sandbox.patches import installing

installing.install("http://127.0.0.1:1", Environments(Forks()))
loading.load_cloudformation()
patches = {name: import_module(f"cognito_sandbox.patches.{name}") for name in sys.argv[1:]}
said = {name: getattr(module, "NEEDS", ()) for name, module in patches.items()}
print(json.dumps({name: bool(names) and asked >= set(names) for name, names in said.items()}))
"""


def imports_moto(path: Path) -> bool:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    named = [each.module or "" for each in nodes if isinstance(each, ast.ImportFrom)]
    named += [name.name for each in nodes if isinstance(each, ast.Import) for name in each.names]
    return any(name.split(".")[0] == "moto" for name in named)


def test_each_patch_says_what_it_needs_and_checks_it() -> None:
    modules = [path.stem for path in sorted(PATCHES.glob("*.py")) if imports_moto(path)]
    assert len(modules) > 30
    done = subprocess.run(
        [sys.executable, "-c", ASK, *modules], capture_output=True, text=True, timeout=60
    )
    checked: dict[str, bool] = json.loads(done.stdout)
    assert [name for name in modules if not checked[name]] == []
