"""Events contract 2.2: messages are processed or given up, each once, also if functions fail."""

import queue_deliveries


def test_no_message_is_lost() -> None:
    print(queue_deliveries.deliver(200))
