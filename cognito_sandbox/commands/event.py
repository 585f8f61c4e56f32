"""`cognito-sandbox event`: the event that Cognito would send."""

import json

from cognito_sandbox import trigger_events
from cognito_sandbox.commands import words


def main(arguments: list[str]) -> None:
    parser = words.parser(
        "event",
        "Print a ready event of a trigger source, as Cognito sends it.",
        "PreSignUp_SignUp",
        "PreSignUp_SignUp --set userName=ann --set email=ann@example.com > event.json",
        """CustomMessage_SignUp --set clientMetadata='{"language": "fr"}'""",
        "",
    )
    parser.add_argument("source", metavar="SOURCE", nargs="?", help="none: list the sources")
    words.add_event_changes(parser)
    words.add_json(parser, "print it in one line, for programs")
    options = parser.parse_args(arguments)
    if options.source is None:
        found = trigger_events.sources()
        print(json.dumps(found) if options.json else "\n".join(found))
        return
    made = words.event(options.source, options.changes)
    print(json.dumps(made, indent=None if options.json else 2))
