"""A function's code on disk, what of it can run here, and the variables that it will see."""

import json
from pathlib import Path

from cognito_sandbox.lambdas.runnable import Runnable

ABSENT = "The sandbox runs Python functions from a zip file; it cannot run "
LARGEST_ENVIRONMENT = 4096
RESERVED = {
    *("_HANDLER", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION"),
    *("AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME"),
    *("AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE"),
    *("AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API"),
    *("AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_SESSION_TOKEN"),
    *("LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "TZ"),
}


class CannotRunError(Exception):
    """The sandbox has no way to run this function; the message says why."""


def check(package_type: str, runtime: str | None) -> None:
    """Refuse, in words, what no code could run in."""
    if package_type == "Image":
        raise CannotRunError(f"{ABSENT}container images.")
    minor = str(runtime).removeprefix("python3.")
    if not minor.isdecimal():
        raise CannotRunError(f"{ABSENT}{runtime or 'a function without a runtime'}.")


def check_variables(variables: dict[str, str]) -> None:
    """Refuse what would take the place of Lambda's own variables, or cannot be one."""
    taken = sorted(RESERVED & variables.keys())
    if taken:
        raise CannotRunError(
            "Lambda was unable to configure your environment variables because the environment "
            "variables you have provided contains reserved keys that are currently not supported "
            f"for modification. Reserved keys used in this request: {', '.join(taken)}"
        )
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > LARGEST_ENVIRONMENT:
        raise CannotRunError(
            "Lambda was unable to configure your environment variables because the environment "
            f"variables you have provided exceeded the 4KB limit. String measured: {measured}"
        )
    if any("\0" in f"{name}{value}" for name, value in variables.items()):
        raise CannotRunError("An environment variable contains a NUL character.")


def variables(function: Runnable, task_root: Path, tmp: Path, log_stream: str) -> dict[str, str]:
    """The environment variables of AWS Lambda, then the function's own."""
    logging_config = function.logging_config
    settings = {
        "_HANDLER": function.handler,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_DEFAULT_REGION": function.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": function.endpoint,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": logging_config.get("LogFormat", "Text"),
        "AWS_LAMBDA_LOG_GROUP_NAME": log_group(function),
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "AWS_REGION": function.region,
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "HOME": str(tmp),
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LAMBDA_TASK_ROOT": str(task_root),
        "LANG": "en_US.UTF-8",
        "NO_PROXY": "*",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TMPDIR": str(tmp),
        "TZ": ":UTC",
    }
    if "ApplicationLogLevel" in logging_config:
        settings["AWS_LAMBDA_LOG_LEVEL"] = logging_config["ApplicationLogLevel"]
    return settings | {name: str(value) for name, value in function.environment_vars.items()}


def log_group(function: Runnable) -> str:
    return function.logging_config.get("LogGroup") or f"/aws/lambda/{function.function_name}"
