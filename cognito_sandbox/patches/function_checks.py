"""What functions and their calls may not be, refused in AWS's words."""

import base64
import binascii
import json
import zipfile
from typing import Any

from moto.awslambda import models
from moto.awslambda.exceptions import (
    InvalidParameterValueException,
    LambdaClientError,
    ValidationException,
)
from moto.core.utils import get_service_model

from cognito_sandbox.door import parameters
from cognito_sandbox.events import telling
from cognito_sandbox.events.delivery import LARGEST_EVENT
from cognito_sandbox.lambdas import settings, zips
from cognito_sandbox.lambdas.environments import ReservedError, ThrottledError
from cognito_sandbox.patches import function_calls
from cognito_sandbox.store import identities

NEEDS = (
    "moto.awslambda.exceptions:InvalidParameterValueException",
    "moto.awslambda.exceptions:LambdaClientError",
    "moto.awslambda.exceptions:ValidationException",
    "moto.awslambda.models:LambdaBackend.layers_versions_by_arn",
    "moto.core.utils:get_service_model",
)
Settings = dict[str, Any]  # as Lambda's API and templates name them
LAMBDA = "lambda.amazonaws.com"
NOT_ASSUMED = "The role defined for the function cannot be assumed by Lambda."
MOST_LAYERS = 5
LARGEST = {"Timeout": ("timeout", 900), "MemorySize": ("memorySize", 10_240)}
LARGEST_LATER = 1_048_576  # bytes of an event that runs later


def check_layers(arns: list[str], backend: models.LambdaBackend) -> None:
    if len(arns) > MOST_LAYERS:
        raise InvalidParameterValueException(f"Cannot reference more than {MOST_LAYERS} layers.")
    seen: dict[str, str] = {}
    for arn in arns:
        if not backend.layers_versions_by_arn(arn):
            raise InvalidParameterValueException(f"Layer version {arn} does not exist.")
        other = seen.setdefault(arn.rpartition(":")[0], arn)
        if other != arn:
            raise InvalidParameterValueException(
                "Two different versions of the same layer are not allowed to be referenced in the "
                f"same function. {other} and {arn} are versions of the same layer."
            )


def check_json(event: bytes) -> None:
    try:
        json.loads(event)
    except (ValueError, RecursionError) as error:
        text = f"Could not parse request body into json: {error}"
        raise LambdaClientError("InvalidRequestContentException", text) from None


def client_context(header: str | None) -> Settings | None:
    if not header:
        return None
    try:
        return dict(json.loads(base64.b64decode(header)))
    except (ValueError, TypeError):
        text = "Client context must be a valid Base64-encoded JSON object."
        raise LambdaClientError("InvalidRequestContentException", text) from None


def throttled(error: ThrottledError) -> LambdaClientError:
    told = LambdaClientError("TooManyRequestsException", "Rate Exceeded.")
    told.code = 429
    reserved = "ReservedFunction" if isinstance(error, ReservedError) else ""
    reason = f"{reserved}ConcurrentInvocationLimitExceeded"
    told.description = json.dumps(json.loads(told.description) | {"Reason": reason})
    return told


def check_size(event: bytes, kind: str) -> None:
    if kind == "Event" and len(event) > LARGEST_LATER:
        raise function_calls.too_large(
            f"{len(event)} byte payload is too large for the Event invocation type "
            f"(limit {LARGEST_LATER} bytes)"
        )
    if len(event) > LARGEST_EVENT:
        raise function_calls.too_large(
            f"Request must be smaller than {LARGEST_EVENT} bytes for the InvokeFunction operation"
        )


def effective(spec: Settings) -> Settings:
    """The settings that have their effect, if the others ask for nothing."""
    try:
        settings.check(spec)
    except settings.NoEffectError as error:
        raise InvalidParameterValueException(str(error)) from None
    return {name: value for name, value in spec.items() if name in settings.EFFECTIVE}


def check_numbers(spec: Settings) -> None:
    """botocore's description knows the least of them only."""
    for name, (member, most) in LARGEST.items():
        value = int(spec.get(name) or 0)
        if value > most:
            constraint = f"Member must have value less than or equal to {most}"
            raise ValidationException(str(value), member, constraint)


def only_code(spec: Settings) -> Settings:
    beside = {"Architectures", "FunctionName", "Publish", "RevisionId"}
    return {name: value for name, value in spec.items() if name not in beside}


def in_aws_words(error: Exception) -> Exception:
    refusal = error
    if isinstance(error, zips.BadZipError):
        refusal = InvalidParameterValueException(str(error))
    elif isinstance(error, zipfile.BadZipFile | binascii.Error):
        refusal = InvalidParameterValueException(zips.NO_ZIP)
    elif isinstance(error, ValueError) and len(error.args) == 2:  # moto's: a name, and a text
        refusal = InvalidParameterValueException(str(error.args[1]))
    return refusal


def not_assumed() -> LambdaClientError:
    error = LambdaClientError("AccessDeniedException", NOT_ASSUMED)
    error.code = 403
    return error


def check_role(account: str, role: str | None) -> None:
    """moto has words for a role that is no ARN, or another account's."""
    prefix = f"arn:aws:iam::{account}:role/"
    if role and role.startswith(prefix) and not identities.assumable(role, LAMBDA):
        raise InvalidParameterValueException(NOT_ASSUMED)


def check_letters(arn: str | None, role: str, function_arn: str) -> None:
    try:
        if arn:
            telling.check_letters(arn, role, function_arn)
    except telling.TellingError as error:
        raise InvalidParameterValueException(str(error)) from None


def check_shape(operation: str, given: dict[str, Any]) -> None:
    """Hold what a stack gives an operation of Lambda against AWS's description of it."""
    shape = get_service_model("lambda").operation_model(operation).input_shape
    known = {key: value for key, value in given.items() if key in shape.members}
    for name in ("Runtime", "StartingPosition"):  # of which the sandbox tells more
        known.pop(name, None)
    try:
        problem = parameters.violations(shape, known)
    except parameters.MisshapenError as error:
        raise InvalidParameterValueException(str(error)) from None
    if problem:
        raise InvalidParameterValueException(problem)
