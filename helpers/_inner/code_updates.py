"""Other code and settings for a function: checked before they are sent, and waited for."""

import ast
from typing import TYPE_CHECKING

from helpers import cloud
from helpers.errors import AnswerError, told_briefly

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


def check(code: str) -> None:
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
