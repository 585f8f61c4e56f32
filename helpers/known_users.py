"""The table of known users: people whom the company knew before there was a user pool.

>>> known_users.fill(table_name)
>>> known_users.table(table_name)
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from helpers import cloud
from helpers._inner.waiting import looks
from helpers.errors import AnswerError, HelpersError, told_briefly

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import WriteRequestOutputTypeDef, WriteRequestTypeDef

    from helpers._inner.tables import Table

__all__ = ["by_email", "by_name", "fill", "remove", "samples", "table"]

COLUMNS = ["UserEmail", "UserName", "LastLogin.Time", "LastLogin.UserPoolId", "LastLogin.ClientId"]
BATCH, PATIENCE = 25, 10.0
T = TypeVar("T")
_write, _read = TypeSerializer().serialize, TypeDeserializer().deserialize


def samples(count: int = 3) -> list[dict[str, Any]]:
    """The known users of the tutorials: test_user_1 and so on.

    >>> samples(1)
    [{'UserEmail': 'test_email_1@example.com', 'UserName': 'test_user_1'}]
    """
    return [
        {"UserEmail": f"test_email_{n}@example.com", "UserName": f"test_user_{n}"}
        for n in range(1, count + 1)
    ]


def fill(table_name: str, users: Iterable[dict[str, Any]] | None = None) -> int:
    """Write known users in batches; how many. Who is there already is written anew.

    >>> fill(table_name, [{"UserEmail": "ann@example.com", "UserName": "ann"}])
    1
    """
    count = 0
    for batch in _batches(samples() if users is None else users):
        items = [_item(user) for user in batch]
        _write_batch(table_name, [{"PutRequest": {"Item": item}} for item in items])
        count += len(batch)
    return count


def _item(user: dict[str, Any]) -> dict[str, Any]:
    try:
        return {key: _write(value) for key, value in user.items()}
    except (AttributeError, TypeError):
        raise AnswerError(
            f"{user!r} is no known user: give a list of dictionaries, whose numbers are no floats."
        ) from None


def remove(table_name: str, emails: Iterable[str]) -> None:
    """Remove known users by their e-mail addresses; unknown ones are no error.

    >>> remove(table_name, ["test_email_1@example.com"])
    """
    for batch in _batches(emails):
        keys = [{"UserEmail": _write(email)} for email in batch]
        _write_batch(table_name, [{"DeleteRequest": {"Key": key}} for key in keys])


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _write_batch(table_name: str, requests: list["WriteRequestTypeDef"]) -> None:
    left: Mapping[str, Sequence[WriteRequestTypeDef | WriteRequestOutputTypeDef]]
    left = {table_name: requests}
    for _ in looks(PATIENCE):
        with told_briefly():
            answer = _api().batch_write_item(RequestItems=left)
        left = answer.get("UnprocessedItems") or {}
        if not left:
            return
    count = len(left[table_name])
    raise HelpersError(
        f"DynamoDB did not take {count} items in {PATIENCE:.0f} seconds; run it again to write "
        "those, too."
    )


def by_email(table_name: str, email: str) -> dict[str, Any] | None:
    """The known user with this e-mail address, if there is one.

    >>> by_email(table_name, "test_email_1@example.com")["UserName"]
    'test_user_1'
    """
    with told_briefly():
        answer = _api().get_item(
            TableName=table_name, Key={"UserEmail": _write(email)}, ConsistentRead=True
        )
    return _plain(answer["Item"]) if "Item" in answer else None


def by_name(table_name: str, username: str) -> list[dict[str, Any]]:
    """All known users with this name, by the index: the table is not read through.

    >>> [user["UserEmail"] for user in by_name(table_name, "test_user_1")]
    ['test_email_1@example.com']
    """
    with told_briefly():
        pages = (
            _api()
            .get_paginator("query")
            .paginate(
                TableName=table_name,
                IndexName="UserName",
                KeyConditionExpression="UserName = :name",
                ExpressionAttributeValues={":name": _write(username)},
            )
        )
        return [_plain(item) for page in pages for item in page["Items"]]


def table(table_name: str) -> "Table":
    """All known users as a table, sorted by e-mail; times have a zone.

    >>> table(table_name)
    """
    from helpers._inner.tables import Table, times

    with told_briefly():
        pages = _api().get_paginator("scan").paginate(TableName=table_name, ConsistentRead=True)
        users = [_plain(item) for page in pages for item in page["Items"]]
    rows = sorted((_row(user) for user in users), key=lambda row: str(row["UserEmail"]))
    others = sorted({key for row in rows for key in row} - set(COLUMNS))
    frame = Table(rows, columns=COLUMNS + others)
    frame["LastLogin.Time"] = times(frame["LastLogin.Time"], format="ISO8601", errors="coerce")
    return frame


def _api() -> "DynamoDBClient":
    return cloud.client("dynamodb")


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    return {key: _read(value) for key, value in item.items()}


def _row(user: dict[str, Any]) -> dict[str, Any]:
    login = user.get("LastLogin")
    if not isinstance(login, dict):
        return user
    rest = {key: value for key, value in user.items() if key != "LastLogin"}
    return rest | {f"LastLogin.{key}": value for key, value in login.items()}
