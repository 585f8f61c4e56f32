"""Which messages and records a mapping's filters let through (events contract 1.4)."""

import base64
import json
import uuid
from typing import Any

import pytest
from event_sources import Line, Source, eventually
from harness import Aws, Function

LEFT = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
BODIES = {  # of messages, and the data of records, by a name
    "order": {"kind": "order", "total": 12, "note": None},
    "small order": {"kind": "order", "total": 3},
    "other": {"kind": "other", "total": 12},
    "nothing": {},
    "text": "order",
    "last": {"last": True},
}


def filters(*patterns: dict[str, Any]) -> dict[str, Any]:
    return {"FilterCriteria": {"Filters": [{"Pattern": json.dumps(each)} for each in patterns]}}


def text_of(body: object) -> str:
    """What is no text of itself is JSON."""
    return body if isinstance(body, str) else json.dumps(body)


class Fed:
    """A source, filtered, in front of a function; the last of the bodies passes any filter."""

    def __init__(self, aws: Aws, kind: str, key: str, *patterns: dict[str, Any]) -> None:
        self.kind, self.key, name = kind, key, f"filtered-{uuid.uuid4().hex[:8]}"
        self.source: Line | Source = Line(aws, name) if kind == "sqs" else Source(aws, kind, name)
        self.function: Function = aws.echo(Timeout=1)
        start: Any = {} if kind == "sqs" else {"start": "TRIM_HORIZON"}
        self.source.feed(self.function, **start, **filters(*patterns, {key: {"last": [True]}}))

    def send(self, text: str) -> None:
        if isinstance(self.source, Line):
            self.source.send(text)
        else:
            self.source.api.put_record(
                StreamName=self.source.name, PartitionKey="key", Data=text.encode()
            )

    def came(self) -> list[str]:
        """The names of those that passed."""
        found = [record for event in self.function.events() for record in event["Records"]]
        texts = [self._text(record) for record in found]
        return [name for name, body in BODIES.items() if text_of(body) in texts]

    def _text(self, record: dict[str, Any]) -> str:
        if self.kind == "sqs":
            return str(record["body"])
        return base64.b64decode(record["kinesis"]["data"]).decode()


@pytest.mark.parametrize(("kind", "key"), [("sqs", "body"), ("kinesis", "data")])
@pytest.mark.parametrize(
    ("patterns", "passing"),
    [
        ([{"kind": ["order"]}], ["order", "small order"]),
        ([{"kind": ["order"], "total": [{"numeric": [">", 10]}]}], ["order"]),
        ([{"kind": ["other"]}, {"total": [3]}], ["small order", "other"]),
        ([{"note": [None]}], ["order"]),
        ([{"kind": [{"exists": False}]}], ["nothing"]),
        ([{"kind": [{"anything-but": ["order"]}]}], ["other"]),
    ],
    ids=["key", "all keys", "one of several", "null", "missing", "anything but"],
)
def test_a_pattern_looks_into_the_data(
    aws: Aws, kind: str, key: str, patterns: list[dict[str, Any]], passing: list[str]
) -> None:
    fed = Fed(aws, kind, key, *({key: each} for each in patterns))
    for body in BODIES.values():
        fed.send(text_of(body))
    eventually(lambda: {*passing, "last"} <= set(fed.came()))
    if isinstance(fed.source, Line):
        line = fed.source
        eventually(lambda: [line.attribute(name) for name in LEFT] == ["0", "0"])
    assert fed.came() == [*passing, "last"]


def test_a_text_is_compared_as_a_text(aws: Aws) -> None:
    fed = Fed(aws, "sqs", "body", {"body": ["order", {"prefix": "{"}]})
    assert isinstance(fed.source, Line)
    for body in BODIES.values():
        fed.send(text_of(body))
    line = fed.source
    eventually(lambda: set(fed.came()) == {"text", "last"})
    eventually(lambda: [line.attribute(name) for name in LEFT] == ["0", "0"])


def changes(function: Function) -> list[str]:
    found = [record for event in function.events() for record in event["Records"]]
    return [record["dynamodb"]["Keys"]["id"]["S"] for record in found]


@pytest.mark.parametrize(
    ("image", "passing"),
    [
        ({"kind": {"S": ["order"]}}, ["order"]),
        ({"kind": ["order"]}, []),
        ({"kind": {"S": [{"exists": True}]}}, ["order", "other"]),
        ({"kind": [{"exists": True}]}, []),
        ({"kind": [{"exists": False}]}, ["order", "other", "nothing"]),  # for it has no letter
        ({"total": {"N": ["12"]}}, ["order", "other"]),
    ],
    ids=["typed", "untyped", "there", "untyped and there", "untyped and missing", "number"],
)
def test_a_tables_values_have_their_type_letter(
    aws: Aws, image: dict[str, Any], passing: list[str]
) -> None:
    source, function = Source(aws, "dynamodb", f"filtered-{uuid.uuid4().hex[:8]}"), aws.echo()
    last = {"dynamodb": {"Keys": {"id": {"S": ["last"]}}}}
    source.feed(function, **filters({"dynamodb": {"NewImage": image}}, last))
    for name, item in (
        ("order", {"kind": {"S": "order"}, "total": {"N": "12"}}),
        ("other", {"kind": {"S": "other"}, "total": {"N": "12"}}),
        ("nothing", {}),
        ("last", {"kind": {"S": "last"}}),
    ):
        source.api.put_item(TableName=source.name, Item={"id": {"S": name}} | item)
    eventually(lambda: "last" in changes(function))
    assert changes(function) == [*passing, "last"]


def test_when_a_change_was_made_is_a_number(aws: Aws) -> None:
    source, function = Source(aws, "dynamodb", f"filtered-{uuid.uuid4().hex[:8]}"), aws.echo()
    source.feed(
        function,
        **filters({"dynamodb": {"ApproximateCreationDateTime": [{"numeric": [">", 0]}]}}),
    )
    source.put("ann")
    eventually(lambda: changes(function) == ["ann"])
