"""What the subcommands' command lines have in common."""

import argparse
import json
import os
from collections.abc import Iterable
from typing import Any

from cognito_sandbox import trigger_events
from cognito_sandbox.commands.outcome import ENDINGS, WRONG_USE, CommandError
from cognito_sandbox.testing.access import REGION

USUAL_ENDPOINT = "http://127.0.0.1:4566"


def parser(name: str, does: str, *examples: str) -> argparse.ArgumentParser:
    """A parser whose help says what the command does, shows examples, and how it ends."""
    shown = "\n".join(f"  cognito-sandbox {name} {example}".rstrip() for example in examples)
    return argparse.ArgumentParser(
        prog=f"cognito-sandbox {name}",
        description=does,
        epilog=f"examples:\n{shown}\n\n{ENDINGS}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def add_endpoint(words: argparse.ArgumentParser, usual: str = USUAL_ENDPOINT) -> None:
    words.add_argument(
        "--endpoint",
        metavar="URL",
        default=os.environ.get("AWS_ENDPOINT_URL"),
        help=f"the sandbox to ask; else AWS_ENDPOINT_URL, else {usual}",
    )
    words.add_argument(
        "--access-key",
        metavar="KEY",
        help="the key that the sandbox asks for, if it does; - reads it from standard input",
    )


def add_region(words: argparse.ArgumentParser) -> None:
    words.add_argument(
        "--region",
        metavar="NAME",
        default=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or REGION,
        help=f"else AWS_REGION, else AWS_DEFAULT_REGION, else {REGION}",
    )


def add_json(words: argparse.ArgumentParser, what: str = "print JSON, for programs") -> None:
    words.add_argument("--json", action="store_true", help=what)


def add_event_changes(words: argparse.ArgumentParser) -> None:
    words.add_argument(
        "--set",
        action="append",
        default=[],
        dest="changes",
        metavar="MEMBER=VALUE",
        help="change a member or a user attribute of the event; JSON where no text belongs",
    )


def pairs(given: Iterable[str], option: str) -> dict[str, str]:
    """NAME=VALUE, as often as it was said."""
    found = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise CommandError(f"{option} takes NAME=VALUE, not {pair}", WRONG_USE)
        found[name] = value
    return found


def event(source: str, changes: Iterable[str]) -> dict[str, Any]:
    """The ready event of this source, with the changes that the command line asks for."""
    try:
        wanted = {
            name: _typed(source, name, text) for name, text in pairs(changes, "--set").items()
        }
        return trigger_events.sample(source, **wanted)
    except trigger_events.NoEventError as error:
        raise CommandError(str(error), WRONG_USE) from None


def _typed(source: str, name: str, text: str) -> object:
    """Text stays text where there is text, as in attributes; the rest is JSON."""
    if trigger_events.kind(source, name) is str:
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        raise CommandError(f"--set {name} takes JSON: {error}.", WRONG_USE) from None
