"""Queries on an index see every write at once, whatever wrote it."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from harness import Aws


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


def test_parallel_writes_and_queries(table: Table) -> None:
    def write_and_read(number: int) -> bool:
        table.put(str(number), f"g{number % 5}")
        return str(number) in table.group(f"g{number % 5}")

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(write_and_read, range(200)))
