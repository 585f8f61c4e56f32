"""Set and remove a pool's Lambda triggers, and change nothing else of the pool."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.model import StructureShape

from cognito_sandbox import pool_settings
from helpers import cloud
from helpers.errors import AnswerError, told_briefly

if TYPE_CHECKING:
    from botocore.model import Shape
    from mypy_boto3_cognito_idp.type_defs import UserPoolTypeTypeDef

    from helpers._inner.tables import Table

__all__ = [
    "kept",
    "mend",
    "remove_trigger",
    "set_trigger",
    "settings",
    "table",
    "update_user_pool",
]

NOTHING = "(none)"
VERSIONED = {"PreTokenGeneration": "PreTokenGenerationConfig"}


def set_trigger(pool_id: str, trigger: str, function_arn: str) -> "Table":
    """Have Cognito run the function at this moment; the triggers before and after.

    >>> set_trigger(pool_id, "PreSignUp", outputs["AutoConfirmFunctionArn"])
    """
    _check_name(trigger)
    if not function_arn:
        raise AnswerError(f"{trigger}: which function? Name its ARN, or use remove_trigger.")
    return _change(pool_id, trigger, function_arn)


def remove_trigger(pool_id: str, trigger: str, function_arn: str | None = None) -> "Table":
    """Have Cognito run nothing at this moment; the triggers before and after.

    With `function_arn`, a trigger that runs another function is left alone.

    >>> remove_trigger(pool_id, "PreSignUp")
    """
    _check_name(trigger)
    pool = _describe(pool_id)
    found = (pool.get("LambdaConfig") or {}).get(trigger)
    if not found or (function_arn and found != function_arn):
        return _before_and_after(_functions(pool), _functions(pool))
    return _change(pool_id, trigger, None)


def table(pool_id: str) -> "Table":
    """The pool's triggers and the functions that they run, sorted.

    >>> table(pool_id)
    """
    from helpers._inner.tables import Table

    rows = sorted(_functions(_describe(pool_id)).items())
    return Table(rows, columns=["Trigger", "Function"])


def _describe(pool_id: str) -> "UserPoolTypeTypeDef":
    with told_briefly():
        return cloud.client("cognito-idp").describe_user_pool(UserPoolId=pool_id)["UserPool"]


def update_user_pool(pool_id: str, **settings: Any) -> None:
    """Set a pool's settings, by AWS's names; what is not passed goes back to its default.

    >>> update_user_pool(pool_id, AutoVerifiedAttributes=["email"])
    """
    with told_briefly():
        cloud.client("cognito-idp").update_user_pool(UserPoolId=pool_id, **settings)


def settings(pool: Mapping[str, Any]) -> dict[str, Any]:
    """All of a described pool that UpdateUserPool takes: it resets what is not passed to it.

    >>> update_user_pool(pool["Id"], **settings(pool))
    """
    names = _members("UpdateUserPoolRequest").keys()
    return pool_settings.to_keep(pool, names)


@contextmanager
def kept(pool_id: str) -> Iterator["UserPoolTypeTypeDef"]:
    """Try something with a pool's settings: at the end, they are as they were.

    >>> with kept(pool_id) as before:
    ...     update_user_pool(pool_id)
    """
    pool = _describe(pool_id)
    try:
        with told_briefly():
            yield pool
    finally:
        update_user_pool(pool_id, **settings(pool))


def mend(pool_id: str, wanted: Mapping[str, Any]) -> None:
    """Set again what a pool has lost of these settings; all else stays as it is.

    >>> mend(pool_id, {"AutoVerifiedAttributes": ["email"]})
    """
    found = settings(_describe(pool_id))
    lost = {k: v for k, v in settings(wanted).items() if not _holds(found.get(k), v)}
    if lost:
        update_user_pool(pool_id, **found | lost)


def _holds(found: object, wanted: object) -> bool:
    """Is all that is wanted there? Cognito adds defaults of its own."""
    if not isinstance(wanted, dict):
        return bool(found == wanted)
    return isinstance(found, dict) and all(_holds(found.get(k), v) for k, v in wanted.items())


def _change(pool_id: str, trigger: str, function_arn: str | None) -> "Table":
    pool = _describe(pool_id)
    before = _functions(pool)
    config = dict(pool.get("LambdaConfig") or {})
    config.pop(VERSIONED.get(trigger, ""), None)
    config.pop(trigger, None)
    if function_arn:
        config[trigger] = function_arn
    update_user_pool(pool_id, **settings(pool) | {"LambdaConfig": config})
    return _before_and_after(before, _functions(_describe(pool_id)))


def _check_name(trigger: str) -> None:
    members = _members("LambdaConfigType").items()
    known = [name for name, member in members if member.type_name == "string"]
    if trigger in pool_settings.SENDERS:
        raise AnswerError(
            f"{trigger} is set with a version, and with a key for the codes, so that no single "
            "function names it all: use update_user_pool with settings(pool)."
        )
    if trigger not in known or trigger == pool_settings.KEY:
        names = ", ".join(name for name in known if name != pool_settings.KEY)
        raise AnswerError(f'There is no trigger "{trigger}". Use one of {names}.')


def _members(structure: str) -> "Mapping[str, Shape]":
    """What the API says that one of its structures holds."""
    shape = cloud.client("cognito-idp").meta.service_model.shape_for(structure)
    return shape.members if isinstance(shape, StructureShape) else {}


def _functions(pool: Mapping[str, Any]) -> dict[str, str]:
    functions = pool_settings.functions(pool.get("LambdaConfig") or {})
    return {name: arn.rpartition(":function:")[2] or arn for name, arn in functions.items()}


def _before_and_after(before: dict[str, str], after: dict[str, str]) -> "Table":
    from helpers._inner.tables import Table

    names = sorted(before.keys() | after.keys())
    rows = [(name, before.get(name, NOTHING), after.get(name, NOTHING)) for name in names]
    return Table(rows, columns=["Trigger", "Before", "After"])
