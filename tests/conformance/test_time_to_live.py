"""Events contract 3.1: what has expired in a table is there for days, then the service takes it."""

import uuid
from typing import Any

import pytest
from event_sources import feed
from harness import Aws, eventually

DAY = 86_400


class Table:
    """A table of sessions that end, and its stream."""

    def __init__(self, aws: Aws) -> None:
        self.api, self.name = aws.client("dynamodb"), f"table-{uuid.uuid4().hex[:8]}"
        made = self.api.create_table(
            TableName=self.name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "OLD_IMAGE"},
        )
        self.stream = made["TableDescription"]["LatestStreamArn"]
        self.expire(True)

    def expire(self, enabled: bool) -> None:
        wish = {"Enabled": enabled, "AttributeName": "until"}
        self.api.update_time_to_live(TableName=self.name, TimeToLiveSpecification=wish)

    def put(self, key: str, until: dict[str, str]) -> None:
        self.api.put_item(TableName=self.name, Item={"id": {"S": key}, "until": until})

    def keys(self) -> set[str]:
        return {each["id"]["S"] for each in self.api.scan(TableName=self.name)["Items"]}


@pytest.fixture
def table(moved: Aws) -> Table:
    return Table(moved)


def test_what_has_expired_goes_within_two_days(moved: Aws, table: Table) -> None:
    now = moved.now()
    times = {
        "expired": {"N": str(int(now) - 1)},
        "lasting": {"N": str(int(now) + 30 * DAY)},
        "no number": {"S": str(int(now) - 1)},
        "too old": {"N": str(int(now) - 6 * 365 * DAY)},
    }
    for key, until in times.items():
        table.put(key, until)
    moved.post("/_sandbox/clock", {"forward": DAY})
    assert table.keys() == times.keys()
    moved.post("/_sandbox/clock", {"forward": 1.5 * DAY})
    assert eventually(lambda: table.keys() == times.keys() - {"expired"})


def test_a_number_that_nobody_can_read_keeps_nothing_else(moved: Aws, table: Table) -> None:
    table.api.update_item(
        TableName=table.name,
        Key={"id": {"S": "odd"}},
        UpdateExpression="SET #until = :time",
        ExpressionAttributeNames={"#until": "until"},
        ExpressionAttributeValues={":time": {"N": "tomorrow"}},
    )
    for _ in range(2):
        table.put("expired", {"N": str(int(moved.now()) - 3 * DAY)})
        moved.post("/_sandbox/clock", {"forward": 120})
        assert eventually(lambda: table.keys() == {"odd"})


def test_nothing_goes_where_it_is_off(moved: Aws, table: Table) -> None:
    other = Table(moved)
    for each in (table, other):
        each.put("expired", {"N": str(int(moved.now()) - 3 * DAY)})
    table.expire(False)
    moved.post("/_sandbox/clock", {"forward": 120})
    assert eventually(lambda: not other.keys())
    assert table.keys() == {"expired"}


def test_the_stream_tells_that_the_service_did_it(moved: Aws, table: Table) -> None:
    function = moved.echo()
    wanted: dict[str, Any] = {
        "Filters": [{"Pattern": '{"userIdentity": {"type": ["Service"]}}'}],
    }
    feed(moved, table.stream, function, StartingPosition="TRIM_HORIZON", FilterCriteria=wanted)
    table.put("by hand", {"N": "1"})
    table.api.delete_item(TableName=table.name, Key={"id": {"S": "by hand"}})
    table.put("expired", {"N": str(int(moved.now()) - 3 * DAY)})
    moved.post("/_sandbox/clock", {"forward": 120})
    assert eventually(function.events)
    ((record,),) = (event["Records"] for event in function.events())
    assert record["eventName"] == "REMOVE"
    assert record["dynamodb"]["OldImage"]["id"] == {"S": "expired"}
    assert record["userIdentity"] == {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    shard = told(moved, table)
    assert shard[-1]["userIdentity"] == {
        "Type": "Service",
        "PrincipalId": "dynamodb.amazonaws.com",
    }


def told(aws: Aws, table: Table) -> list[dict[str, Any]]:
    """What DynamoDB's own stream says."""
    api, stream = aws.client("dynamodbstreams"), {"StreamArn": table.stream}
    (shard,) = api.describe_stream(**stream)["StreamDescription"]["Shards"]
    start = {"ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    iterator = api.get_shard_iterator(**stream, **start)["ShardIterator"]
    return list(api.get_records(ShardIterator=iterator)["Records"])
