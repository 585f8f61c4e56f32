"""What the page tells in one line: a Stop, and a helper that was given what it cannot use.

And of a name, that an earlier cell would have given it.

A traceback shows frames of boto3's and of ours, which are no use to the reader.
"""

import linecache
import traceback
from types import FrameType, TracebackType
from typing import Any

from helpers.errors import HelpersError

SLIPS = (AttributeError, IndexError, KeyError, TypeError, ValueError)
FROM_ABOVE = "If it comes from a cell above, run that first."


def watch(shell: Any) -> None:
    """From now on, show an interrupted or a misled call in one line, and a hint at a lacking name.

    What goes wrong in the reader's own code is shown as ever.

    >>> watch(get_ipython())
    """
    shell.set_custom_exc((KeyboardInterrupt, NameError, *SLIPS), _show)


def _show(
    shell: Any, kind: type[BaseException], error: Any, trace: TracebackType, tb_offset: Any = None
) -> None:
    frames = list(traceback.walk_tb(trace))
    innermost, _ = frames[-1]
    calls = [at for at, (frame, _) in enumerate(frames) if frame.f_globals is shell.user_ns]
    if kind is NameError and _is_cell(innermost, shell):
        error.add_note(FROM_ABOVE)
    elif calls and calls[-1] < len(frames) - 1:
        (frame, line), (called, _) = frames[calls[-1] : calls[-1] + 2]
        where = _where(line, linecache.getline(frame.f_code.co_filename, line).strip())
        text = _told(error, called, where)
        if text:
            error._render_traceback_ = lambda: [text]
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def _is_cell(frame: FrameType, shell: Any) -> bool:
    """Is this a cell itself, and no function that is defined in one?"""
    return frame.f_globals is shell.user_ns and frame.f_locals is shell.user_ns


def _told(error: BaseException, called: FrameType, where: str) -> str:
    """Nothing, where the traceback is of use."""
    if isinstance(error, KeyboardInterrupt):
        return f"KeyboardInterrupt: this cell was stopped. Run it again; it was at {where}"
    module = called.f_globals.get("__name__", "").partition("helpers.")[2]
    known = isinstance(error, HelpersError) or not isinstance(error, SLIPS)
    if known or not module or module.startswith("_"):
        return ""
    asked = f"{module}.{called.f_code.co_qualname}"
    kind = type(error).__name__
    return f"{kind}: {error}. Was {asked} given what help({asked}) asks for? It was at {where}"


def _where(line: int, source: str) -> str:
    """A magic's line is not in Python's source as the reader wrote it."""
    return f"line {line}" if source.startswith("get_ipython()") else f"line {line}: {source}"
