"""The Stop button: one line says where it stopped, in place of the frames of boto3 and of ours."""

import linecache
import traceback
from types import TracebackType
from typing import Any


def tell_briefly(shell: Any) -> None:
    """From now on, show an interrupted call in one line; an interrupted loop of the reader's own
    is shown as ever.

    >>> tell_briefly(get_ipython())
    """
    shell.set_custom_exc((KeyboardInterrupt,), _show)


def _show(
    shell: Any, kind: type[BaseException], error: Any, trace: TracebackType, tb_offset: Any = None
) -> None:
    frames = list(traceback.walk_tb(trace))
    in_cell = [at for at in frames if at[0].f_globals is shell.user_ns]
    if in_cell and frames[-1][0].f_globals is not shell.user_ns:
        frame, line = in_cell[-1]
        text = _told(line, linecache.getline(frame.f_code.co_filename, line).strip())
        error._render_traceback_ = lambda: [text]
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def _told(line: int, source: str) -> str:
    """A magic's line is not in Python's source as the reader wrote it."""
    where = f"line {line}" if source.startswith("get_ipython()") else f"line {line}: {source}"
    return f"KeyboardInterrupt: this cell was stopped. Run it again; it was at {where}"
