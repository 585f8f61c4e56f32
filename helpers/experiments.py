"""Handlers: their source, another code for an experiment, and the original put back.

>>> replace("auto_confirm", "def handler(event, context): return event")
>>> restore("auto_confirm")

In a notebook, a cell can be the code:

    %load_ext helpers.experiments

    %%handler auto_confirm
    def handler(event, context):
        return event
"""

import ast
import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from helpers import cloud, stack
from helpers._inner import packaging
from helpers.errors import AnswerError, told_briefly
from helpers.show import Source

__all__ = [
    "function",
    "load_ipython_extension",
    "names",
    "replace",
    "replaced",
    "restore",
    "source",
]

FOLDER = packaging.PROJECT / "lambda_src"


def names() -> list[str]:
    """The handlers that there are, by the names of their folders.

    >>> names()
    ['activity_log', 'auto_confirm', 'migrate_user']
    """
    return sorted(path.parent.name for path in FOLDER.glob("*/*.py"))


def source(name: str) -> Source:
    """The handler's code, as it lies in lambda_src.

    >>> source("auto_confirm")
    """
    return Source((_folder(name) / f"{name}.py").read_text("utf-8"))


def function(name: str, outputs: dict[str, str]) -> str:
    """The name of the handler's function, from the outputs of the stack.

    >>> function("auto_confirm", stack.outputs())
    """
    return outputs[f"{name.title().replace('_', '')}Function"]


def replace(name: str, code: str, stack_name: str = stack.NAME) -> str:
    """Have the handler's function run this code, from now on.

    >>> replace("auto_confirm", "def handler(event, context): return event")
    'auto_confirm runs other code now. To undo it: experiments.restore("auto_confirm")'
    """
    _check(name, code)
    _deploy(
        function(name, stack.outputs(stack_name)), packaging.packed({f"{name}.py": code.encode()})
    )
    return f'{name} runs other code now. To undo it: experiments.restore("{name}")'


@contextmanager
def replaced(name: str, code: str, stack_name: str = stack.NAME) -> Iterator[None]:
    """For a while, have the handler's function run this code.

    >>> with replaced("auto_confirm", "def handler(event, context): return event"):
    ...     cognito.sign_up(client_id, "ann", password, "ann@example.com")
    """
    _check(name, code)
    try:
        replace(name, code, stack_name)
        yield
    finally:
        restore(name, stack_name)


def restore(name: str, stack_name: str = stack.NAME) -> bool:
    """Have the handler's function run the code of lambda_src again; False if it did already.

    >>> restore("auto_confirm")
    """
    original = packaging.zipped(_folder(name))
    deployed = function(name, stack.outputs(stack_name))
    with told_briefly():
        running = _api().get_function_configuration(FunctionName=deployed)["CodeSha256"]
    if running == base64.b64encode(hashlib.sha256(original).digest()).decode():
        return False
    _deploy(deployed, original)
    return True


def load_ipython_extension(shell: Any) -> None:
    """Give notebooks the cell magic %%handler.

    >>> %load_ext helpers.experiments
    """
    shell.register_magic_function(_cell, "cell", "handler")


def _cell(line: str, code: str) -> None:
    """The magic; clean-up undoes it."""
    from helpers.cleanup import made

    name = line.partition("#")[0].strip()
    _check(name, code)
    made.handler(name)  # also if what follows is interrupted
    print(replace(name, code))


def _folder(name: str) -> Any:
    if name not in names():
        told = f'There is no handler "{name}".' if name else "Which handler?"
        raise AnswerError(f"{told} Name one of {', '.join(names())}.")
    return FOLDER / name


def _check(name: str, code: str) -> None:
    """Refuse what could not even be loaded, before it replaces what runs."""
    _folder(name)
    if not isinstance(code, str):
        raise AnswerError("The code is a text. The running code was left alone.")
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        told = getattr(error, "msg", "it holds characters that no source can hold")
        raise AnswerError(
            f"Line {line} is no Python: {told}. The running code was left alone."
        ) from None
    if not any("handler" in _defined(statement) for statement in body):
        raise AnswerError(
            "There is no function called handler (async ones do not count). The running code was "
            "left alone."
        )


def _defined(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef):
        return [statement.name]
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name for alias in statement.names]
    names = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
    return [name.id for name in names if isinstance(name.ctx, ast.Store)]


def _deploy(deployed: str, code: bytes) -> None:
    """Replace the code, and wait until it is in force."""
    with told_briefly():
        _api().update_function_code(FunctionName=deployed, ZipFile=code)
        waiter = _api().get_waiter("function_updated_v2")
        waiter.wait(FunctionName=deployed, WaiterConfig={"Delay": 1})


def _api() -> Any:
    return cloud.client("lambda")
