"""Which function a pool runs at which moment."""

from collections.abc import Callable
from typing import Any

from cognito_sandbox import pool_settings
from cognito_sandbox.spelling import meant
from cognito_sandbox.testing.calls import call
from cognito_sandbox.testing.errors import TestingError

__tracebackhide__ = True
VERSIONED = "PreTokenGeneration"


def check(cognito: Any, name: str, version: str | None) -> None:
    """Refuse a trigger that Cognito does not have."""
    shape = cognito.meta.service_model.shape_for("LambdaConfigType")
    known = [each for each, member in shape.members.items() if member.type_name == "string"]
    known.remove(pool_settings.KEY)
    known += pool_settings.SENDERS
    if name in shape.members and name not in known and not name.startswith(VERSIONED):
        raise TestingError(f"The sandbox does not have {name}: try it in an AWS account.")
    if name == f"{VERSIONED}Config":
        told = f'{name} is {VERSIONED} with a version: trigger("{VERSIONED}", …, version="V2_0").'
        raise TestingError(told)
    if name not in known:
        instead = meant(name, known) or f". Use one of {', '.join(known)}."
        raise TestingError(f'There is no trigger "{name}"{instead}')
    if version and name != VERSIONED:
        raise TestingError(f"{name} has no versions: only {VERSIONED} has.")


def set_trigger(
    cognito: Any, pool_id: str, name: str, arn: str, version: str | None, key: Callable[[], str]
) -> None:
    """Change this trigger, and nothing else of the pool; the key is for a sender's codes."""
    pool = cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    config = dict(pool.get("LambdaConfig") or {})
    config.pop(name, None)
    config.pop(f"{name}Config", None)
    if name in pool_settings.SENDERS:
        config |= {name: {"LambdaVersion": "V1_0", "LambdaArn": arn}, pool_settings.KEY: key()}
    elif version:
        config[f"{name}Config"] = {"LambdaVersion": version, "LambdaArn": arn}
    else:
        config[name] = arn
    shape = cognito.meta.service_model.operation_model("UpdateUserPool").input_shape
    kept = pool_settings.to_keep(pool, shape.members) | {"LambdaConfig": config}
    call(cognito, "update_user_pool", UserPoolId=pool_id, **kept)
