"""What a function says of its batch when it may report single items. (events contract 2.3, 3.3)"""

import json
from collections.abc import Collection

NOTHING_FAILED = ("null", "{}", "[]", '""')


def failed_items(payload: bytes, batch: Collection[str]) -> set[str]:
    """The identifiers that failed; all of them if the answer cannot be understood."""
    if payload.decode(errors="replace") in NOTHING_FAILED:
        return set()
    try:
        answer = json.loads(payload)
    except ValueError:
        return set(batch)
    listed = answer.get("batchItemFailures") if isinstance(answer, dict) else batch
    items = listed if isinstance(listed, list) else [] if listed is None else [listed]
    failed = {str(item.get("itemIdentifier")) for item in items if isinstance(item, dict)}
    is_clear = failed <= set(batch) and all(isinstance(item, dict) for item in items)
    return failed if is_clear else set(batch)
