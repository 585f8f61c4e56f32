"""What the page tells of a Stop, in one line, and of a name that an earlier cell would have given.

A traceback shows frames of boto3's and of ours, which are no use to the reader.
"""

import linecache
import traceback
from types import FrameType, TracebackType
from typing import Any

FROM_ABOVE = "If it comes from a cell above, run that first."


def watch(shell: Any) -> None:
    """From now on, show an interrupted call in one line, and a hint where a cell lacks a name.

    An interrupted loop of the reader's own is shown as ever.

    >>> watch(get_ipython())
    """
    shell.set_custom_exc((KeyboardInterrupt, NameError), _show)


def _show(
    shell: Any, kind: type[BaseException], error: Any, trace: TracebackType, tb_offset: Any = None
) -> None:
    frames = list(traceback.walk_tb(trace))
    innermost, _ = frames[-1]
    in_cells = [at for at in frames if at[0].f_globals is shell.user_ns]
    if kind is NameError and _is_cell(innermost, shell):
        error.add_note(FROM_ABOVE)
    elif kind is KeyboardInterrupt and in_cells and innermost.f_globals is not shell.user_ns:
        frame, line = in_cells[-1]
        text = _told(line, linecache.getline(frame.f_code.co_filename, line).strip())
        error._render_traceback_ = lambda: [text]
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def _is_cell(frame: FrameType, shell: Any) -> bool:
    """Is this a cell itself, and no function that is defined in one?"""
    return frame.f_globals is shell.user_ns and frame.f_locals is shell.user_ns


def _told(line: int, source: str) -> str:
    """A magic's line is not in Python's source as the reader wrote it."""
    where = f"line {line}" if source.startswith("get_ipython()") else f"line {line}: {source}"
    return f"KeyboardInterrupt: this cell was stopped. Run it again; it was at {where}"
