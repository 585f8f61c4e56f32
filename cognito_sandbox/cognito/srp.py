"""The server's side of SRP: how a password is proved without being sent. (sign-in contract 1.3)"""

import base64
import hmac
import secrets

from cognito_sandbox.srp_numbers import BITS, K, N, mixed, power, session_key, signature
from cognito_sandbox.store.verifiers import Verifier


class Exchange:
    """The server's side of one proof."""

    def __init__(self, verifier: Verifier, owner: str, client_public: int) -> None:
        self.verifier, self._owner, self._client_public = verifier, owner, client_public
        self.public = 0
        while not self.public:
            self._private = secrets.randbits(BITS)
            self.public = (K * verifier.value + power(self._private)) % N

    def is_proved(self, signed: str, block: bytes, when: str) -> bool:
        """Did whoever signed this know the password?"""
        if self._client_public % N == 0:  # the key would be known to everybody
            return False
        right = base64.b64encode(signature(self._key(), self._owner, block, when))
        return hmac.compare_digest(right, signed.encode())

    def _key(self) -> bytes:
        blend = mixed(self._client_public, self.public)
        base = self._client_public * pow(self.verifier.value, blend, N)
        return session_key(blend, pow(base, self._private, N))
