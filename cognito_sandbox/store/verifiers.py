"""What is kept of a password: enough to see that somebody knows it, and not the password."""

import hmac
import secrets
from dataclasses import dataclass, field

from cognito_sandbox.srp_numbers import power, private_key


def new_salt(seed: bytes | None = None) -> int:
    """16 bytes of which the first is not 0: clients disagree on what a 0 there means."""
    drawn = seed or secrets.token_bytes(16)
    return int.from_bytes(bytes([drawn[0] or 1]) + drawn[1:16])


@dataclass(frozen=True)
class Verifier:
    """SRP's salt and verifier; plain passwords are held against them as well."""

    salt: int
    value: int = field(repr=False)

    @classmethod
    def of(cls, group: str, name: str, password: str) -> "Verifier":
        salt = new_salt()
        return cls(salt, power(private_key(salt, group, name, password)))

    def fits(self, group: str, name: str, password: str) -> bool:
        given = power(private_key(self.salt, group, name, password))
        return hmac.compare_digest(given.to_bytes(384), self.value.to_bytes(384))
