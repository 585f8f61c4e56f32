"""ListUsers and ListUsersInGroup: page by page, whatever the number of users.

(sign-in contract 8)
"""

import re

from cognito_sandbox.cognito import pools
from cognito_sandbox.cognito.errors import CognitoError, invalid
from cognito_sandbox.cognito.operations import Answer, Request, operation
from cognito_sandbox.store.directory import SEARCHABLE, InOrder
from cognito_sandbox.store.model import Pool, User

PAGE = 60
STATUS = "cognito:user_status"
FILTER = re.compile(r"\s*([\w:]+)\s*(=|\^=)\s*\"((?:[^\"\\]|\\.)*)\"\s*")
COMPARED = ("name", "given_name", "family_name", "preferred_username", *SEARCHABLE)


@operation
def list_users(request: Request) -> Answer:
    pool, wanted = pools.find(request["UserPoolId"]), request.get("Filter")
    found = _matching(pool, wanted) if wanted else pool.users.in_order
    page, token = _page(found, request.get("PaginationToken"), request.get("Limit"))
    asked = request.get("AttributesToGet")
    if any(name not in user.attribute for user in page for name in asked or ()):
        raise invalid("One or more requested attributes do not exist.")
    users = [user.described(only=asked) for user in page]
    return {"Users": users, **({"PaginationToken": token} if token else {})}


@operation
def list_users_in_group(request: Request) -> Answer:
    group = pools.find(request["UserPoolId"]).groups.get(request["GroupName"])
    if not group:
        raise CognitoError("ResourceNotFoundException", "Group not found.")
    page, token = _page(group.users, request.get("NextToken"), request.get("Limit"))
    users = [user.described() for user in page]
    return {"Users": users, **({"NextToken": token} if token else {})}


def _page(
    users: InOrder[User], token: str | None, limit: int | None
) -> tuple[list[User], str | None]:
    """The users after the one that the token stands for, and the next token if there are more."""
    if token and not token.isdecimal():
        raise invalid("Invalid pagination token given.")
    size = limit or PAGE
    found = users.after(int(token or 0), size + 1)
    page = found[:size]
    return page, str(page[-1].number) if len(found) > size else None


def _matching(pool: Pool, wanted: str) -> InOrder[User]:
    """Whom the filter names: names and addresses by an index, all else by a look at each user."""
    parsed = FILTER.fullmatch(wanted)
    if not parsed:
        raise invalid("Error while parsing filter")
    attribute, comparison, quoted = parsed.groups()
    value = re.sub(r"\\(.)", r"\1", quoted)
    if attribute not in (*COMPARED, "status", STATUS):
        raise invalid(f"Invalid search attribute: {attribute}")
    if attribute in SEARCHABLE:
        having = pool.users.having if comparison == "=" else pool.users.beginning
        return having(attribute, value)
    if attribute == STATUS:
        value = value.upper()  # whatever its case
    everyone = ((user, _value(user, attribute)) for user in pool.users.in_order)
    if comparison == "=":
        return InOrder(user for user, known in everyone if known == value)
    return InOrder(user for user, known in everyone if known and known.startswith(value))


def _value(user: User, attribute: str) -> str | None:
    if attribute == "status":
        return "Enabled" if user.enabled else "Disabled"
    if attribute == STATUS:
        return str(user.status)
    return user.attribute.get(attribute)
