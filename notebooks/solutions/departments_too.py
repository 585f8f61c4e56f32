"""Notebook 8: a domain and the departments below it, and no domain that only looks like it."""

OURS = "example.com"
CLOSED = "example.org"


def handler(event, context):
    domain = event["request"]["userAttributes"]["email"].rpartition("@")[2]
    if domain == CLOSED:
        raise ValueError(f"{CLOSED} has moved")
    event["response"]["autoConfirmUser"] = domain == OURS or domain.endswith(f".{OURS}")
    return event
