"""What is changed in services that few ask, once they are asked: importing them takes its time."""

import threading

from cognito_sandbox.patches import emails, key_states

INSTALL = {"kms": key_states.install, "ses": emails.install}
_installing, _left = threading.Lock(), set(INSTALL)


def install(service: str) -> None:
    """Before the service gets its first request."""
    if service not in _left:
        return
    with _installing:
        if service in _left:
            INSTALL[service]()
            _left.remove(service)
