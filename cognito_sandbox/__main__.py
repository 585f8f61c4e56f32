"""`cognito-sandbox` and `python -m cognito_sandbox`: serve, or whatever else is asked for."""

import importlib
import os
import sys

from cognito_sandbox.commands import outcome
from cognito_sandbox.commands.outcome import WRONG_USE, CommandError

SERVE = "serve"
COMMANDS = (SERVE, "deploy", "event", "invoke", "logs", "mail", "triggers")


def main() -> None:
    arguments = sys.argv[1:]
    named = bool(arguments) and not arguments[0].startswith("-")
    name = arguments.pop(0) if named else SERVE
    try:
        if name not in COMMANDS:
            told = f"There is no command {name}. There are {', '.join(COMMANDS)}."
            raise CommandError(told, WRONG_USE)
        _run(name, arguments)
        sys.stdout.flush()
    except CommandError as error:
        print(f"cognito-sandbox {name}: {error}", file=sys.stderr)
        sys.exit(error.code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(name: str, arguments: list[str]) -> None:
    try:
        importlib.import_module(f"cognito_sandbox.commands.{name}").main(arguments)
    except outcome.foreign_errors() as error:
        raise outcome.told(error) from None


if __name__ == "__main__":
    main()
