"""Experiments: other code for a function, and the original put back.

>>> replace("auto_confirm", "def handler(event, context): return event")
>>> restore("auto_confirm")

In a notebook, a cell can be the code::

    %load_ext helpers.experiments

    %%handler auto_confirm
    def handler(event, context):
        return event

A handler's original lies in a folder of its own, `auto_confirm/auto_confirm.py`, in that of the
template of its stack: `lambda_src` for the first three notebooks. Your own functions work as well:
`function` is the name or the ARN of one, and the handler's name that of the file which it is set to
run, such as `app` for `app.lambda_handler`. That lies right in `folder`, or in a folder of its own
there; all that lies beside it goes with it. The code then defines what the function calls, here
`lambda_handler`. The magic takes both behind the handler's name: %%handler NAME FUNCTION FOLDER
"""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from helpers import cleanup, stack
from helpers._inner import code_updates, handlers
from helpers.errors import AnswerError, told_briefly
from helpers.exercises import Checked
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

FOLDER = handlers.FOLDER


def names(folder: str | Path = FOLDER) -> list[str]:
    """The handlers that there are, by the names of their files.

    >>> names()
    ['activity_log', 'auto_confirm', 'migrate_user']
    """
    return handlers.names(folder)


def source(name: str, folder: str | Path = FOLDER) -> Source:
    """The handler's code, as it lies in its folder.

    >>> source("auto_confirm")
    """
    return Source(handlers.find(name, folder).code)


def stack_of(name: str) -> str:
    """The stack of the handler: that of the folder in which it lies.

    >>> stack_of("auto_confirm")
    'cognito-trigger-notebooks'
    """
    place = handlers.find(name, FOLDER).folder.parent
    return stack.NAME if place == FOLDER else stack.more(place.name)[0]


def function(name: str, outputs: dict[str, str]) -> str:
    """The name of the handler's function, from the outputs of the stack.

    >>> function("auto_confirm", stack.outputs())
    """
    output = f"{name.title().replace('_', '')}Function"
    if output not in outputs:
        raise AnswerError(f"The stack has no {output}. Name what runs {name}: function=…")
    return outputs[output]


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
    >>> code = "def lambda_handler(event, context): return event"  # as your function calls it
    >>> replace("app", code, function="my-app", folder="my/app")
    """
    _target(name, stack_name, function, folder).replace(code)
    own = [f'"{name}"']
    own += [f'stack_name="{stack_name}"'] if stack_name else []
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
    with _target(name, stack_name, function, folder).replaced(code):
        yield


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
    target = _target(name, stack_name, function, folder)
    code = target.handler.code
    if before not in code:
        raise AnswerError(f"{name} does not say {before}. The running code was left alone.")
    with target.replaced(code.replace(before, after)):
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
    return _target(name, stack_name, function, folder).restore()


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
    Checked.edit_refused = True
    name, function, folder = _told(line)
    code = f"# %%handler {line}\n{code}"  # errors count lines as the cell does
    _target(name, None, function, folder).check(code)
    undo = partial(restore, name, function=function, folder=folder)
    cleanup.note(f"other code of {name}", function or name, undo)  # also if interrupted
    print(replace(name, code, function=function, folder=folder))
    Checked.edit_refused = False


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
    return chosen or function(name, stack.outputs(stack_name or stack_of(name)))


def _target(
    name: str, stack_name: str | None, chosen: str | None, folder: str | Path
) -> code_updates.Target:
    return code_updates.target(_function_of(name, stack_name, chosen), name, folder)
