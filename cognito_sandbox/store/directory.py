"""A pool's users, found by whatever names them without a look at the others."""

import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

from cognito_sandbox.store.settings import PoolSettings

SEARCHABLE = ("email", "phone_number", "sub", "username")
LAST = "\U0010ffff"  # comes after whatever a value may go on with
Key = tuple[str, str]
_number = attrgetter("number")


class Entry(Protocol):
    """What a directory asks of a user."""

    number: int  # who came earlier has a smaller one
    username: str

    @property
    def attribute(self) -> Mapping[str, str]: ...
    def alias(self, kind: str) -> str | None: ...


User = TypeVar("User", bound=Entry)


class InOrder(Generic[User]):
    """Users, the oldest first."""

    __slots__ = ("_users",)

    def __init__(self, users: Iterable[User] = ()) -> None:
        self._users = sorted(users, key=_number)

    def add(self, user: User) -> None:
        if user not in self:
            insort(self._users, user, key=_number)

    def discard(self, user: User) -> None:
        if user in self:
            del self._users[bisect_left(self._users, user.number, key=_number)]

    remove = discard

    def after(self, number: int, limit: int) -> list[User]:
        """So many of the users who came after this number."""
        start = bisect_right(self._users, number, key=_number)
        return self._users[start : start + limit]

    def __contains__(self, user: User) -> bool:
        place = bisect_left(self._users, user.number, key=_number)
        return self._users[place : place + 1] == [user]

    def __iter__(self) -> Iterator[User]:
        return iter(list(self._users))

    def __len__(self) -> int:
        return len(self._users)


class Directory(dict[str, User], Generic[User]):
    """The users by username. Whoever adds, deletes or changes one, the indexes follow."""

    def __init__(self, settings: PoolSettings) -> None:
        super().__init__()
        self.lock = threading.RLock()
        self.in_order = InOrder[User]()
        self._indexes: dict[Key, InOrder[User]] = {}
        self._values: dict[str, list[str]] = {kind: [] for kind in SEARCHABLE}  # sorted
        self._keys: dict[User, set[Key]] = {}
        aliases, instead = settings.get("AliasAttributes"), settings.get("UsernameAttributes")
        self._aliases, self._instead = aliases or [], instead or []
        self._ignores_case = not settings.get("UsernameConfiguration", {}).get(
            "CaseSensitive", True
        )

    def find(self, name: str) -> User | None:
        """By username, sub or whatever else the pool lets users sign in with."""
        return self.get(name) or next(iter(self.named(name).after(0, 1)), None)

    def named(self, name: str) -> InOrder[User]:
        """All whom the name means; more than one only where moto let two take it."""
        return self.having("name", self.folded(name))

    def folded(self, name: str) -> str:
        """The name as it is compared: in some pools, its case does not count."""
        return name.lower() if self._ignores_case else name

    def having(self, attribute: str, value: str) -> InOrder[User]:
        """The users with this value of a searchable attribute."""
        return self._indexes.get((attribute, value)) or InOrder()

    def beginning(self, attribute: str, start: str) -> InOrder[User]:
        """The users whose value of a searchable attribute begins like this."""
        with self.lock:
            values = self._values[attribute]
            begun = values[bisect_left(values, start) : bisect_left(values, start + LAST)]
            found = [self._indexes[attribute, value] for value in begun]
            return InOrder(user for users in found for user in users)

    def changed(self, user: User) -> None:
        """Note what the user's names and searchable attributes are by now."""
        with self.lock:
            if self.get(user.username) is user:
                self._note(user, self._keys_of(user))

    def __setitem__(self, username: str, user: User) -> None:
        with self.lock:
            super().__setitem__(username, user)
            self.in_order.add(user)
            self._note(user, self._keys_of(user))

    def __delitem__(self, username: str) -> None:
        with self.lock:
            user = self[username]
            self._note(user, set())
            self.in_order.discard(user)
            super().__delitem__(username)

    def _note(self, user: User, keys: set[Key]) -> None:
        before = self._keys.pop(user, set())
        if keys:
            self._keys[user] = keys
        for key in keys - before:
            if key not in self._indexes:
                self._begin(key)
            self._indexes[key].add(user)
        for key in before - keys:
            self._indexes[key].discard(user)
            if not self._indexes[key]:
                self._end(key)

    def _begin(self, key: Key) -> None:
        self._indexes[key] = InOrder()
        if key[0] in SEARCHABLE:
            insort(self._values[key[0]], key[1])

    def _end(self, key: Key) -> None:
        del self._indexes[key]
        if key[0] in SEARCHABLE:
            values = self._values[key[0]]
            del values[bisect_left(values, key[1])]

    def _keys_of(self, user: User) -> set[Key]:
        values = user.attribute
        names = [user.username, *(values.get(kind) for kind in self._instead)]
        names += [user.alias(kind) for kind in self._aliases]
        folded = {self.folded(name) for name in names if name}
        searchable = {(kind, values[kind]) for kind in SEARCHABLE if kind in values}
        searchable.add(("username", user.username))
        return {("name", name) for name in folded} | searchable
