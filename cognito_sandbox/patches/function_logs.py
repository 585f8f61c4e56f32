"""What a function writes, in moto's logs."""

import functools
import threading

from moto.awslambda import models

from cognito_sandbox import lasting
from cognito_sandbox.iam.needs import Call
from cognito_sandbox.lambdas import package
from cognito_sandbox.lambdas.runnable import LogEvent
from cognito_sandbox.rights import allowed
from cognito_sandbox.store import identities

NEEDS = (
    "moto.logs.models:LogsBackend.ensure_log_group",
    "moto.logs.models:LogsBackend.ensure_log_stream",
    "moto.logs.models:LogsBackend.put_log_events",
)
_logging = threading.Lock()  # two first invocations would both make the log group


def write(function: models.LambdaFunction, stream: str, events: list[LogEvent]) -> None:
    """As far as the role allows: without its rights there is no group, no stream, no line."""
    group, backend = package.log_group(function), function.logs_backend
    may = functools.partial(_may, function, group, stream)
    with _logging:
        if group not in backend.groups and may("CreateLogGroup"):
            backend.ensure_log_group(group)
        if group not in backend.groups:
            return
        if stream not in backend.groups[group].streams and may("CreateLogStream"):
            backend.ensure_log_stream(group, stream)
    if stream in backend.groups[group].streams and may("PutLogEvents"):
        backend.put_log_events(group, stream, events)
    lasting.changed()


def _may(function: models.LambdaFunction, group: str, stream: str, operation: str) -> bool:
    names = {"logGroupName": group}
    if operation != "CreateLogGroup":
        names["logStreamName"] = stream
    call = Call("logs", operation, names, function.region, function.account_id)
    return allowed.may(identities.of_function(function.role, function.function_arn), call)
