"""A function's settings: those that have their effect here, and the refusal of all others."""

from typing import Any

EFFECTIVE = {
    *("Architectures", "Code", "DeadLetterConfig", "Description", "Environment"),
    *("EphemeralStorage", "FunctionName"),
    *("Handler", "Layers", "LoggingConfig", "MemorySize", "PackageType", "Publish", "RevisionId"),
    *("Role", "Runtime", "Tags", "Timeout", "ReservedConcurrentExecutions"),
}
FROM_S3 = {"S3Bucket", "S3Key", "S3ObjectVersion"}
EFFECTIVE_CODE = {"DryRun", "ZipFile", *FROM_S3}
EFFECTIVE_LOGGING = {"ApplicationLogLevel", "LogFormat", "LogGroup"}
NOT_HERE = {
    *("AcceleratorConfig", "CapacityProviderConfig", "CodeSigningConfigArn", "DurableConfig"),
    *("FileSystemConfigs", "FunctionScalingConfig", "ImageConfig", "ImageUri", "KMSKeyArn"),
    *("KmsKeyArn", "PublishTo", "PublishToLatestPublished", "RecursiveLoop", "RuntimeConfig"),
    *("RuntimeManagementConfig", "S3ObjectStorageMode", "SnapStart"),
    *("SourceKMSKeyArn", "SystemLogLevel", "TenancyConfig", "TracingConfig", "VpcConfig"),
}
NOTHING = ("", "PassThrough", "None", "INFO")  # what stands for a setting's absence


class NoEffectError(Exception):
    """A setting that the sandbox could only store; the message names it."""


def check(given: dict[str, Any], effective: set[str] = EFFECTIVE, inside: str = "") -> None:
    for name, value in given.items():
        if name not in effective and _asks_something(value):
            raise NoEffectError(_told(f"{inside}{name}", name in NOT_HERE))
    if isinstance(given.get("Code"), dict):
        check(given["Code"], EFFECTIVE_CODE, "Code.")
        _check_one_source(given["Code"])
    if isinstance(given.get("LoggingConfig"), dict):
        check(given["LoggingConfig"], EFFECTIVE_LOGGING, "LoggingConfig.")


def _check_one_source(code: dict[str, Any]) -> None:
    if code.get("ZipFile") and any(map(code.get, FROM_S3)):
        raise NoEffectError(
            "Please do not provide other FunctionCode parameters when providing a ZipFile."
        )


def _told(name: str, is_known: bool) -> str:
    if not is_known:
        return (
            f"Lambda's functions have no property {name} that is known here. Is it spelled right?"
        )
    return (
        f"The sandbox does not have Lambda's {name}: it would have no effect. "
        "Leave it out, or use an AWS account."
    )


def _asks_something(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_asks_something, value.values()))
    if isinstance(value, list):
        return any(map(_asks_something, value))
    return value not in NOTHING if isinstance(value, str) else bool(value)
