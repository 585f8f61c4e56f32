"""What DynamoDB's operations need: its batches and statements name tables and actions inside."""

import re
from typing import Any

from cognito_sandbox.iam.needs import Call, Need, prefixed

TRANSACTED = {
    "Get": "GetItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
NAME = r'"?([\w.:/-]+)"?(?:\."?([\w.-]+)"?)?'
STATEMENT = re.compile(
    rf"^\s*(?:(SELECT)\b.*?\bFROM\s+{NAME}|(INSERT)\s+INTO\s+{NAME}|(UPDATE)\s+{NAME}"
    rf"|(DELETE)\s+FROM\s+{NAME}|(EXISTS)\s*\(\s*SELECT\b.*?\bFROM\s+{NAME})",
    re.IGNORECASE | re.DOTALL,
)


def needs(call: Call) -> list[Need]:
    if call.operation in ("TransactGetItems", "TransactWriteItems"):
        return _once(_transacted(call))
    if call.operation in ("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"):
        return _once(_stated(call))
    action = prefixed(call)
    items = call.parameters.get("RequestItems")
    if isinstance(items, dict):
        return [Need(action, (_table(call, name),)) for name in items]
    iterator = call.text("ShardIterator")
    if iterator:
        return [Need(action, (iterator.partition("|")[0],))]
    arn = call.text("StreamArn", "ResourceArn", "BackupArn", "ExportArn", "ImportArn")
    if arn:
        return [Need(action, (arn,))]
    name = call.text("TableName", "TargetTableName", "SourceTableName") or "*"
    return [Need(action, (_table(call, name, call.text("IndexName")),))]


def _table(call: Call, name: str, index: str | None = None) -> str:
    arn = call.arn(name if name.startswith("arn:") else f"table/{name}")
    return f"{arn}/index/{index}" if index else arn


def _transacted(call: Call) -> list[Need]:
    return [
        Need(prefixed(call, TRANSACTED[kind]), (_table(call, str(details.get("TableName"))),))
        for item in _listed(call.parameters.get("TransactItems"))
        for kind, details in item.items()
        if kind in TRANSACTED and isinstance(details, dict)
    ]


def _stated(call: Call) -> list[Need]:
    given = [call.parameters, *_listed(call.parameters.get("Statements"))]
    given += _listed(call.parameters.get("TransactStatements"))
    statements = [each["Statement"] for each in given if isinstance(each.get("Statement"), str)]
    return [_statement(call, each) for each in statements]


def _statement(call: Call, text: str) -> Need:
    found = STATEMENT.match(text)
    if not found:  # DynamoDB itself has the words for it
        return Need(prefixed(call, "PartiQLSelect"), (_table(call, "*"),))
    verb, table, index = (part for part in _thirds(found.groups()) if part[0]).__next__()
    action = "Select" if verb.upper() == "EXISTS" else verb.capitalize()
    return Need(prefixed(call, f"PartiQL{action}"), (_table(call, table, index),))


def _thirds(groups: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return [groups[start : start + 3] for start in range(0, len(groups), 3)]


def _listed(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _once(all_needs: list[Need]) -> list[Need]:
    return list(dict.fromkeys(all_needs))
