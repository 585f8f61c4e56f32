"""What can be saved: data, and objects of the classes that pools, functions and tables are made of.

Reading runs nothing that a file names. An object is made empty, of a class out of `MODULES`, and
given its attributes; whatever is no data cannot be written to begin with.
"""

import threading
from collections import OrderedDict, defaultdict, deque
from typing import Any
from weakref import WeakSet, WeakValueDictionary

Json = Any  # what the module json writes and reads
MODULES = (
    "cognito_sandbox.cognito.",
    "cognito_sandbox.lambdas.progress",
    "cognito_sandbox.newest",
    "cognito_sandbox.patches.",
    "cognito_sandbox.store.",
    "moto.awslambda.",
    "moto.cloudformation.",
    "moto.cognitoidp.",
    "moto.core.",
    "moto.dynamodb.",
    "moto.iam.",
    "moto.logs.",
    "moto.s3.",
    "moto.sts.",
    "moto.utilities.",
    "requests.structures",
)
PLAIN = (str, int, float, bool, type(None))
SEQUENCES = {kind.__name__: kind for kind in (list, tuple, set, frozenset, deque, WeakSet)}
MAPPINGS = {kind.__name__: kind for kind in (dict, OrderedDict, defaultdict, WeakValueDictionary)}
FACTORIES = {kind.__name__: kind for kind in (dict, list, set, int, OrderedDict, defaultdict)}
LOCKS = {type(threading.Lock()): "Lock", type(threading.RLock()): "RLock"}
UNCLEAR = (str, bytes, int, float, list, tuple, set, deque)  # of a kind of their own
MADE_ANEW = ("_indexes_by_attribute", "_DockerModel__docker_client")  # attributes


class NoDataError(Exception):
    """Something that cannot be written; the message names it."""


class BrokenError(Exception):
    """What is read was not written here; the message says what is wrong."""


def name(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


def slots(kind: type) -> set[str]:
    """The attributes that objects of this class have beside their dict."""
    return {name for each in kind.__mro__ for name in vars(each).get("__slots__", ())}
