"""What an error of these triggers means, where it comes from, and what to do about it.

>>> explain(refused)
>>> explain("AccessDeniedException")
"""

from helpers.cures.book import CURES, Cure, find
from helpers.errors import AnswerError, RefusedError

__all__ = ["explain", "page"]

INTRODUCTION = (
    "In a notebook, `from helpers import cures` and `cures.explain()` show the entry for what "
    "AWS refused last. (`make cures` writes this page from `helpers/cures/book.py`.)"
)


def explain(problem: BaseException | str | None = None) -> Cure:
    """The cure for an error, for its text, or for what AWS refused last.

    >>> explain("UserNotConfirmedException: User is not confirmed.").error
    'The user must confirm first'
    """
    found = problem if problem is not None else RefusedError.latest
    if found is None:
        raise AnswerError("AWS refused nothing yet. Name an error: cures.explain(error)")
    cure = find(str(found))
    if cure is None:
        raise AnswerError(f"CURES.md has no cure for this: {found}")
    return cure


def page() -> str:
    """All cures as a Markdown page, which is kept as CURES.md.

    >>> print(page())
    """
    lines = ["# What went wrong, and what to do", "", INTRODUCTION]
    for cure in CURES:
        lines += ["", f"## {cure.error}", "", f"`… {cure.sign} …`: {cure.happened}", ""]
        lines += ["| likely cause | check and cure |", "|---|---|"]
        lines += [f"| {cause} | {check} |" for cause, check in cure.causes]
    return "\n".join(lines) + "\n"
