"""Queries on a secondary index that do not go through the whole table, as moto's do.

Measured with 20,000 items: 4 ms instead of 112; right after a write, 120 instead of 109.
"""

import inspect
import itertools
import threading
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

from cognito_sandbox.store import needs

Method = Callable[..., Any]  # one of moto's, of whatever signature
Listing = Callable[[Table], list[Item]]
NEEDS = (
    "moto.dynamodb.models:DynamoDBBackend.execute_statement",
    "moto.dynamodb.models:DynamoDBBackend.transact_write_items",
    "moto.dynamodb.models:DynamoDBBackend.update_item",
    "moto.dynamodb.models.table:Table.all_items",
    "moto.dynamodb.models.table:Table.delete_item",
    "moto.dynamodb.models.table:Table.put_item",
    "moto.dynamodb.models.table:Table.query",
)
_changes = itertools.count(1)
_narrowed = threading.local()
_latest = 0


def install() -> None:
    """Put this module's ways in the place of moto's."""
    needs.check(NEEDS)
    writes = (
        (DynamoDBBackend, "execute_statement"),
        (DynamoDBBackend, "transact_write_items"),
        (DynamoDBBackend, "update_item"),
        (Table, "delete_item"),
        (Table, "put_item"),
    )
    for owner, name in writes:
        setattr(owner, name, _noted(getattr(owner, name)))
    Table.query = _query_with(Table.query)
    Table.all_items = _all_items_with(Table.all_items)


def _noted(write: Method) -> Method:
    @wraps(write)
    def noted(*args: object, **kwargs: object) -> object:
        global _latest
        try:
            return write(*args, **kwargs)
        finally:
            _latest = next(_changes)

    return noted


def _query_with(query: Method) -> Method:
    signature = inspect.signature(query)

    @wraps(query)
    def narrowed(table: Table, *args: object, **kwargs: object) -> object:
        given = signature.bind(table, *args, **kwargs).arguments
        conditions = given.get("hash_key_conditions")
        if not given.get("index_name") or not conditions:
            return query(table, *args, **kwargs)
        name, value = conditions[0]
        _narrowed.items = _grouped(table, name).get(_key(value), [])
        try:
            return query(table, *args, **kwargs)
        finally:
            _narrowed.items = None

    return narrowed


def _all_items_with(all_items: Listing) -> Listing:
    @wraps(all_items)
    def some_items(table: Table) -> list[Item]:
        items: list[Item] | None = getattr(_narrowed, "items", None)
        return all_items(table) if items is None else items

    return some_items


def _key(value: DynamoType) -> tuple[str, str]:
    return value.type, str(value.value)


def _grouped(table: Table, name: str) -> dict[tuple[str, str], list[Item]]:
    """The table's items by the value of this attribute; grouped again after a write."""
    groups: dict[tuple[str, str], list[Item]]
    seen, groups = table.__dict__.setdefault("_groups", {}).get(name, (None, {}))
    if seen != _latest:
        seen, groups = _latest, defaultdict(list)
        for item in table.all_items():
            if name in item.attrs:
                groups[_key(item.attrs[name])].append(item)
        table._groups[name] = seen, groups
    return groups
