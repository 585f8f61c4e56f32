"""Users of a pool: how they are found, what the pool demands of their attributes and passwords."""

import string
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from cognito_sandbox.cognito.operations import CognitoError
from cognito_sandbox.cognito.pools import invalid
from cognito_sandbox.store import user_pools as store

SYMBOLS = set(string.punctuation) | {" "}
_adding = threading.Lock()


def find(pool: Any, name: str) -> Any | None:
    """By username, sub or whatever else the pool lets users sign in with."""
    exact = pool.users.get(name)
    if exact or not _needs_search(pool):
        return exact
    wanted = fold(pool, name)
    return next((user for user in list(pool.users.values()) if wanted in _names(pool, user)), None)


def _needs_search(pool: Any) -> bool:
    config = pool.extended_config
    return bool(
        config.get("UsernameAttributes") or config.get("AliasAttributes") or ignores_case(pool)
    )


def ignores_case(pool: Any) -> bool:
    return pool.extended_config.get("UsernameConfiguration", {}).get("CaseSensitive") is False


def fold(pool: Any, name: str) -> str:
    return name.lower() if ignores_case(pool) else name


def _names(pool: Any, user: Any) -> set[str]:
    config, values = pool.extended_config, user.attribute_lookup
    names = [user.username, *(values.get(kind) for kind in config.get("UsernameAttributes") or [])]
    for alias in config.get("AliasAttributes") or []:
        if alias == "preferred_username" or values.get(f"{alias}_verified") == "true":
            names.append(values.get(alias))
    return {fold(pool, name) for name in names if name}


def get(pool: Any, name: str) -> Any:
    user = find(pool, name)
    if not user:
        raise not_found()
    return user


def not_found() -> CognitoError:
    return CognitoError("UserNotFoundException", "User does not exist.")


def add(pool: Any, user: Any, typed: str, take_aliases: bool) -> None:
    """Add a user whose name and aliases nobody else took in the meantime."""
    with _adding:
        if find(pool, typed):
            raise already_exists(pool)
        for kind in ("email", "phone_number"):
            if user.attribute_lookup.get(f"{kind}_verified") == "true":
                claim_alias(pool, user, kind, user.attribute_lookup.get(kind), take_aliases)
        pool.users[user.username] = user


def claim_alias(pool: Any, user: Any, kind: str, value: str | None, force: bool) -> None:
    """A verified alias belongs to one user: taking it over from another must be asked for."""
    if kind not in (pool.extended_config.get("AliasAttributes") or []) or not value:
        return
    for other in list(pool.users.values()):
        has_it = other is not user and other.attribute_lookup.get(kind) == value
        if has_it and other.attribute_lookup.get(f"{kind}_verified") == "true":
            if not force:
                text = f"An account with the {kind} already exists."
                raise CognitoError("AliasExistsException", text)
            set_attributes(other, {f"{kind}_verified": "false"})


def set_attributes(user: Any, values: dict[str, str]) -> None:
    user.update_attributes([{"Name": k, "Value": v} for k, v in values.items()])


def already_exists(pool: Any) -> CognitoError:
    kinds = pool.extended_config.get("UsernameAttributes")
    text = (
        f"An account with the given {kinds[0]} already exists." if kinds else "User already exists"
    )
    return CognitoError("UsernameExistsException", text)


def status(user: Any) -> str:
    return str(user.status.value)


def event_attributes(user: Any | None) -> dict[str, str]:
    """A user's attributes as handlers see them: all strings."""
    if not user:
        return {}
    values = {name: value for name, value in user.attribute_lookup.items() if name != "sub"}
    head = {"sub": user.id, "cognito:user_status": status(user)}
    for kind in ("email", "phone_number"):
        if kind in values:
            values.setdefault(f"{kind}_verified", "false")
    return head | values


def alias_attributes(pool: Any, user: Any) -> dict[str, str]:
    """The aliases in force, as PostConfirmation shows them."""
    values, aliases = user.attribute_lookup, pool.extended_config.get("AliasAttributes") or []
    return {
        f"cognito:{kind}_alias": values[kind]
        for kind in ("email", "phone_number")
        if kind in aliases and values.get(f"{kind}_verified") == "true"
    }


def from_list(listed: list[dict[str, str]] | None) -> dict[str, str]:
    return {item["Name"]: item.get("Value", "") for item in listed or []}


def name_and_attributes(
    pool: Any, typed: str, attributes: dict[str, str]
) -> tuple[str | None, dict[str, str]]:
    """The username to store, and the attributes: in an e-mail pool the name is the e-mail."""
    kinds = pool.extended_config.get("UsernameAttributes") or []
    if not kinds:
        return typed, attributes
    kind = "phone_number" if typed.startswith("+") else "email"
    if kind not in kinds or (kind == "email" and "@" not in typed):
        raise invalid("Username should be either an email or a phone number.")
    return None, {**attributes, kind: typed}


def check_writable(client: Any, given: dict[str, str]) -> None:
    """Users may not say of themselves who they are, that an address is theirs, or what the client
    may not write."""
    writable = client.extended_config.get("WriteAttributes") or given
    own = "sub" in given or any(name.endswith("_verified") for name in given)
    if own or not set(given) <= set(writable):
        text = "A client attempted to write unauthorized attribute"
        raise CognitoError("NotAuthorizedException", text)


def check_mutable(pool: Any, changed: Iterable[str]) -> None:
    schema = pool.schema_attributes
    fixed = [name for name in changed if name in schema and not schema[name].mutable]
    if fixed:
        raise invalid("".join(f"user.{name}: Attribute cannot be updated.\n" for name in fixed))


def check_attributes(pool: Any, attributes: dict[str, str], complete: bool = True) -> None:
    """All required ones there, if they should be complete, all known to the pool, and in bounds."""
    schema = pool.schema_attributes
    unknown = [name for name in attributes if name not in schema]
    problems = [f"Type for attribute {{{name}}} could not be determined" for name in unknown]
    problems += _out_of_bounds(schema, attributes)
    if complete:
        required = [n for n, a in schema.items() if a.required and n != "sub"]
        missing = [name for name in required if not attributes.get(name)]
        problems += [f"{name}: The attribute is required" for name in missing]
    if problems:
        raise invalid(f"Attributes did not conform to the schema: {' '.join(problems)}\n")


def _out_of_bounds(schema: dict[str, Any], attributes: dict[str, str]) -> Iterator[str]:
    for name, value in attributes.items():
        if not value or name not in schema:
            continue
        texts, numbers = schema[name].string_constraints, schema[name].number_constraints
        if texts and not _within(texts, "Length", len(value)):
            yield f"{name}: The text is too short or too long"
        if schema[name].data_type == "Number" and not value.removeprefix("-").isdigit():
            yield f"{name}: The value is no number"
        elif numbers and not _within(numbers, "Value", int(value)):
            yield f"{name}: The number is too small or too large"


def _within(bounds: dict[str, str], what: str, size: int) -> bool:
    least, most = bounds.get(f"Min{what}"), bounds.get(f"Max{what}")
    return int(least or size) <= size <= int(most or size)


def check_password(pool: Any, password: str) -> None:
    policy = pool.extended_config["Policies"].get("PasswordPolicy", {})
    if len(password) < 6:
        raise invalid(
            "1 validation error detected: Value at 'password' failed to satisfy constraint: "
            "Member must have length greater than or equal to 6"
        )
    rules = [
        (len(password) >= policy.get("MinimumLength", 8), "Password not long enough"),
        (_has(password, "Uppercase", policy), "Password must have uppercase characters"),
        (_has(password, "Lowercase", policy), "Password must have lowercase characters"),
        (_has(password, "Numbers", policy), "Password must have numeric characters"),
        (_has(password, "Symbols", policy), "Password must have symbol characters"),
    ]
    broken = next((text for kept, text in rules if not kept), None)
    if broken:
        text = f"Password did not conform with policy: {broken}"
        raise CognitoError("InvalidPasswordException", text)


def _has(password: str, kind: str, policy: dict[str, Any]) -> bool:
    characters = {
        "Uppercase": set(string.ascii_uppercase),
        "Lowercase": set(string.ascii_lowercase),
        "Numbers": set(string.digits),
        "Symbols": SYMBOLS,
    }[kind]
    return not policy.get(f"Require{kind}", False) or bool(characters & set(password))


store.look_up_users_with(find)
