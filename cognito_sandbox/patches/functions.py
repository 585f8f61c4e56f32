"""moto's Lambda functions, made to run: every service of moto that invokes one comes here."""

import base64
import copy
import threading
import time
import uuid
from typing import Any, ClassVar, final

from moto.awslambda import models

from cognito_sandbox.lambdas import package, zips
from cognito_sandbox.lambdas.environments import Environments
from cognito_sandbox.lambdas.invocation import Outcome, invoke, load
from cognito_sandbox.lambdas.progress import TAKES, Progress
from cognito_sandbox.lambdas.runnable import LogEvent, Runnable
from cognito_sandbox.patches import (
    function_calls,
    function_checks,
    function_code,
    function_invoking,
    function_logs,
    function_permissions,
    function_updates,
    function_versions,
)
from cognito_sandbox.store import identities, needs
from cognito_sandbox.store.functions import RoleError

NEEDS = (
    "moto.awslambda.models:LambdaBackend.get_function",
    "moto.awslambda.models:LambdaFunction._get_layers_data",
    "moto.awslambda.models:LambdaFunction._set_function_code",
    "moto.awslambda.models:LambdaFunction.get_configuration",
    "moto.awslambda.models:LambdaFunction.invoke",
    "moto.awslambda.models:LambdaFunction.update_configuration",
    "moto.awslambda.models:LambdaFunction.update_function_code",
    "moto.awslambda.models:lambda_backends",
)
Settings = dict[str, Any]  # as Lambda's API and templates name them
PENDING = "The function is currently in the following state: Pending"


@final  # or mypy would not miss what is abstract: it is moto that makes these
class Function(Runnable, models.LambdaFunction):
    """A Lambda function that runs from its own zip."""

    environments: ClassVar[Environments]

    def __init__(self, account_id: str, spec: Settings, region: str, version: str | int) -> None:
        spec = function_checks.effective(spec)
        function_checks.check_numbers(spec)
        self.logging_config = spec.get("LoggingConfig") or {}
        self.dead_letters = _dead_letters(spec)
        function_checks.check_role(account_id, spec["Role"])
        super().__init__(account_id, spec, region, version)
        function_checks.check_letters(self.dead_letters, self.role, self.function_arn)

    def _set_function_code(self, updated_spec: Settings) -> None:
        """Take new code, or stay with the old if it cannot run."""
        before = vars(self) | {"code": dict(self.code)}
        try:
            function_code.check_source(updated_spec)
            if updated_spec is not self.code:
                function_checks.effective({"Code": function_checks.only_code(updated_spec)})
                if "Architectures" in updated_spec:
                    self.architectures = updated_spec["Architectures"]
            super()._set_function_code(
                function_code.of_version(self.account_id, self.region, updated_spec)
            )
            if self.package_type == "Zip":
                zips.check(getattr(self, "code_bytes", b""))
                zips.check_machine(self.code_bytes, str(self._architectures[0]))
            function_code.check(self)
        except Exception as error:
            self.__dict__.update(before)
            raise function_checks.in_aws_words(error) from None
        if updated_spec is self.code:
            self._revision, self.progress = str(uuid.uuid4()), Progress()
            self.progress.create()
        elif not updated_spec.get("DryRun"):
            self._begin_update(before)

    def update_configuration(self, config_updates: Settings) -> Settings:
        before, layer_code = dict(vars(self)), self._layer_code
        try:
            config_updates = function_checks.effective(config_updates)
            function_checks.check_numbers(config_updates)
            function_checks.check_role(self.account_id, config_updates.get("Role", self.role))
            self.logging_config = config_updates.get("LoggingConfig", self.logging_config)
            if "DeadLetterConfig" in config_updates:
                self.dead_letters = _dead_letters(config_updates)
            if {"DeadLetterConfig", "Role"} & config_updates.keys():
                role = str(config_updates.get("Role") or self.role)
                function_checks.check_letters(self.dead_letters, role, self.function_arn)
            if "EphemeralStorage" in config_updates:
                self.ephemeral_storage = config_updates["EphemeralStorage"]["Size"]
            configuration: Settings = super().update_configuration(config_updates)
            function_code.check(self)
        except Exception:
            self.__dict__.update(before | {"_layer_code": layer_code})
            raise
        self._begin_update(before | {"_layer_code": layer_code})
        return configuration | self.get_configuration()

    @property
    def concurrency(self) -> int | None:
        functions = models.lambda_backends[self.account_id][self.region]._lambdas._functions
        latest = functions.get(self.function_name, {}).get("latest") or self
        limit = latest.reserved_concurrency
        return None if limit is None else int(limit)

    def get_code(self) -> Settings:
        answer: Settings = super().get_code()
        answer["Code"] = {"RepositoryType": "S3", "Location": function_calls.link(self.code_bytes)}
        if self.concurrency is not None:
            answer["Concurrency"] = {"ReservedConcurrentExecutions": self.concurrency}
        return answer

    @property
    def revision(self) -> str:
        before = self.progress.before
        return before.revision if before else self._revision

    def _begin_update(self, before: Settings) -> None:
        old = copy.copy(self)
        old.__dict__.update(before | {"progress": Progress()})
        progress = Progress()
        progress.update(old)
        self.progress, self._revision = progress, str(uuid.uuid4())
        threading.Thread(target=self._end_update, args=(progress, old), daemon=True).start()

    def _end_update(self, progress: Progress, old: "Function") -> None:
        while progress is self.progress and progress.before:
            time.sleep(TAKES)
        progress.settle()
        old.end()

    def end(self) -> None:
        """From now on, no environment runs this function."""
        self.progress.settle()
        self._revision = ""
        self.environments.end_outdated()

    def set_version(self, version: int) -> None:
        super().set_version(version)
        self.progress = Progress()

    def __deepcopy__(self, _memo: object) -> "Function":
        """For moto, which copies a function to change what it answers; the logs are shared."""
        return copy.copy(self)

    def get_configuration(self, on_create: bool = False) -> Settings:
        logging = {"LogFormat": "Text", "LogGroup": package.log_group(self)} | self.logging_config
        configuration: Settings = super().get_configuration(on_create)
        dead = {"DeadLetterConfig": {"TargetArn": self.dead_letters}} if self.dead_letters else {}
        configuration.pop("LastUpdateStatus", None)
        return configuration | {"LoggingConfig": logging} | self.progress.described() | dead

    @property
    def code_sha(self) -> str:
        return base64.b64decode(self.code_sha_256).hex()

    def layer_code(self) -> list[tuple[str, bytes]]:
        return self._layer_code

    def _get_layers_data(self, layers_versions_arns: list[str]) -> list[dict[str, str]]:
        """Keep the layers' code: a function runs on after its layer's version is deleted."""
        backend = models.lambda_backends[self.account_id][self.region]
        function_checks.check_layers(layers_versions_arns, backend)
        data: list[dict[str, str]] = super()._get_layers_data(layers_versions_arns)
        layers = [backend.layers_versions_by_arn(layer["Arn"]) for layer in data]
        self._layer_code = [
            (base64.b64decode(layer.code_sha_256).hex(), layer.code_bytes) for layer in layers
        ]
        return data

    def write_log(self, stream: str, events: list[LogEvent]) -> None:
        function_logs.write(self, stream, events)

    def run(
        self,
        event: bytes,
        context: Settings | None = None,
        request_id: str = "",
        asked: str = "",
    ) -> Outcome:
        if not identities.assumable(self.role, function_checks.LAMBDA):
            raise RoleError
        running = self.progress.before or self
        return invoke(self.environments, running, event, context, request_id, asked)

    def load(self) -> Outcome | None:
        return load(self.environments, self)

    def invoke(
        self,
        body: str | bytes,
        request_headers: function_invoking.Headers,
        response_headers: function_invoking.Headers,
        asked: str | None = None,
    ) -> str | bytes:
        """The one road by which all of moto invokes functions, the Invoke call included."""
        if self.progress.is_pending:
            raise function_updates.not_now(PENDING)
        event = (body.encode() if isinstance(body, str) else body) or b"{}"
        asked = asked or str(self.function_arn)
        return function_invoking.answer(self, event, request_headers, response_headers, asked)


def _dead_letters(spec: Settings) -> str | None:
    return (spec.get("DeadLetterConfig") or {}).get("TargetArn") or None


def install(endpoint: str, environments: Environments) -> None:
    """From now on, moto makes functions that run."""
    needs.check((*NEEDS, *function_checks.NEEDS, *function_code.NEEDS, *function_logs.NEEDS))
    Function.endpoint, Function.environments = endpoint, environments
    models.LambdaFunction = Function
    _end_with_deletion()
    function_invoking.install()
    function_calls.install(endpoint)
    function_updates.install()
    function_versions.install()
    function_permissions.install()


def _end_with_deletion() -> None:
    delete = models.LambdaStorage.del_function

    def delete_and_end(
        storage: models.LambdaStorage, name_or_arn: str, qualifier: str | None = None
    ) -> None:
        before = _all(storage)
        delete(storage, name_or_arn, qualifier)
        for function in before - _all(storage):
            function.end()

    models.LambdaStorage.del_function = delete_and_end


def _all(storage: models.LambdaStorage) -> set[Function]:
    kept = list(storage._functions.values())
    return {each for group in kept for each in (group["latest"], *group["versions"]) if each}
