"""What is kept of a password: enough to see that somebody knows it, and not the password."""

import hmac

from cognito_sandbox.srp_numbers import new_salt, power, private_key


class Verifier:
    """SRP's salt and verifier; plain passwords are held against them as well.

    The verifier is computed when it is first needed, since that takes longer than all else of a
    sign-up. Until then, the hash that it is computed from is there in its place, in memory only.
    """

    def __init__(self, salt: int, value: int = 0, key: int | None = None) -> None:
        self.salt, self._value, self._key = salt, value, key

    @classmethod
    def of(cls, owner: str, password: str) -> "Verifier":
        salt = new_salt()
        return cls(salt, key=private_key(salt, owner, password))

    @property
    def value(self) -> int:
        key = self._key
        if key is not None:
            self._value = power(key)
            self._key = None  # last: whoever asks meanwhile computes it, too
        return self._value

    def fits(self, owner: str, password: str) -> bool:
        given, key = private_key(self.salt, owner, password), self._key
        if key is not None:
            return hmac.compare_digest(given.to_bytes(32), key.to_bytes(32))
        return hmac.compare_digest(power(given).to_bytes(384), self._value.to_bytes(384))

    def __getstate__(self) -> dict[str, int]:
        return {"salt": self.salt, "value": self.value}

    def __setstate__(self, state: dict[str, int]) -> None:
        self.salt, self._value, self._key = state["salt"], state["value"], None
