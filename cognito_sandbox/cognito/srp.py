"""The server's side of SRP: how a password is proved without being sent."""

import hmac
import secrets
from dataclasses import dataclass

from cognito_sandbox.srp_numbers import G, K, N, mixed, private_key, session_key, signature
from cognito_sandbox.store.model import Verifier

# Python's pow is slow with long exponents, and nothing else runs meanwhile.
EXPONENT_BITS = 256


def new_salt(seed: bytes | None = None) -> int:
    """16 bytes of which the first is not 0: clients disagree on what a 0 there means."""
    drawn = seed or secrets.token_bytes(16)
    return int.from_bytes(bytes([drawn[0] or 1]) + drawn[1:16])


def verifier(group: str, name: str, password: str) -> Verifier:
    salt = new_salt()
    return Verifier(salt, pow(G, private_key(salt, group, name, password), N))


@dataclass(frozen=True)
class Exchange:
    """The server's side of one proof."""

    verifier: Verifier
    client_public: int
    private: int
    public: int

    def proves(self, signed: bytes, group: str, name: str, block: bytes, when: str) -> bool:
        """Did whoever signed this know the password?"""
        if self.client_public % N == 0:  # the key would be known to everybody
            return False
        return hmac.compare_digest(signature(self._key(), group, name, block, when), signed)

    def _key(self) -> bytes:
        blend = mixed(self.client_public, self.public)
        base = self.client_public * pow(self.verifier.value, blend, N)
        return session_key(blend, pow(base, self.private, N))


def begin(verifier: Verifier, client_public: int) -> Exchange:
    while True:
        private = secrets.randbits(EXPONENT_BITS)
        public = (K * verifier.value + pow(G, private, N)) % N
        if public:
            return Exchange(verifier, client_public, private, public)
