"""A function's code: which one was meant, and whether it can run."""

import base64
from typing import Any

from moto.awslambda import models
from moto.awslambda.exceptions import InvalidParameterValueException

from cognito_sandbox.lambdas import package, zips

NEEDS = ("moto.awslambda.models:get_partition", "moto.awslambda.models:s3_backends")
Settings = dict[str, Any]  # as Lambda's API and templates name them


def of_version(account: str, region: str, code: Settings) -> Settings:
    """With the object's version that was asked for: moto would take the newest."""
    wanted = [code.get(name) for name in ("S3Bucket", "S3Key", "S3ObjectVersion")]
    if not all(wanted):
        return code
    found = models.s3_backends[account][models.get_partition(region)].get_object(*wanted)
    if found is None:
        told = "The specified version does not exist."
        raise InvalidParameterValueException(f"Error occurred while GetObject. {told}")
    return code | {"ZipFile": base64.b64encode(found.value).decode()}


def check(function: Any) -> None:
    """Refuse what cannot run: a package, a runtime, or variables that Lambda does not take."""
    layers = [code for _, code in function.layer_code()]
    try:
        package.check(function.package_type, function.run_time)
        package.check_variables(function.environment_vars)
        zips.check_together(function.code_bytes, layers)
    except (package.CannotRunError, zips.BadZipError) as error:
        raise InvalidParameterValueException(str(error)) from None
