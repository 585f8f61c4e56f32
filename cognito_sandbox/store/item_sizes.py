"""How large DynamoDB says an item is: its names, and what its values take."""

from decimal import Decimal
from typing import Any

OF_A_COLLECTION, OF_A_MEMBER = 3, 1  # bytes beside what is in it


def size(item: dict[str, Any]) -> int:
    """In bytes, of an item as DynamoDB's API writes it, what is binary decoded.

    >>> size({"Id": {"N": "101"}, "Message": {"S": "New item!"}})
    21
    """
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: dict[str, Any]) -> int:
    ((kind, given),) = value.items()
    match kind:
        case "S":
            return len(given.encode())
        case "B":
            return len(given)
        case "N":
            return (len(Decimal(given).normalize().as_tuple().digits) + 1) // 2 + 1
        case "SS" | "NS" | "BS":
            return sum(_size({kind[0]: each}) for each in given)
        case "L":
            return OF_A_COLLECTION + sum(OF_A_MEMBER + _size(each) for each in given)
        case "M":
            return OF_A_COLLECTION + OF_A_MEMBER * len(given) + size(given)
    return 1  # true, false, null
