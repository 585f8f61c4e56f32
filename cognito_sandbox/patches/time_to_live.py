"""DynamoDB's time to live: what has expired is deleted within two days, as a change of the service.

Until then it is read like anything else, as in AWS: who reads has to look at the time.
"""

import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Item, StreamRecord, Table

from cognito_sandbox import clock, lasting
from cognito_sandbox.patches import failures
from cognito_sandbox.store import needs

NEEDS = (
    "moto.dynamodb.models:dynamodb_backends",
    "moto.dynamodb.models.table:StreamRecord.to_json",
    "moto.dynamodb.models.table:Table.all_items",
    "moto.dynamodb.models.table:Table.delete_item",
)
DAY = 86_400
LATEST, TOO_OLD = 2 * DAY, 5 * 365 * DAY  # seconds after which it goes, or stays for good
PAUSE = 60.0
THE_SERVICE = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
_deleting = threading.local()


def install() -> None:
    needs.check(NEEDS)
    StreamRecord.__init__ = _telling_who(StreamRecord.__init__)
    threading.Thread(target=_delete_for_ever, daemon=True).start()


def _telling_who(make: Callable[..., None]) -> Callable[..., None]:
    @failures.hands_on
    def make_and_tell(record: Any, *given: Any) -> None:
        make(record, *given)
        if getattr(_deleting, "now", False):
            record.record["userIdentity"] = THE_SERVICE

    return make_and_tell


def _delete_for_ever() -> None:
    _deleting.now = True  # whatever this thread changes, the service changes
    while clock.wait(PAUSE):
        for table in _tables():
            try:
                _delete(table)
            except RuntimeError:  # somebody writes meanwhile: the next time
                continue
            except Exception:
                traceback.print_exc()


def _delete(table: Table) -> None:
    for item in _expired(table):
        table.delete_item(item.hash_key, item.range_key)
        lasting.changed()


def _tables() -> Iterator[Table]:
    for regions in list(dynamodb_backends.values()):
        for backend in list(regions.values()):
            yield from list(backend.tables.values())


def _expired(table: Table) -> list[Item]:
    """The items whose attribute says so; one that is no number says nothing."""
    if table.ttl["TimeToLiveStatus"] != "ENABLED":
        return []
    name, now = table.ttl["AttributeName"], clock.now()
    times = ((item, _time(item.attrs.get(name))) for item in table.all_items())
    return [item for item, time in times if time is not None and LATEST <= now - time < TOO_OLD]


def _time(attribute: DynamoType | None) -> float | None:
    if attribute is None or attribute.type != "N":
        return None
    try:
        return float(attribute.value)
    except (TypeError, ValueError):
        return None
