"""What the subcommands' command lines have in common."""

import argparse
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from cognito_sandbox import trigger_events
from cognito_sandbox.commands.outcome import ENDINGS, WRONG_USE, CommandError
from cognito_sandbox.testing.access import REGION

ATTRIBUTE = re.compile(
    r"((custom|dev|cognito):.+|address|birthdate|email|(email|phone_number)_verified|family_name"
    r"|gender|given_name|identities|locale|middle_name|name|nickname|phone_number|picture"
    r"|preferred_username|profile|sub|updated_at|website|zoneinfo)"
)
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
    wanted = pairs(changes, "--set")
    try:
        as_it_comes = trigger_events.sample(source)
        made = trigger_events.sample(source, **_typed(as_it_comes, wanted))
    except trigger_events.NoEventError as error:
        raise CommandError(str(error)) from None
    _tell_attributes(as_it_comes, made)
    return made


def _tell_attributes(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """A name that nobody knows may be a slip of the pen."""
    old, new = (event["request"].get("userAttributes") or {} for event in (before, after))
    odd = [name for name in new if name not in old and not ATTRIBUTE.fullmatch(name)]
    if odd:
        told = f"{before['triggerSource']} has no {', '.join(odd)}: it has become a user attribute."
        print(told, file=sys.stderr)


def _typed(event: Mapping[str, Any], wanted: Mapping[str, str]) -> dict[str, Any]:
    """Text stays text where there is text, as in attributes; the rest may be JSON."""
    members = {**event["request"], **event}
    typed: dict[str, Any] = {}
    for name, text in wanted.items():
        usual = {} if name == "clientMetadata" else members.get(name, "")
        is_text = isinstance(usual, str) and name not in trigger_events.OPTIONAL
        typed[name] = text if is_text else _json_or_text(name, text, usual)
        if isinstance(usual, dict | list):
            _check_object(name, typed[name], usual, may_lack=name not in event)
    return typed


def _check_object(name: str, value: Any, usual: Any, may_lack: bool) -> None:
    if not (isinstance(value, type(usual)) or (value is None and may_lack)):
        noun = "a list" if isinstance(usual, list) else "an object"
        told = f"--set {name} takes {noun}, not {json.dumps(value)}."
        raise CommandError(told, WRONG_USE)


def _json_or_text(name: str, text: str, usual: Any) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        if isinstance(usual, dict | list):
            told = f"--set {name} takes JSON, as an object belongs there: {error}."
            raise CommandError(told, WRONG_USE) from None
        return text
