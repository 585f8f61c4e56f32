"""What is remembered beside the store, by name, so that it can be saved with it, and when."""

from collections.abc import Callable, MutableMapping, MutableSequence
from typing import Any, TypeVar

Kept = TypeVar("Kept", bound=MutableMapping[Any, Any] | MutableSequence[Any])
_kept: dict[str, MutableMapping[Any, Any] | MutableSequence[Any]] = {}
_but: dict[str, Callable[[Any], bool]] = {}
_savers: list[Callable[[], None]] = []


def lasting(name: str, container: Kept, but: Callable[[Any], bool] = lambda _: False) -> Kept:
    """The container, which lasts from now on; what a list holds is left out if `but` says so."""
    _kept[name], _but[name] = container, but
    return container


def contents() -> dict[str, Any]:
    """All that is remembered now: a dict or a list for each name."""
    return {
        name: dict(kept) if isinstance(kept, MutableMapping) else _without(_but[name], kept)
        for name, kept in list(_kept.items())
    }


def _without(but: Callable[[Any], bool], kept: MutableSequence[Any]) -> list[Any]:
    return [each for each in list(kept) if not but(each)]


def add(name: str, content: Any) -> None:
    """What was remembered once is remembered again."""
    kept = _kept[name]
    if isinstance(kept, MutableMapping):
        kept.update(content)
    else:
        kept.extend(content)


def tell(saver: Callable[[], None]) -> None:
    """Whoever saves is called from now on when something changes without a request."""
    _savers.append(saver)


def changed() -> None:
    """Something that lasts is another, and nobody asked for it by a request that is signed."""
    for saver in _savers:
        saver()
