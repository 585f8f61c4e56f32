"""`cognito-sandbox deploy`: a template, with the code that lies beside it."""

import json
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cognito_sandbox.commands import running, words

if TYPE_CHECKING:
    from cognito_sandbox.testing.stacks import Stack


def main(arguments: list[str]) -> None:
    parser = words.parser(
        "deploy",
        "Deploy a template, SAM's or plain, with the code that lies beside it. A stack that\n"
        "is there already is updated. Nothing is built: libraries must lie in the folders.",
        "template.yaml",
        "template.yaml --stack my-app --parameter Stage=test",
        "template.yaml --json | jq -r .outputs.UserPoolId",
    )
    parser.add_argument("template", metavar="TEMPLATE", help="a file; code is looked for beside it")
    parser.add_argument("--stack", metavar="NAME", help="else the template's name")
    parser.add_argument(
        *("--parameter", "-p"),
        action="append",
        default=[],
        dest="parameters",
        metavar="NAME=VALUE",
        help="one of the template's parameters; others keep the value that the stack has",
    )
    words.add_endpoint(parser)
    words.add_region(parser)
    words.add_json(parser)
    options = parser.parse_args(arguments)
    stack = _deployed(options)
    made = _made(stack)
    print(json.dumps(made) if options.json else _shown(made))


def _deployed(options: Namespace) -> "Stack":
    from cognito_sandbox.testing import stacks

    parameters = words.pairs(options.parameters, "--parameter")
    sandbox = running.reach(options)
    name = options.stack or Path(options.template).stem
    return stacks.deploy(sandbox, options.template, parameters, name)


def _made(stack: "Stack") -> dict[str, Any]:
    skipped = stack.skipped
    made = {key: value for key, value in stack.resources.items() if key not in skipped}
    told = {"stack": stack.name, "changed": stack.changed, "outputs": stack.outputs}
    return told | {"resources": made, "skipped": skipped}


def _shown(made: dict[str, Any]) -> str:
    """The outputs, what was made, and what was left out, in two columns each."""
    done = "is deployed." if made["changed"] else "is as the template says: nothing to do."
    parts = [f"Stack {made['stack']} {done}"]
    for title in ("outputs", "resources", "skipped"):
        width = max(map(len, made[title]), default=0)
        rows = [f"  {name:{width}}  {value}" for name, value in made[title].items()]
        parts += ["", f"{title}:", *rows] if rows else []
    return "\n".join(parts)
