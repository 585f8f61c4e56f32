"""Users of a pool: how they are found, and what the pool demands of names and attributes.

(contract 8; sign-in contract 8)
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from cognito_sandbox.cognito.errors import CognitoError, invalid
from cognito_sandbox.store.model import Attribute, Client, Pool, User

FORMATS = {
    "email": (re.compile(r"[^@\s]+@[^@\s]+"), "Invalid email address format."),
    "phone_number": (re.compile(r"\+[0-9]+"), "Invalid phone number format."),
}


def get(pool: Pool, name: str) -> User:
    user = pool.users.find(name)
    if not user:
        raise not_found()
    return user


def not_found() -> CognitoError:
    return CognitoError("UserNotFoundException", "User does not exist.")


def event_attributes(user: User | None) -> dict[str, str]:
    """A user's attributes as handlers see them: all strings."""
    if not user:
        return {}
    values = {name: value for name, value in user.attribute.items() if name != "sub"}
    head = {"sub": user.id, "cognito:user_status": str(user.status)}
    for kind in ("email", "phone_number"):
        if kind in values:
            values.setdefault(f"{kind}_verified", "false")
    return head | values


def alias_attributes(pool: Pool, user: User) -> dict[str, str]:
    """The aliases in force, as PostConfirmation shows them."""
    aliases = pool.settings.get("AliasAttributes") or []
    verified = {k: user.verified(k) for k in ("email", "phone_number") if k in aliases}
    return {f"cognito:{kind}_alias": value for kind, value in verified.items() if value}


def from_list(listed: list[dict[str, str]] | None) -> dict[str, str]:
    return {item["Name"]: item.get("Value", "") for item in listed or []}


def name_and_attributes(
    pool: Pool, typed: str, attributes: dict[str, str]
) -> tuple[str | None, dict[str, str]]:
    """The username to store, and the attributes: in an e-mail pool the name is the e-mail."""
    kinds = pool.settings.get("UsernameAttributes") or []
    if not kinds:
        check_name(pool, typed)
        return typed, attributes
    kind = "phone_number" if typed.startswith("+") else "email"
    if kind not in kinds or (kind == "email" and "@" not in typed):
        both = len(kinds) > 1
        one = "an email" if "email" in kinds else "a phone number"
        told = "either an email or a phone number" if both else one
        raise invalid(f"Username should be {told}.")
    return None, {**attributes, kind: typed}


def check_name(pool: Pool, name: str) -> None:
    """Where people sign in with an alias, nobody's name may look like one."""
    for kind, (form, _) in FORMATS.items():
        if kind in (pool.settings.get("AliasAttributes") or []) and form.fullmatch(name):
            told = kind.replace("_", " ")
            raise invalid(
                f"Username cannot be of {told} format, since user pool is configured for "
                f"{told} alias."
            )


def check_signing_up(pool: Pool, attributes: Mapping[str, str]) -> None:
    """A name that is an alias is for those who are confirmed."""
    kind = "preferred_username"
    if attributes.get(kind) and kind in (pool.settings.get("AliasAttributes") or []):
        raise invalid(
            "Preferred username cannot be provided for unconfirmed account, since user pool is "
            "configured for preferred username alias."
        )


def check_writable(client: Client, given: Collection[str]) -> None:
    """Users may not say of themselves who they are, that an address is theirs, or what the client
    may not write."""
    writable = client.settings.get("WriteAttributes") or given
    own = "sub" in given or any(name.endswith("_verified") for name in given)
    if own or not set(given) <= set(writable):
        text = "A client attempted to write unauthorized attribute"
        raise CognitoError("NotAuthorizedException", text)


def check_changeable(pool: Pool, changed: Iterable[str]) -> None:
    """What is to be changed must be in the pool's schema, and not be fixed there."""
    schema = pool.schema_attributes
    problems = {
        name: "cannot be updated" if name in schema else "does not exist in the schema"
        for name in changed
        if name not in schema or not schema[name].mutable
    }
    if problems:
        told = (f"user.{name}: Attribute {problem}.\n" for name, problem in problems.items())
        raise invalid("".join(told))


def check_attributes(pool: Pool, attributes: Mapping[str, str], complete: bool = True) -> None:
    """All required ones there, if they should be complete, all known to the pool, and in bounds."""
    for name, (form, problem) in FORMATS.items():
        if attributes.get(name) and not form.fullmatch(attributes[name]):
            raise invalid(problem)
    schema = pool.schema_attributes
    unknown = [name for name in attributes if name not in schema]
    problems = [f"Type for attribute {{{name}}} could not be determined" for name in unknown]
    problems += _out_of_bounds(schema, attributes)
    if complete:
        missing = [name for name in pool.required_attributes if not attributes.get(name)]
        problems += [f"{name}: The attribute is required" for name in missing]
    if problems:
        raise invalid(f"Attributes did not conform to the schema: {' '.join(problems)}\n")


def _out_of_bounds(schema: Mapping[str, Attribute], attributes: Mapping[str, str]) -> Iterator[str]:
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
