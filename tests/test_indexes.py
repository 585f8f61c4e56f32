"""Queries on an index see every write at once, whatever wrote it."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from harness import Aws, refused


class Table:
    def __init__(self, aws: Aws) -> None:
        self.api, self.name = aws.client("dynamodb"), f"table-{uuid.uuid4().hex[:8]}"
        attributes = [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "group")]
        self.api.create_table(
            TableName=self.name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=attributes,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "group",
                    "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )

    def put(self, key: str, group: str) -> None:
        self.api.put_item(TableName=self.name, Item={"id": {"S": key}, "group": {"S": group}})

    def group(self, group: str) -> list[str]:
        pages = self.api.get_paginator("query").paginate(
            TableName=self.name,
            IndexName="group",
            KeyConditionExpression="#g = :g",
            ExpressionAttributeNames={"#g": "group"},
            ExpressionAttributeValues={":g": {"S": group}},
        )
        return sorted(item["id"]["S"] for page in pages for item in page["Items"])

    def key(self, key: str) -> dict[str, Any]:
        return {"id": {"S": key}}


@pytest.fixture
def table(aws: Aws) -> Iterator[Table]:
    table = Table(aws)
    yield table
    table.api.delete_table(TableName=table.name)


def test_an_update_that_says_nothing_makes_the_item(table: Table) -> None:
    table.api.update_item(TableName=table.name, Key=table.key("1"))
    assert table.api.get_item(TableName=table.name, Key=table.key("1"))["Item"] == table.key("1")
    table.put("1", "a")
    table.api.update_item(TableName=table.name, Key=table.key("1"))
    assert table.group("a") == ["1"]


def test_every_way_to_write(table: Table) -> None:
    name, api = table.name, table.api
    table.put("1", "a")
    table.put("2", "a")
    assert (table.group("a"), table.group("b")) == (["1", "2"], [])
    table.put("2", "b")
    assert (table.group("a"), table.group("b")) == (["1"], ["2"])
    api.update_item(
        TableName=name,
        Key=table.key("1"),
        UpdateExpression="SET #g = :g",
        ExpressionAttributeNames={"#g": "group"},
        ExpressionAttributeValues={":g": {"S": "b"}},
    )
    assert (table.group("a"), table.group("b")) == ([], ["1", "2"])
    api.delete_item(TableName=name, Key=table.key("1"))
    assert table.group("b") == ["2"]
    item = table.key("3") | {"group": {"S": "b"}}
    api.batch_write_item(RequestItems={name: [{"PutRequest": {"Item": item}}]})
    assert table.group("b") == ["2", "3"]
    api.transact_write_items(TransactItems=[{"Delete": {"TableName": name, "Key": table.key("2")}}])
    assert table.group("b") == ["3"]
    api.execute_statement(Statement=f"DELETE FROM \"{name}\" WHERE id='3'")
    assert table.group("b") == []


def test_a_transaction_that_is_taken_back(table: Table) -> None:
    table.put("1", "a")
    assert table.group("a") == ["1"]
    put = {"TableName": table.name, "Item": table.key("2") | {"group": {"S": "a"}}}
    never = {
        "TableName": table.name,
        "Key": table.key("3"),
        "ConditionExpression": "attribute_exists(id)",
    }
    with refused("TransactionCanceledException"):
        table.api.transact_write_items(TransactItems=[{"Put": put}, {"ConditionCheck": never}])
    assert table.group("a") == ["1"]
    table.put("1", "b")
    assert (table.group("a"), table.group("b")) == ([], ["1"])


def test_items_that_share_a_hash_key(aws: Aws) -> None:
    api, name = aws.client("dynamodb"), f"table-{uuid.uuid4().hex[:8]}"
    keys = {"room": "HASH", "seat": "RANGE"}
    api.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "seat",
                "KeySchema": [{"AttributeName": "seat", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )

    def found(key: str, value: str, **more: str) -> list[tuple[str, str]]:
        condition = {"KeyConditionExpression": f"{key} = :v"}
        asked = {"ExpressionAttributeValues": {":v": {"S": value}}} | condition | more
        items = api.query(TableName=name, **asked)["Items"]
        return [(item["room"]["S"], item["seat"]["S"]) for item in items]

    for room, seat in [("x", "2"), ("x", "1"), ("y", "1")]:
        api.put_item(TableName=name, Item={"room": {"S": room}, "seat": {"S": seat}})
    assert found("room", "x") == [("x", "1"), ("x", "2")]
    assert sorted(found("seat", "1", IndexName="seat")) == [("x", "1"), ("y", "1")]
    api.delete_item(TableName=name, Key={"room": {"S": "x"}, "seat": {"S": "1"}})
    assert found("room", "x") == [("x", "2")]
    assert found("room", "z") == []
    assert found("seat", "1", IndexName="seat") == [("y", "1")]
    api.delete_table(TableName=name)


def test_parallel_writes_and_queries(table: Table) -> None:
    def write_and_read(number: int) -> bool:
        table.put(str(number), f"g{number % 5}")
        return str(number) in table.group(f"g{number % 5}")

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(write_and_read, range(200)))
