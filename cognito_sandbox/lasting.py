"""What is remembered beside the store, by name, so that it can be saved with it."""

from collections.abc import MutableMapping, MutableSequence
from typing import Any, TypeVar

Kept = TypeVar("Kept", bound=MutableMapping[Any, Any] | MutableSequence[Any])
_kept: dict[str, MutableMapping[Any, Any] | MutableSequence[Any]] = {}


def lasting(name: str, container: Kept) -> Kept:
    """The container, which lasts from now on."""
    _kept[name] = container
    return container


def contents() -> dict[str, Any]:
    """All that is remembered now: a dict or a list for each name."""
    return {
        name: dict(kept) if isinstance(kept, MutableMapping) else list(kept)
        for name, kept in list(_kept.items())
    }


def add(name: str, content: Any) -> None:
    """What was remembered once is remembered again."""
    kept = _kept[name]
    if isinstance(kept, MutableMapping):
        kept.update(content)
    else:
        kept.extend(content)
