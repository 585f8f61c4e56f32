"""`cognito-sandbox invoke`: run a handler once, and show what came of it."""

import json
import sys
import uuid
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cognito_sandbox.commands import outcome, running, words
from cognito_sandbox.commands.outcome import FAILED, WRONG_USE, CommandError
from cognito_sandbox.testing.access import Access
from cognito_sandbox.testing.triggers import Trigger

REFUSED = (
    "Cognito refuses this answer (Invalid lambda function output : Invalid JSON): "
    "a trigger returns the event."
)


@dataclass(frozen=True)
class Result:
    """What came of the run; `error` is Lambda's name for it, None if the handler returned."""

    answer: Any
    error: str | None
    milliseconds: float
    logs: tuple[str, ...]
    refused: tuple[str, ...]


def main(arguments: list[str]) -> None:
    options = _parser().parse_args(arguments)
    event = _event(options)
    result = _run(options, event)
    print(json.dumps(asdict(result)) if options.json else _shown(result))
    if result.error:
        sys.exit(FAILED)
    if result.answer is None and isinstance(event, dict) and "triggerSource" in event:
        print(REFUSED, file=sys.stderr)


def _parser() -> ArgumentParser:
    parser = words.parser(
        "invoke",
        "Run a handler once, as Lambda does, and show its answer, its log and its error.\n"
        "A sandbox of its own is started for it, unless one is named.",
        "src/pre_sign_up.py --event PreSignUp_SignUp --set email=ann@example.com",
        "src --handler pre_sign_up.decide --event event.json --env TABLE_NAME=known",
        "src/pre_sign_up.py --event PreSignUp_SignUp --allow dynamodb:GetItem \\\n"
        "      --env TABLE_NAME=known --endpoint http://127.0.0.1:4566",
    )
    parser.add_argument("file", metavar="FILE", help="a Python file, a folder or a zip")
    parser.add_argument(
        "--event",
        required=True,
        metavar="SOURCE|FILE",
        help="a trigger source, a JSON file, or - for standard input",
    )
    words.add_event_changes(parser)
    _add_function(parser)
    words.add_endpoint(parser, "a sandbox of its own")
    words.add_region(parser)
    words.add_json(parser)
    return parser


def _add_function(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--handler", metavar="MODULE.FUNCTION", help="which one, if it is not clear"
    )
    parser.add_argument(
        "--env",
        action="append",
        default=[],
        dest="environment",
        metavar="NAME=VALUE",
        help="a variable of the function",
    )
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="ACTION",
        help="what its role may do beside writing logs, such as dynamodb:GetItem",
    )
    parser.add_argument("--timeout", type=int, default=3, metavar="SECONDS", help="3 unless named")


def _event(options: Namespace) -> Any:
    """From a file or the input, unless it is a trigger source."""
    name = options.event
    if name == options.access_key == "-":
        told = "standard input cannot be both --event and --access-key: put the event into a file."
        raise CommandError(told, WRONG_USE)
    if name != "-" and not name.endswith(".json"):
        return words.event(name, options.changes)
    if options.changes:
        raise CommandError("--set changes the event of a SOURCE, not that of a file.", WRONG_USE)
    try:
        return json.loads(sys.stdin.read() if name == "-" else Path(name).read_text("utf-8"))
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.", WRONG_USE) from None
    except ValueError as error:
        raise CommandError(f"{name} is no JSON: {error}.", WRONG_USE) from None


@contextmanager
def _sandbox(options: Namespace) -> Iterator[Access]:
    if options.endpoint:
        yield running.reach(options)
        return
    from cognito_sandbox.testing.sandbox import Sandbox

    with Sandbox() as own:
        yield own


def _run(options: Namespace, event: object) -> Result:
    from cognito_sandbox.testing import code, triggers

    environment = words.pairs(options.environment, "--env")
    policy = {"Effect": "Allow", "Action": options.allow, "Resource": "*"}
    packed = code.package(options.file, options.handler, [Path.cwd()])
    name = f"invoke-{uuid.uuid4().hex[:8]}"
    with _sandbox(options) as sandbox, _leaving_nothing(sandbox, name):
        function = triggers.make(
            *(sandbox, name, packed, environment, policy if options.allow else ()),
            *((), options.timeout),
        )
        try:
            return _result(sandbox, function, event)
        finally:
            with suppress(*outcome.lost()):
                function.delete()


def _result(sandbox: Access, function: Trigger, event: object) -> Result:
    sandbox.client("lambda").invoke(
        FunctionName=function.function_name, Payload=json.dumps(event).encode()
    )
    (run,) = function.runs
    refused = tuple(f"{each.action} on {each.resource}" for each in function.refusals)
    return Result(run.answer, run.error, run.milliseconds or 0, run.logs, refused)


@contextmanager
def _leaving_nothing(sandbox: Access, name: str) -> Iterator[None]:
    """Nothing of the run is left in a sandbox that goes on; one that has ended has nothing."""
    try:
        yield
    finally:
        with suppress(*outcome.lost()):
            _remove_roles(sandbox)
            _remove_logs(sandbox, f"/aws/lambda/{name}")


def _remove_roles(sandbox: Access) -> None:
    iam = sandbox.client("iam")
    for role in (arn.rpartition("/")[2] for arn in sandbox.roles.values()):
        iam.delete_role_policy(RoleName=role, PolicyName="policy")
        iam.delete_role(RoleName=role)


def _remove_logs(sandbox: Access, prefix: str) -> None:
    logs = sandbox.client("logs")
    for group in logs.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]:
        logs.delete_log_group(logGroupName=group["logGroupName"])


def _shown(result: Result) -> str:
    lines = [f"log: {line}" for line in result.logs] or ["log: (nothing)"]
    lines += [f"refused: {each} (its role may not: see --allow)" for each in result.refused]
    answer = json.dumps(result.answer, indent=2, ensure_ascii=False)
    title = f"failed: {result.error}" if result.error else "answer"
    return "\n".join([*lines, f"{title} after {result.milliseconds:.1f} ms:", answer])
