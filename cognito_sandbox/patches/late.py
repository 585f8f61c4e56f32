"""What is changed in services that few ask, once they are asked: importing them takes its time."""

import importlib
import threading

PATCHES = {"kms": "key_states", "ses": "emails"}
_installing, _left = threading.Lock(), set(PATCHES)


def install(service: str) -> None:
    """Before the service gets its first request."""
    if service not in _left:
        return
    with _installing:
        if service in _left:
            importlib.import_module(f"{__package__}.{PATCHES[service]}").install()
            _left.remove(service)
