"""How long tokens live, by their app client's settings. (sign-in contract 6.1)"""

from collections.abc import Mapping
from typing import Any, Literal

from cognito_sandbox.cognito.errors import invalid

Kind = Literal["AccessToken", "IdToken", "RefreshToken"]
USUAL: dict[Kind, tuple[int, str]] = {
    "AccessToken": (1, "hours"),
    "IdToken": (1, "hours"),
    "RefreshToken": (30, "days"),
}
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
DAY = SECONDS["days"]
RANGES: dict[Kind, tuple[int, int]] = {
    "AccessToken": (5 * 60, DAY),
    "IdToken": (5 * 60, DAY),
    "RefreshToken": (60 * 60, 3650 * DAY),
}


def seconds(settings: Mapping[str, Any], kind: Kind) -> int:
    usual, unit = USUAL[kind]
    validity = settings.get(f"{kind}Validity")
    if not validity:
        return usual * SECONDS[unit]
    return int(validity) * SECONDS[settings.get("TokenValidityUnits", {}).get(kind, unit)]


def check(settings: Mapping[str, Any]) -> None:
    for kind, (least, most) in RANGES.items():
        if not least <= seconds(settings, kind) <= most:
            raise invalid("Invalid range for token validity.")
