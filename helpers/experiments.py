"""Experiments: other code for a function, and the original put back.

>>> replace("auto_confirm", "def handler(event, context): return event")
>>> restore("auto_confirm")

In a notebook, a cell can be the code::

    %load_ext helpers.experiments

    %%handler auto_confirm
    def handler(event, context):
        return event

A handler's original lies in a folder of its own, `auto_confirm/auto_confirm.py`, in that of the
template of its stack: `lambda_src` for the first three notebooks. Your own handlers
work as well: `folder` is where their folders lie, and `function` the name or the ARN of what runs
such a handler. The magic takes both behind the handler's name: %%handler NAME FUNCTION FOLDER
"""

import base64
import hashlib
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from helpers import cleanup, stack
from helpers._inner import code_updates, packaging
from helpers.errors import AnswerError, told_briefly
from helpers.show import Source

__all__ = [
    "changed",
    "function",
    "load_ipython_extension",
    "names",
    "replace",
    "replaced",
    "restore",
    "source",
    "stack_of",
    "time_limit",
]

FOLDER = packaging.PROJECT / "lambda_src"


def names(folder: str | Path = FOLDER) -> list[str]:
    """The handlers that there are, by the names of their folders.

    >>> names()
    ['activity_log', 'auto_confirm', 'migrate_user']
    """
    found = (path.parent for path in Path(folder).glob("*/*.py"))
    return sorted(path.name for path in found if (path / f"{path.name}.py").exists())


def source(name: str, folder: str | Path = FOLDER) -> Source:
    """The handler's code, as it lies in its folder.

    >>> source("auto_confirm")
    """
    return Source((_original(name, folder) / f"{name}.py").read_text("utf-8"))


def stack_of(name: str) -> str:
    """The stack of the handler: that of the folder in which it lies.

    >>> stack_of("auto_confirm")
    'cognito-trigger-notebooks'
    """
    place = _original(name, FOLDER).parent
    return stack.NAME if place == FOLDER else stack.more(place.name)[0]


def function(name: str, outputs: dict[str, str]) -> str:
    """The name of the handler's function, from the outputs of the stack.

    >>> function("auto_confirm", stack.outputs())
    """
    return outputs[f"{name.title().replace('_', '')}Function"]


def replace(
    name: str,
    code: str,
    stack_name: str | None = None,
    function: str | None = None,
    folder: str | Path = FOLDER,
) -> str:
    """Have the handler's function run this code, from now on.

    >>> replace("auto_confirm", "def handler(event, context): return event")
    'auto_confirm runs other code now. To undo it: experiments.restore("auto_confirm")'
    >>> replace("my_handler", code, function="my-function", folder="my/handlers")
    """
    _check(name, code, folder)
    deployed = _function_of(name, stack_name, function)
    code_updates.deploy(deployed, packaging.packed({f"{name}.py": code.encode()}))
    own = [f'"{name}"']
    own += [f'function="{function}"'] if function else []
    own += [f'folder="{folder}"'] if folder != FOLDER else []
    return f"{name} runs other code now. To undo it: experiments.restore({', '.join(own)})"


@contextmanager
def replaced(
    name: str,
    code: str,
    stack_name: str | None = None,
    function: str | None = None,
    folder: str | Path = FOLDER,
) -> Iterator[None]:
    """For a while, have the handler's function run this code.

    >>> with replaced("auto_confirm", "def handler(event, context): return event"):
    ...     cognito.sign_up(client_id, "ann", password, "ann@example.com")
    """
    _check(name, code, folder)
    try:
        replace(name, code, stack_name, function, folder)
        yield
    finally:
        restore(name, stack_name, function, folder)


@contextmanager
def changed(
    name: str,
    before: str,
    after: str,
    stack_name: str | None = None,
    function: str | None = None,
    folder: str | Path = FOLDER,
) -> Iterator[None]:
    """For a while, have the handler's function run its code with some words changed.

    >>> with changed("migrate_user", "RESET_REQUIRED", "CONFIRMED"):
    ...     cognito.sign_in(client_id, "ann", password)
    >>> own = {"function": "my-function", "folder": "my/handlers"}
    >>> with changed("my_handler", "userName", "triggerSource", **own):
    ...     invoking.invoke("my-function", events.sample("PreSignUp_SignUp"))
    """
    code = source(name, folder).code
    if before not in code:
        raise AnswerError(f"{name} does not say {before}. The running code was left alone.")
    with replaced(name, code.replace(before, after), stack_name, function, folder):
        yield


def restore(
    name: str,
    stack_name: str | None = None,
    function: str | None = None,
    folder: str | Path = FOLDER,
) -> bool:
    """Have the handler's function run the code of its folder again; False if it did already.

    >>> restore("auto_confirm")
    """
    original = packaging.zipped(_original(name, folder))
    deployed = _function_of(name, stack_name, function)
    with told_briefly():
        running = code_updates.api().get_function_configuration(FunctionName=deployed)["CodeSha256"]
    if running == base64.b64encode(hashlib.sha256(original).digest()).decode():
        return False
    code_updates.deploy(deployed, original)
    return True


@contextmanager
def time_limit(
    name: str, seconds: int, stack_name: str | None = None, function: str | None = None
) -> Iterator[None]:
    """For a while, let the handler's function take this long. (No code is needed: no folder.)

    >>> with time_limit("auto_confirm", seconds=10):
    ...     cognito.sign_up(client_id, "ann", password, "ann@example.com")
    >>> with time_limit("my_handler", seconds=10, function="my-function"):
    ...     invoking.invoke("my-function", events.sample("PreSignUp_SignUp"))
    """
    deployed = _function_of(name, stack_name, function)
    with told_briefly():
        before = code_updates.api().get_function_configuration(FunctionName=deployed)["Timeout"]
    try:
        code_updates.limit(deployed, seconds)
        yield
    finally:
        code_updates.limit(deployed, before)


def load_ipython_extension(shell: Any) -> None:
    """Give notebooks the cell magic %%handler.

    >>> %load_ext helpers.experiments
    """
    shell.register_magic_function(_cell, "cell", "handler")


def _cell(line: str, code: str) -> None:
    """The magic; clean-up undoes it."""
    name, function, folder = _told(line)
    code = f"# %%handler {line}\n{code}"  # errors count lines as the cell does
    _check(name, code, folder)
    undo = partial(restore, name, function=function, folder=folder)
    cleanup.note(f"other code of {name}", function or name, undo)  # also if interrupted
    print(replace(name, code, function=function, folder=folder))


def _told(line: str) -> tuple[str, str | None, Path]:
    """The handler's name, and behind it the function and the folder, if they are one's own."""
    try:
        name, *own = shlex.split(line, comments=True) or [""]
    except ValueError as error:
        raise AnswerError(f"The line of %%handler cannot be read: {error}.") from None
    if len(own) > 2:
        raise AnswerError("%%handler takes a handler's name, a function and a folder, no more.")
    return name, own[0] if own else None, Path(own[1]) if len(own) == 2 else FOLDER


def _function_of(name: str, stack_name: str | None, chosen: str | None) -> str:
    """The function that runs the handler: the stack's, unless another one is named."""
    if chosen is None:
        return function(name, stack.outputs(stack_name or stack_of(name)))
    with told_briefly():
        setting = code_updates.api().get_function_configuration(FunctionName=chosen)["Handler"]
    if setting != f"{name}.handler":
        raise AnswerError(f"{chosen} runs {setting}, and not {name}.handler: name that handler.")
    return chosen


def _original(name: str, folder: str | Path) -> Path:
    """The folder of the handler's own code."""
    places = [folder, *packaging.MORE.glob("*/")] if folder == FOLDER else [folder]
    found = (Path(place) / name for place in places if name in names(place))
    original = next(found, None)
    if original is None:
        there = names(folder)
        told = f'There is no handler "{name}".' if name else "Which handler?"
        ways = f"Name one of {', '.join(there)}." if there else f"{folder} holds no handlers."
        raise AnswerError(f"{told} {ways}")
    return original


def _check(name: str, code: str, folder: str | Path) -> None:
    """Refuse what could not even be loaded, before it replaces what runs."""
    _original(name, folder)
    code_updates.check(code)
