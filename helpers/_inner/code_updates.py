"""Other code and settings for a function: checked before they are sent, and waited for."""

import ast
import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from helpers import cloud
from helpers._inner import handlers
from helpers.errors import AnswerError, told_briefly

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class Target(NamedTuple):
    """A function, the handler that it runs, and what it calls of that."""

    function: str
    handler: handlers.Handler
    entry: str

    def check(self, code: str) -> None:
        """Refuse what could not even be loaded, before it replaces what runs."""
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
        if not any(self.entry in _defined(statement) for statement in body):
            raise AnswerError(
                f"There is no function called {self.entry} (async ones do not count). The running "
                "code was left alone."
            )

    def replace(self, code: str) -> None:
        self.check(code)
        deploy(self.function, self.handler.zipped(code))

    @contextmanager
    def replaced(self, code: str) -> Iterator[None]:
        self.check(code)  # while there is nothing to undo
        try:
            self.replace(code)
            yield
        finally:
            self.restore()

    def restore(self) -> bool:
        """False if the original runs already."""
        original = self.handler.zipped()
        with told_briefly():
            running = api().get_function_configuration(FunctionName=self.function)["CodeSha256"]
        if running == base64.b64encode(hashlib.sha256(original).digest()).decode():
            return False
        deploy(self.function, original)
        return True


def target(function: str, name: str, folder: str | Path) -> Target:
    """The function with its handler, which must be the one of this name."""
    entry = _entry(function, name)
    return Target(function, handlers.find(name, folder), entry)


def _entry(function: str, name: str) -> str:
    with told_briefly():
        found = api().get_function_configuration(FunctionName=function)
    runtime = found.get("Runtime", "an image")
    if not runtime.startswith("python"):
        raise AnswerError(
            f"{function} runs {runtime}, and only Python is replaced here. For all else there is "
            "functions.update_function_code."
        )
    module, _, entry = found["Handler"].replace("/", ".").rpartition(".")
    if module != name:
        raise AnswerError(
            f'{function} runs {found["Handler"]}, and nothing of "{name}": name "{module}", and '
            f"the folder in which {module}.py lies."
        )
    return entry


def _defined(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef):
        return [statement.name]
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name for alias in statement.names]
    names = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
    return [name.id for name in names if isinstance(name.ctx, ast.Store)]


def deploy(deployed: str, code: bytes) -> None:
    """Replace the code, and wait until it is in force."""
    with told_briefly():
        api().update_function_code(FunctionName=deployed, ZipFile=code)
        _wait_until_updated(deployed)


def limit(deployed: str, seconds: int) -> None:
    """Set the function's own time limit, and wait until it is in force."""
    with told_briefly():
        api().update_function_configuration(FunctionName=deployed, Timeout=seconds)
        _wait_until_updated(deployed)


def _wait_until_updated(deployed: str) -> None:
    waiter = api().get_waiter("function_updated_v2")
    waiter.wait(FunctionName=deployed, WaiterConfig={"Delay": 1})


def api() -> "LambdaClient":
    return cloud.client("lambda")
