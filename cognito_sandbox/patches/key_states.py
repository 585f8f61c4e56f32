"""KMS: a key is enabled, disabled and deleted by its ARN, too; moto knows it by its ID there."""

from collections.abc import Callable
from typing import Any

from cognito_sandbox.patches import failures
from cognito_sandbox.store import needs

CALLS = ("cancel_key_deletion", "disable_key", "enable_key", "schedule_key_deletion")
NEEDS = [f"moto.kms.models:KmsBackend.{call}" for call in ("get_key_id", *CALLS)]


def install() -> None:
    needs.check(NEEDS)
    from moto.kms.models import KmsBackend

    for call in CALLS:
        setattr(KmsBackend, call, _by_arn_too(getattr(KmsBackend, call)))


def _by_arn_too(change: Callable[..., Any]) -> Callable[..., Any]:
    @failures.hands_on
    def change_it(backend: Any, key_id: str, *given: Any) -> Any:
        return change(backend, backend.get_key_id(key_id), *given)

    return change_it
