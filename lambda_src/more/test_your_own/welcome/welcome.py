"""Colleagues need no code, and a domain that was given up is refused."""

from typing import Any

OURS = "example.com"
CLOSED = "example.org"


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Decide by the domain of the address."""
    domain = event["request"]["userAttributes"]["email"].rpartition("@")[2]
    print(f"{event['userName']} comes from {domain}.")
    if domain == CLOSED:
        raise ValueError(f"{CLOSED} has moved")
    event["response"]["autoConfirmUser"] = domain == OURS
    return event
