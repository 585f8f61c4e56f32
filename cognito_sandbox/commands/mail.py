"""`cognito-sandbox mail`: what Cognito would have sent."""

import json
from typing import Any

from cognito_sandbox.commands import running, words
from cognito_sandbox.commands.outcome import CommandError
from cognito_sandbox.testing.access import REGION


def main(arguments: list[str]) -> None:
    parser = words.parser(
        "mail",
        "Show the mail and the text messages that would have been sent, newest last.",
        "",
        "--user ann",
        "--user ann --json | jq -r '.[-1].code'",
    )
    parser.add_argument("--user", metavar="NAME", help="only to this user, or to this address")
    parser.add_argument("--user-pool", metavar="ID", help="only of this user pool")
    words.add_endpoint(parser)
    words.add_json(parser)
    options = parser.parse_args(arguments)
    options.region = (options.user_pool or "").rpartition("_")[0] or REGION  # mail is of all
    wanted = {"username": options.user, "user_pool_id": options.user_pool}
    sandbox = running.reach(options)
    messages = sandbox.ask("mail", **{name: value for name, value in wanted.items() if value})
    if options.user_pool and not messages:
        _check_pool(sandbox.client("cognito-idp"), options.user_pool)
    if options.json:
        print(json.dumps(messages))
    else:
        print("\n\n".join(map(_shown, messages)) or "There is no mail.")


def _check_pool(cognito: Any, pool_id: str) -> None:
    """Where there is no mail, it may be for want of the pool."""
    try:
        cognito.describe_user_pool(UserPoolId=pool_id)
    except cognito.exceptions.ClientError:
        told = f"There is no user pool {pool_id} in {cognito.meta.region_name}."
        raise CommandError(told) from None


def _occasion(message: dict[str, Any]) -> str:
    return f"{message['purpose']} of {message['username']} in {message['user_pool_id']}"


def _shown(message: dict[str, Any]) -> str:
    lines = [
        f"{message['time']}  {message['medium']} to {message['destination']}",
        *([_occasion(message)] if message["user_pool_id"] else []),
        *([message["subject"]] if message["subject"] else []),
        message["body"],
    ]
    return "\n".join(lines)
