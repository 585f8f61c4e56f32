"""What describes a user: as in AWS, what there is none of is left out."""

from typing import Any

from moto.cognitoidp.models import CognitoIdpUser

from cognito_sandbox.store import needs

NEEDS = ("moto.cognitoidp.models:CognitoIdpUser.to_json",)
MFA = ("MFAOptions", "PreferredMfaSetting", "UserMFASettingList")
to_json = CognitoIdpUser.to_json


def _without_empty(user: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    described: dict[str, Any] = to_json(user, *args, **kwargs)
    return {name: value for name, value in described.items() if value or name not in MFA}


def install() -> None:
    needs.check(NEEDS)
    CognitoIdpUser.to_json = _without_empty
