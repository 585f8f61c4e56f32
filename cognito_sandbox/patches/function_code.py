"""A function's code: which one was meant, and whether it can run."""

import base64
from typing import Any

from moto.awslambda import models
from moto.awslambda.exceptions import InvalidParameterValueException

from cognito_sandbox.lambdas import package, zips

NEEDS = ("moto.awslambda.models:get_partition", "moto.awslambda.models:s3_backends")
NOT_READ = "Error occurred while GetObject. S3 Error Code:"
NO_KEY = f"{NOT_READ} NoSuchKey. S3 Error Message: The specified key does not exist."
NO_VERSION = f"{NOT_READ} NoSuchVersion. S3 Error Message: The specified version does not exist."
Settings = dict[str, Any]  # as Lambda's API and templates name them


def check_source(code: Settings) -> None:
    """Refuse code that is nowhere."""
    is_object = code.get("S3Bucket") and code.get("S3Key")
    if not (code.get("ImageUri") or code.get("ZipFile") or is_object):
        raise InvalidParameterValueException("Please provide a source for function code.")


def of_version(account: str, region: str, code: Settings) -> Settings:
    """With the object's version that was asked for: moto would take the newest."""
    bucket, key, version = (code.get(name) for name in ("S3Bucket", "S3Key", "S3ObjectVersion"))
    if not (bucket and key):
        return code
    backend = models.s3_backends[account][models.get_partition(region)]
    if bucket not in backend.buckets:
        return code  # moto tells of it
    found = backend.get_object(bucket, key, version)
    if found is None:
        raise InvalidParameterValueException(NO_VERSION if version else NO_KEY)
    return code | {"ZipFile": base64.b64encode(found.value).decode()} if version else code


def check(function: Any) -> None:
    """Refuse what cannot run: a package, a runtime, or variables that Lambda does not take."""
    layers = [code for _, code in function.layer_code()]
    try:
        package.check(function.package_type, function.run_time)
        package.check_variables(function.environment_vars)
        zips.check_together(function.code_bytes, layers)
    except (package.CannotRunError, zips.BadZipError) as error:
        raise InvalidParameterValueException(str(error)) from None
