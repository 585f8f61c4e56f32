"""The known users: written in batches, found by the index, shown as a table."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from helpers import cloud, known_users
from helpers.errors import AnswerError


@pytest.fixture
def table(outputs: dict[str, str]) -> str:
    name = outputs["TableName"]
    known_users.remove(name, list(known_users.table(name)["UserEmail"]))
    return name


def test_empty_it_is_readable(table: str) -> None:
    frame = known_users.table(table)
    assert frame.empty
    assert list(frame.columns) == known_users.COLUMNS


def test_filled_it_is_sorted_and_typed(table: str) -> None:
    assert known_users.fill(table) == 3
    assert known_users.fill(table) == 3
    frame = known_users.table(table)
    assert list(frame["UserEmail"]) == [f"test_email_{n}@example.com" for n in (1, 2, 3)]
    assert list(frame["UserName"]) == ["test_user_1", "test_user_2", "test_user_3"]
    assert str(frame["LastLogin.Time"].dtype).endswith("UTC]")
    assert frame["LastLogin.Time"].isna().all()


def test_the_last_login_is_spread_over_columns(table: str) -> None:
    now = datetime.now(UTC).isoformat()
    login = {"UserPoolId": "pool", "ClientId": "client", "Time": now}
    known_users.fill(table, [{"UserEmail": "a@b.c", "UserName": "a", "LastLogin": login}])
    (row,) = known_users.table(table).to_dict("records")
    assert row["LastLogin.Time"] == pd.Timestamp(now)
    assert row["LastLogin.ClientId"] == "client"


@pytest.mark.parametrize("login", ["yesterday", {"Time": "yesterday"}, 7])
def test_a_last_login_of_another_shape_is_shown_all_the_same(table: str, login: object) -> None:
    known_users.fill(table, [{"UserEmail": "a@b.c", "UserName": "a", "LastLogin": login}])
    assert known_users.table(table)["UserName"].tolist() == ["a"]


@pytest.mark.parametrize("users", ["ann", {"UserEmail": "a@b.c"}, [{"UserEmail": 1.5}]])
def test_what_is_no_known_user(table: str, users: Any) -> None:
    with pytest.raises(AnswerError, match="is no known user"):
        known_users.fill(table, users)


def test_look_ups(table: str) -> None:
    known_users.fill(table)
    twin = {"UserEmail": "twin@example.com", "UserName": "test_user_1"}
    known_users.fill(table, [twin])
    found = known_users.by_email(table, "test_email_2@example.com")
    assert found == {"UserEmail": "test_email_2@example.com", "UserName": "test_user_2"}
    assert known_users.by_email(table, "nobody@example.com") is None
    emails = {user["UserEmail"] for user in known_users.by_name(table, "test_user_1")}
    assert emails == {"test_email_1@example.com", "twin@example.com"}
    assert known_users.by_name(table, "nobody") == []


def test_more_than_a_batch_and_more_than_a_page(table: str) -> None:
    note = "x" * 20_000
    many = [
        {"UserEmail": f"{n:03}@example.com", "UserName": "same", "Note": note} for n in range(60)
    ]
    assert known_users.fill(table, many) == 60
    assert len(known_users.table(table)) == 60
    assert len(known_users.by_name(table, "same")) == 60


@pytest.fixture
def held_back() -> Iterator[list[float]]:
    """DynamoDB may take only some: the first item of each of four calls; and when it was asked."""
    client, asked = cloud.client("dynamodb"), []

    def hold_back(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        ((name, requests),) = params["RequestItems"].items()
        asked.append(time.monotonic())
        if len(asked) <= 4:
            context["held"] = {name: requests[1:]}
            params["RequestItems"] = {name: requests[:1]}

    def give_back(parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        if "held" in context:
            parsed["UnprocessedItems"] = context.pop("held")

    before, after = (
        f"{when}.dynamodb.BatchWriteItem" for when in ("provide-client-params", "after-call")
    )
    client.meta.events.register(before, hold_back)
    client.meta.events.register(after, give_back)
    yield asked
    client.meta.events.unregister(before, hold_back)
    client.meta.events.unregister(after, give_back)


def test_what_is_left_over_is_written_again_after_longer_and_longer_waits(
    table: str, held_back: list[float]
) -> None:
    known_users.fill(table, [{"UserEmail": f"{n}@b.c", "UserName": f"{n}"} for n in range(9)])
    assert len(known_users.table(table)) == 9
    waits = [later - sooner for sooner, later in pairwise(held_back)]
    assert len(waits) == 4
    assert all(wait >= 0.05 * 2**n for n, wait in enumerate(waits))


def test_no_helper_or_handler_reads_the_whole_table_for_one_user(table: str) -> None:
    seen: list[str] = []
    client = cloud.client("dynamodb")

    def note(model: Any, **_: Any) -> None:
        seen.append(model.name)

    client.meta.events.register("provide-client-params.dynamodb.*", note)
    try:
        known_users.by_name(table, "any")
        known_users.by_email(table, "any")
    finally:
        client.meta.events.unregister("provide-client-params.dynamodb.*", note)
    assert seen == ["Query", "GetItem"]
