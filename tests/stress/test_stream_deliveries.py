"""Events contract 3.2: records are processed or told as lost, in order, also if functions fail."""

import deliveries
import pytest


@pytest.mark.parametrize("kind", ["kinesis", "dynamodb"])
def test_no_record_is_lost(kind: str) -> None:
    print(deliveries.deliver(kind, 150))
