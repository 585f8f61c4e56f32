"""`cognito-sandbox triggers`: which operation runs which, what each may answer, what fails how."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace

from cognito_sandbox.commands import words
from cognito_sandbox.commands.outcome import WRONG_USE, CommandError
from cognito_sandbox.spelling import meant
from cognito_sandbox.trigger_cases import CASES, Case
from cognito_sandbox.trigger_table import FAILURES, TRIGGERS

Rows = Sequence[Sequence[str]]
CALLS = ("call", "when", "triggers, in this order")
ANSWERS = ("trigger", "what its response may have", "if it raises, it stops", "and leaves")
ENDS = ("what happens", "the caller gets", "and reads")
INTRODUCTION = """\
# Triggers at a glance

What a call of a user pool runs, if the pool has these triggers. `make triggers` writes this page,
and `cognito-sandbox triggers` shows the same: both take it from
[trigger_cases.py](../cognito_sandbox/trigger_cases.py) and
[trigger_table.py](../cognito_sandbox/trigger_table.py), which a test holds against what the sandbox
does. How AWS behaves, and where that is known from, is in [contract.md](contract.md).
"""
OTHERS = (
    Case(
        ("Each of these",),
        "the pool has a CustomEmailSender, or CustomSMSSender",
        ("that, such as CustomEmailSender_SignUp, in the place of CustomMessage",),
    ),
    Case(("All other calls of user pools",), ""),
)


def main(arguments: list[str]) -> None:
    parser = words.parser(
        "triggers",
        "Show which user pool operation runs which triggers in which order, what each may\n"
        "answer, and what its failure becomes.",
        "",
        "SignUp",
        "--json | jq '.calls[0]'",
    )
    parser.add_argument(
        "operation", metavar="OPERATION", nargs="?", help="only this one's triggers"
    )
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print JSON, for programs")
    shape.add_argument("--markdown", action="store_true", help="print the documentation's page")
    options = parser.parse_args(arguments)
    if options.markdown:
        print(page(), end="")
        return
    cases = _cases(options.operation)
    if options.json:
        print(json.dumps(_described(cases)))
    elif options.operation:
        print(_calls_shown(cases))
    else:
        (_, *others) = _tables()
        shown = _calls_shown([*CASES, *OTHERS])
        print("\n\n".join([shown, *(_shown(*table) for table in others)]))


def _cases(operation: str | None) -> tuple[Case, ...]:
    """Those of this operation, or all; what is not in the table runs none."""
    if operation is None:
        return CASES
    found = [
        replace(case, operations=(operation,)) for case in CASES if operation in case.operations
    ]
    return tuple(found) or (Case((_known(operation),), ""),)


def _known(operation: str) -> str:
    from cognito_sandbox.store import user_pools

    known = user_pools.api().operation_names
    if operation not in known:
        instead = meant(operation, known) or ". cognito-sandbox triggers shows all that do."
        raise CommandError(f"User pools have no operation {operation}{instead}", WRONG_USE)
    return operation


def _described(cases: Sequence[Case]) -> dict[str, list[dict[str, object]]]:
    return {
        "calls": [
            {"operation": operation, "when": case.when, "sources": case.sources}
            for case in cases
            for operation in case.operations
        ],
        "triggers": [asdict(each) for each in TRIGGERS],
        "failures": [asdict(each) for each in FAILURES],
    }


def _tables() -> list[tuple[Sequence[str], Rows]]:
    answers = [(t.name, ", ".join(t.answers) or "nothing", t.stops, t.left) for t in TRIGGERS]
    ends = [(each.what, each.kind, each.text) for each in FAILURES]
    calls = _calls([*CASES, *OTHERS])
    return [(CALLS, calls), (ANSWERS, answers), (ENDS, ends)]


def _calls(cases: Sequence[Case]) -> Rows:
    return [(_named(case), case.when, _ran(case)) for case in cases]


def _calls_shown(cases: Sequence[Case]) -> str:
    """Two lines each, as both parts are long."""
    return "\n".join(
        f"{_named(case)}{f': {case.when}' if case.when else ''}\n    {_ran(case)}" for case in cases
    )


def _named(case: Case) -> str:
    return ", ".join(case.operations)


def _ran(case: Case) -> str:
    return ", ".join(case.sources) or "none"


def _shown(head: Sequence[str], rows: Rows) -> str:
    """A line for each cell, below what it is about."""
    lines = []
    for title, *cells in rows:
        lines += [title, *(f"    {n}: {cell}" for n, cell in zip(head[1:], cells, strict=True))]
    return "\n".join(lines)


def page() -> str:
    """The documentation's page."""
    titles = ("Which call runs which", "What each may answer", "What a failure becomes")
    parts = [INTRODUCTION]
    for title, (head, rows) in zip(titles, _tables(), strict=True):
        lines = [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows]]
        parts.append(f"## {title}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)
