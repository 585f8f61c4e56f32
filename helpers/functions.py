"""Lambda's own actions, one function each: a function's whole life. (`invoking.invoke` runs it.)

What AWS refuses is raised as RefusedError, with AWS's code and message.

>>> from helpers import functions
>>> [each["FunctionName"] for each in functions.list_functions()]
"""

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from helpers import cloud
from helpers._inner import packaging
from helpers._inner.waiting import looks
from helpers.errors import RefusedError, told_briefly, unless

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import FunctionConfigurationTypeDef

__all__ = [
    "create_function",
    "delete_function",
    "get_function",
    "list_functions",
    "pages",
    "update_function_code",
    "update_function_configuration",
    "zipped",
]

RUNTIME = "python3.13"
NOT_YET = "cannot be assumed"  # a role that was made a moment ago is not known everywhere


def pages(size: int = 50) -> Iterator[list["FunctionConfigurationTypeDef"]]:
    """The functions of the account and region, one page after the other, as AWS gives them.

    >>> for page in pages(size=2):
    ...     print([each["FunctionName"] for each in page])
    """
    with told_briefly():
        paginator = _api().get_paginator("list_functions")
        for page in paginator.paginate(PaginationConfig={"PageSize": size}):
            yield page["Functions"]


def list_functions() -> list["FunctionConfigurationTypeDef"]:
    """All functions, from every page, sorted by name: the hello of Lambda.

    >>> [each["FunctionName"] for each in list_functions()]
    """
    found = [each for page in pages() for each in page]
    return sorted(found, key=lambda each: each["FunctionName"])


def zipped(files: Mapping[str, str]) -> bytes:
    """Code as Lambda takes it: a zip, here of these texts by their file names.

    >>> zipped({"my_handler.py": "def handler(event, context): return event"})[:2]
    b'PK'
    """
    return packaging.packed({name: text.encode() for name, text in files.items()})


def create_function(
    name: str, role_arn: str, handler: str, code: bytes, patience: float = 0, **settings: Any
) -> "FunctionConfigurationTypeDef":
    """Create a function, and wait until it is active; for so long, also until its role is known.

    >>> create_function("my-other-function", role_arn, "my_handler.handler", zipped({
    ...     "my_handler.py": "def handler(event, context): return event"
    ... }))["State"]
    'Active'
    """
    given = {"FunctionName": name, "Role": role_arn, "Handler": handler, "Runtime": RUNTIME}
    tags = {packaging.OWNER["Key"]: packaging.OWNER["Value"]}
    wanted: dict[str, Any] = {"Tags": tags} | given | settings
    end = time.monotonic() + patience
    for _ in looks(patience, first=1):
        try:
            with told_briefly():
                _api().create_function(**wanted, Code={"ZipFile": code})
                active = _api().get_waiter("function_active_v2")
                active.wait(FunctionName=name, WaiterConfig={"Delay": 1})
            break
        except RefusedError as refused:
            if NOT_YET not in refused.message or time.monotonic() >= end:
                raise
    return get_function(name)


def get_function(name: str) -> "FunctionConfigurationTypeDef":
    """All settings of a function; behind a colon, the name may have a version or an alias.

    >>> get_function("my-function")["Runtime"]
    'python3.13'
    """
    with told_briefly():
        return _api().get_function(FunctionName=name)["Configuration"]


def update_function_code(
    name: str, code: bytes, revision: str | None = None
) -> "FunctionConfigurationTypeDef":
    """Replace a function's code, and wait until that is in force.

    With `revision`, only if nobody has changed the function since it had that RevisionId.

    >>> update_function_code("my-function", zipped({"my_handler.py": code}))["LastUpdateStatus"]
    'Successful'
    """
    _updated(name)
    with told_briefly():
        _api().update_function_code(FunctionName=name, ZipFile=code, **_only_if(revision))
    return _updated(name)


def update_function_configuration(
    name: str, revision: str | None = None, **settings: Any
) -> "FunctionConfigurationTypeDef":
    """Change some settings of a function, named as AWS names them; the others stay.

    With `revision`, only if nobody has changed the function since it had that RevisionId.

    >>> update_function_configuration("my-function", Timeout=5)["Timeout"]
    5
    """
    _updated(name)
    with told_briefly():
        _api().update_function_configuration(FunctionName=name, **_only_if(revision), **settings)
    return _updated(name)


def delete_function(name: str) -> bool:
    """Delete a function with all its versions and aliases; False if there is none.

    >>> delete_function("my-other-function")
    """
    with unless("ResourceNotFoundException"), told_briefly():
        _api().delete_function(FunctionName=name)
        return True
    return False


def _only_if(revision: str | None) -> dict[str, Any]:
    return {"RevisionId": revision} if revision else {}


def _updated(name: str) -> "FunctionConfigurationTypeDef":
    """The function, once the change before is in force: Lambda refuses a second one until then."""
    with told_briefly():
        _api().get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    return get_function(name)


def _api() -> "LambdaClient":
    return cloud.client("lambda")
