"""Rows of JSON as the objects that they were made of."""

import base64
import importlib
import threading
from collections import OrderedDict, defaultdict, deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from joserfc.jwk import RSAKey

from cognito_sandbox.state import kinds
from cognito_sandbox.state.kinds import BrokenError, Json


class Reader:
    """Makes the objects again; `fixed` has those that are there before."""

    def __init__(self, rows: list[Json], fixed: Mapping[str, object]) -> None:
        self._rows, self._fixed = rows, fixed
        self._made: dict[int, Any] = {}
        self._empty: dict[int, Any] = {}  # made, but without their content

    def read(self, written: Json) -> Any:
        """The value, whole."""
        try:
            value = self._value(written)
            while self._empty:
                self._fill(next(iter(self._empty)))
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise BrokenError(f"{type(error).__name__}: {error}") from None
        return value

    def _value(self, written: Json) -> Any:
        if isinstance(written, list):
            return [self._value(each) for each in written]
        if not isinstance(written, dict):
            return written
        if "fixed" in written:
            return self._fixed[written["fixed"]]
        if "bytes" in written:
            return base64.b64decode(written["bytes"])
        number = written["row"]
        if number not in self._made:
            self._made[number] = self._begin(number, self._rows[number])
        return self._made[number]

    def _hashable(self, written: Json) -> Any:
        """With its content, which its hash may depend on."""
        value = self._value(written)
        if isinstance(written, dict) and written.get("row") in self._empty:
            self._fill(written["row"])
        return value

    def _begin(self, number: int, row: Json) -> Any:
        if "lock" in row:
            return getattr(threading, row["lock"])()
        if "datetime" in row:
            return datetime.fromisoformat(row["datetime"])
        if "uuid" in row:
            return UUID(row["uuid"])
        if "key" in row:
            return RSAKey.import_key(row["key"])
        if row.get("of") in ("tuple", "frozenset"):
            return kinds.SEQUENCES[row["of"]](self._hashable(each) for each in row["items"])
        made = self._container(row) if "of" in row else _made(_class(row["class"]))
        self._empty[number] = made
        return made

    def _container(self, row: Json) -> Any:
        if row["of"] == "deque":
            return deque(maxlen=row["limit"])
        if row["of"] == "defaultdict":
            return defaultdict(kinds.FACTORIES[row["factory"]])
        return (kinds.SEQUENCES | kinds.MAPPINGS)[row["of"]]()

    def _fill(self, number: int) -> None:
        made, row = self._empty.pop(number), self._rows[number]
        put: Any = _way_in(made)
        for key, each in row.get("pairs", ()):
            put(made, self._hashable(key), self._value(each))
        for each in row.get("items", ()):
            (made.append if hasattr(made, "append") else made.add)(self._hashable(each))
        if "attributes" in row:
            attributes = {name: self._value(each) for name, each in row["attributes"].items()}
            _set_attributes(made, attributes)


def _class(name: str) -> type:
    """One of those that may be written, and nothing else that a module has."""
    module, _, qualified = name.partition(":")
    if not module.startswith(kinds.MODULES):
        raise BrokenError(f"{name} is nothing that a sandbox saves")
    found = getattr(importlib.import_module(module), qualified)
    if not isinstance(found, type) or kinds.name(found) != name or issubclass(found, kinds.UNCLEAR):
        raise BrokenError(f"{name} is nothing that a sandbox saves")
    return found


def _made(kind: Any) -> Any:
    return kind.__new__(kind)


def _way_in(made: Any) -> Any:
    """Past what its class does beside, for that is among the attributes."""
    known = (OrderedDict, WeakValueDictionary, dict)
    return next((kind.__setitem__ for kind in known if isinstance(made, kind)), None)


def _set_attributes(made: Any, attributes: dict[str, Any]) -> None:
    if hasattr(made, "__setstate__"):
        made.__setstate__(attributes)
        return
    slots = kinds.slots(type(made))
    for name, value in attributes.items():
        if name in slots:
            object.__setattr__(made, name, value)
        else:
            vars(made)[name] = value
