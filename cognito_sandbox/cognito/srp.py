"""The server's side of SRP: how a password is proved without being sent. (sign-in contract 1.3)"""

import base64
import hmac
import secrets
from dataclasses import dataclass

from cognito_sandbox.srp_numbers import BITS, K, N, mixed, power, session_key, signature
from cognito_sandbox.store.verifiers import Verifier


@dataclass(frozen=True)
class Exchange:
    """The server's side of one proof."""

    verifier: Verifier
    client_public: int
    private: int
    public: int

    def proves(self, signed: str, group: str, name: str, block: bytes, when: str) -> bool:
        """Did whoever signed this know the password?"""
        if self.client_public % N == 0:  # the key would be known to everybody
            return False
        right = base64.b64encode(signature(self._key(), group, name, block, when))
        return hmac.compare_digest(right, signed.encode())

    def _key(self) -> bytes:
        blend = mixed(self.client_public, self.public)
        base = self.client_public * pow(self.verifier.value, blend, N)
        return session_key(blend, pow(base, self.private, N))


def begin(verifier: Verifier, client_public: int) -> Exchange:
    while True:
        private = secrets.randbits(BITS)
        public = (K * verifier.value + power(private)) % N
        if public:
            return Exchange(verifier, client_public, private, public)
