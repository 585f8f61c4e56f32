"""Objects as rows of JSON."""

import base64
from collections import OrderedDict, defaultdict, deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from joserfc.jwk import RSAKey

from cognito_sandbox.state import kinds
from cognito_sandbox.state.kinds import Json, NoDataError


class Writer:
    """Makes rows of objects; those in `fixed` are there before anything is read."""

    def __init__(self, fixed: Mapping[int, str]) -> None:
        self.rows: list[Json] = []
        self._fixed = fixed
        self._numbers: dict[int, int] = {}
        self._held: list[object] = []  # so that no other object gets the id of one that is gone
        self._waiting: list[tuple[int, object]] = []

    def write(self, value: object) -> Json:
        """The value, with all that it leads to in the rows."""
        written = self._value(value)
        while self._waiting:
            number, waiting = self._waiting.pop()
            self.rows[number] = self._row(waiting)
        return written

    def _value(self, value: object) -> Json:
        if type(value) in kinds.PLAIN:
            return value
        if type(value) is list:
            return [self._value(each) for each in value]
        if id(value) in self._fixed:
            return {"fixed": self._fixed[id(value)]}
        if isinstance(value, bytes):
            return {"bytes": base64.b64encode(value).decode()}
        if id(value) not in self._numbers:
            self._numbers[id(value)] = len(self.rows)
            self._held.append(value)
            self._waiting.append((len(self.rows), value))
            self.rows.append(None)
        return {"row": self._numbers[id(value)]}

    def _row(self, value: Any) -> Json:
        kind = type(value)
        special = _special(value)
        if special:
            return special
        if kind.__name__ in kinds.SEQUENCES and kind in kinds.SEQUENCES.values():
            limit = value.maxlen if kind is deque else None
            return {"of": kind.__name__, "items": self._value(list(value)), "limit": limit}
        if kind.__name__ in kinds.MAPPINGS and kind in kinds.MAPPINGS.values():
            factory = self._factory(value) if kind is defaultdict else None
            return {"of": kind.__name__, "pairs": self._pairs(value), "factory": factory}
        if not kind.__module__.startswith(kinds.MODULES) or isinstance(value, kinds.UNCLEAR):
            raise NoDataError(kinds.name(kind))
        return self._object(value)

    def _object(self, value: Any) -> Json:
        """Its attributes, and what it holds if it is a dict besides."""
        row: dict[str, Json] = {"class": kinds.name(type(value))}
        if isinstance(value, dict):
            row["pairs"] = self._pairs(value)
        state = value.__getstate__() if hasattr(value, "__setstate__") else _attributes(value)
        row["attributes"] = {name: self._value(each) for name, each in list(state.items())}
        return row

    def _pairs(self, value: Any) -> Json:
        """What a dict holds, not what its class may show of it."""
        known = (OrderedDict, dict, WeakValueDictionary)
        show = next(kind.items for kind in known if isinstance(value, kind))
        return [[self._value(key), self._value(each)] for key, each in list(show(value))]

    def _factory(self, value: defaultdict[Any, Any]) -> str:
        """By what it makes: moto has lambdas for it."""
        made = value.default_factory() if value.default_factory else None
        if type(made) not in kinds.FACTORIES.values() or made:
            raise NoDataError(f"a defaultdict of {value.default_factory}")
        return type(made).__name__


def _attributes(value: Any) -> dict[str, Any]:
    slots = {
        name: getattr(value, name) for name in kinds.slots(type(value)) if hasattr(value, name)
    }
    found = slots | getattr(value, "__dict__", {})
    return {name: each for name, each in found.items() if name not in kinds.MADE_ANEW}


def _special(value: Any) -> Json:
    """What has a form of its own."""
    if type(value) in kinds.LOCKS:
        return {"lock": kinds.LOCKS[type(value)]}
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, UUID):
        return {"uuid": str(value)}
    if isinstance(value, RSAKey):
        return {"key": value.as_dict(private=True)}
    return None
