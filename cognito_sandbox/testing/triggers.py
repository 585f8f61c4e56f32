"""A trigger under test: its function, and what can be asked of its runs."""

import json
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cognito_sandbox.testing import code
from cognito_sandbox.testing.access import Access
from cognito_sandbox.testing.calls import call
from cognito_sandbox.testing.code import Code
from cognito_sandbox.testing.errors import HandlerError, TestingError

__tracebackhide__ = True
OF_TESTS = ("pytest", "cognito_sandbox")
COGNITO = "cognito-idp.amazonaws.com"
LOGGING = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Run:
    """One run of the handler; `milliseconds` is None while it runs, `error` if it returned."""

    event: dict[str, Any]
    answer: Any
    error: str | None
    cold: bool
    milliseconds: float | None
    logs: tuple[str, ...]
    started: float
    request_id: str


@dataclass(frozen=True)
class Refusal:
    """A call of the handler that its role does not allow."""

    action: str
    resource: str
    time: str
    request_id: str | None


class Trigger:
    """A function that Cognito runs; each run is remembered."""

    def __init__(
        self, sandbox: Access, name: str, label: str, arn: str, layers: Sequence[str] = ()
    ) -> None:
        self._sandbox, self.name, self.label, self.arn = sandbox, name, label, arn
        self.function_name = arn.split(":")[6]
        self._layers = layers  # those that were made for it

    def __repr__(self) -> str:
        return f"<{self.name} trigger {self.label}>"

    @property
    def runs(self) -> list[Run]:
        """All its runs, oldest first."""
        return [_run(made) for made in self._sandbox.ask("runs", function=self.function_name)]

    @property
    def events(self) -> list[dict[str, Any]]:
        """Each event, as the handler got it."""
        return [run.event for run in self.runs]

    @property
    def answers(self) -> list[Any]:
        """What the handler returned each time; of one that failed, the error as Lambda tells it."""
        return [run.answer for run in self.runs]

    @property
    def logs(self) -> list[str]:
        """The handler's own log lines."""
        return [line for run in self.runs for line in run.logs]

    @property
    def refusals(self) -> list[Refusal]:
        """The calls of the handler that its role did not allow."""
        calls = self._sandbox.ask("calls", function=self.function_name)
        return [
            Refusal(call["action"], call["resource"], call["time"], call["request_id"])
            for call in calls
            if "AccessDenied" in call["outcome"] or "Unauthorized" in call["outcome"]
        ]

    def wait(self, runs: int = 1, seconds: float = 10) -> None:
        """Wait until this many runs in all have ended: of a sender, for which Cognito does not."""
        deadline = time.monotonic() + seconds
        while (ended := sum(run.milliseconds is not None for run in self.runs)) < runs:
            if time.monotonic() > deadline:
                told = f"{ended} of {runs} runs have ended within {seconds:g} seconds"
                raise TestingError(f"{self.label}: {told}. wait({runs}, seconds=…) waits longer.")
            time.sleep(0.02)

    def delete(self) -> None:
        """Remove the function, its log and its layers; what it ran stays to be asked for."""
        lambdas, logs = self._sandbox.client("lambda"), self._sandbox.client("logs")
        with suppress(lambdas.exceptions.ResourceNotFoundException):  # the test has deleted it
            lambdas.delete_function(FunctionName=self.function_name)
        with suppress(logs.exceptions.ResourceNotFoundException):  # it has written nothing
            logs.delete_log_group(logGroupName=f"/aws/lambda/{self.function_name}")
        for layer in self._layers:
            name, _, version = layer.rpartition(":")
            lambdas.delete_layer_version(LayerName=name, VersionNumber=int(version))


def _run(made: dict[str, Any]) -> Run:
    answer = None if made["answer"] is None else _read(made["answer"])
    return Run(
        _read(made["event"]),
        answer,
        made["error"],
        made["cold"],
        made["milliseconds"],
        tuple(line for text in made["log"] if (line := text.rstrip("\n"))),
        made["started"],
        made["request_id"],
    )


def _read(text: str) -> Any:
    """JSON, or the text itself: a handler may answer with anything."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def make(
    sandbox: Access,
    name: str,
    packed: Code,
    environment: Mapping[str, str],
    policy: Statement | Sequence[Statement],
    layers: Sequence[str | Path],
    timeout: int,
) -> Trigger:
    """Deploy the code as a function that Cognito may run, and load it."""
    lambdas = sandbox.client("lambda")
    if isinstance(layers, str | Path):
        raise TestingError(f'layers takes a list, such as ["{layers}"].')
    used = [_layer(sandbox, layer) for layer in layers]
    arn = call(
        lambdas,
        "create_function",
        FunctionName=f"{name}-{uuid.uuid4().hex[:8]}",
        Runtime=f"python3.{sys.version_info.minor}",
        Handler=packed.handler,
        Role=_role(sandbox, policy),
        Code={"ZipFile": packed.zipped},
        Environment={"Variables": dict(environment)},
        Layers=used,
        Timeout=timeout,
    )["FunctionArn"]
    made = [layer for layer in used if layer not in layers]
    trigger = Trigger(sandbox, name, packed.label, arn, made)
    failed = sandbox.ask("load", {"function": arn})
    if failed:
        trigger.delete()
        raise HandlerError(_told(packed, failed))
    lambdas.add_permission(
        FunctionName=trigger.function_name,
        StatementId="cognito",
        Action="lambda:InvokeFunction",
        Principal=COGNITO,
    )
    return trigger


def _told(packed: Code, failed: dict[str, str]) -> str:
    told = f"{packed.label} cannot be loaded: {failed['message']}"
    if any(f"No module named '{name}" in told for name in OF_TESTS):
        told += "\nGive the handler a file of its own, which imports nothing of what tests need."
    elif "No module named" in told:
        told += (
            "\nA function has its own code and layers only, beside Python and boto3. To bring the "
            "modules beside it, name the folder; a library may lie in it, too."
        )
    if "missing on module" in told:
        has = ", ".join(code.functions(packed))
        told += f"{f'. It has {has}' if has else ''}. {code.NAME_IT}"
    return f"{told}\n\n{failed['traceback']}".rstrip()


def _role(sandbox: Access, policy: Statement | Sequence[Statement]) -> str:
    """A role that may write logs, and do what the policy says; one for each policy."""
    given = [policy] if isinstance(policy, Mapping) else list(policy)
    if not all(isinstance(each, Mapping) for each in given):
        raise TestingError(
            "policy takes statements, such as "
            '{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}.'
        )
    statements = [{"Effect": "Allow", "Action": LOGGING, "Resource": "*"}, *given]
    known = json.dumps(statements, sort_keys=True, default=str)
    if known not in sandbox.roles:
        iam, name = sandbox.client("iam"), f"trigger-{uuid.uuid4().hex[:8]}"
        trust = _document([TRUST | {"Action": "sts:AssumeRole"}])
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]
        said = {"PolicyName": "policy", "PolicyDocument": _document(statements)}
        call(iam, "put_role_policy", RoleName=name, **said)
        sandbox.roles[known] = role["Arn"]
    return sandbox.roles[known]


def _document(statements: Sequence[Statement]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _layer(sandbox: Access, layer: str | Path) -> str:
    """The ARN of a layer; of a folder or a zip, as Lambda wants it: modules below python/."""
    if str(layer).startswith("arn:"):
        return str(layer)
    path = code.find(layer, sandbox.folders)
    if path.is_dir() and not (path / "python").is_dir():
        raise TestingError(f"The layer {layer} has no folder python/ in it: Lambda looks there.")
    content = code.zip_folder(path) if path.is_dir() else path.read_bytes()
    name = f"layer-{uuid.uuid4().hex[:8]}"
    lambdas, zipped = sandbox.client("lambda"), {"ZipFile": content}
    published = call(lambdas, "publish_layer_version", LayerName=name, Content=zipped)
    return str(published["LayerVersionArn"])
