"""Whose a name is: what people sign in with is one user's, also when two ask at the same time.

(contract 3)
"""

from collections.abc import Mapping

from cognito_sandbox.cognito.errors import CognitoError
from cognito_sandbox.store.model import Pool, User, alias_among


def add(pool: Pool, user: User, take_aliases: bool) -> None:
    """Add a user whose name and aliases nobody else took in the meantime."""
    with pool.users.lock:
        check_new(pool, user.username, user.attribute)
        _claim_aliases(pool, user, user.attribute, take_aliases)
        pool.users[user.username] = user


def settle(pool: Pool, user: User, given: Mapping[str, str], force: bool = False) -> None:
    """Change a user, unless somebody else has what people sign in with.

    A new address is unverified, unless it comes verified.
    """
    with pool.users.lock:
        new = {f"{kind}_verified": "false" for kind in new_addresses(user, given)}
        changes = {**new, **given}
        check_unused(pool, user, changes)
        _claim_aliases(pool, user, changes, force)
        user.change(changes)


def new_addresses(user: User, given: Mapping[str, str]) -> list[str]:
    """Which addresses the user has not had yet, as far as they do not come verified."""
    return [
        kind
        for kind in ("email", "phone_number")
        if kind in given
        and given[kind] != user.attribute.get(kind, "")
        and given.get(f"{kind}_verified") != "true"
    ]


def check_new(pool: Pool, name: str | None, attributes: Mapping[str, str]) -> None:
    """Nobody may have the name, nor what people sign in with in its place."""
    if name and pool.users.find(name):
        raise CognitoError("UsernameExistsException", "User already exists")
    for kind in pool.settings.get("UsernameAttributes") or []:
        if pool.users.named(attributes.get(kind, "")):
            raise CognitoError("UsernameExistsException", _taken(kind))


def check_unused(pool: Pool, user: User, values: Mapping[str, str]) -> None:
    """Where people sign in with an attribute, its value is one user's, verified or not."""
    for kind in pool.settings.get("UsernameAttributes") or []:
        if any(other is not user for other in pool.users.named(values.get(kind, ""))):
            raise CognitoError("AliasExistsException", _taken(kind))


def _taken(kind: str) -> str:
    return f"An account with the given {kind} already exists."


def _claim_aliases(pool: Pool, user: User, changes: Mapping[str, str], force: bool) -> None:
    """An alias in force is one user's: by force, an address is taken over from another."""
    after = {**user.attribute, **changes}
    owners = [
        (kind, owner)
        for kind in pool.settings.get("AliasAttributes") or []
        if changes.keys() & {kind, f"{kind}_verified"}
        for owner in _owners(pool, kind, alias_among(after, kind) or "")
        if owner is not user
    ]
    for kind, _ in owners:
        if not force or kind == "preferred_username":
            text = f"An account with the {kind} already exists."
            raise CognitoError("AliasExistsException", text)
    for kind, owner in owners:
        owner.change({f"{kind}_verified": "false"})


def _owners(pool: Pool, kind: str, value: str) -> list[User]:
    folded, named = pool.users.folded, pool.users.named(value)
    return [user for user in named if folded(user.alias(kind) or "") == folded(value)]
