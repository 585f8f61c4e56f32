"""What a pool demands of passwords. (contract 8, 9)"""

import string

from cognito_sandbox.cognito.errors import CognitoError, invalid
from cognito_sandbox.store.model import Pool

SYMBOLS = string.punctuation + " "
# Each call says it in its own words.
SIGNING_UP = "Password did not conform with policy"
INVITING = "Password did not conform with password policy"
SETTING = "Password does not conform to policy"


def check(pool: Pool, password: str, told: str = SIGNING_UP, *, is_parameter: bool = True) -> None:
    """Parameters have a length of their own, which answers to challenges have not."""
    policy = pool.settings["Policies"].get("PasswordPolicy", {})
    if len(password) < 6 and is_parameter:
        raise invalid(
            "1 validation error detected: Value at 'password' failed to satisfy constraint: "
            "Member must have length greater than or equal to 6"
        )
    demanded = [
        (policy.get("RequireUppercase"), string.ascii_uppercase, "uppercase"),
        (policy.get("RequireLowercase"), string.ascii_lowercase, "lowercase"),
        (policy.get("RequireNumbers"), string.digits, "numeric"),
        (policy.get("RequireSymbols"), SYMBOLS, "symbol"),
    ]
    broken = [
        f"Password must have {kind} characters"
        for wanted, characters, kind in demanded
        if wanted and not set(characters) & set(password)
    ]
    if len(password) < policy.get("MinimumLength", 8):
        broken.insert(0, "Password not long enough")
    if broken:
        raise CognitoError("InvalidPasswordException", f"{told}: {broken[0]}")
