"""What is kept of a password: enough to see that somebody knows it, and not the password."""

import hmac
from dataclasses import dataclass, field

from cognito_sandbox.srp_numbers import new_salt, power, private_key


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
