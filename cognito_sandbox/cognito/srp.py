"""The mathematics of SRP 6a as Cognito has it: how a password is proved without being sent.

A "group" is the part of the pool's id after its region, or a device's group key; a "name" is the
canonical user name, or the device's key.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cognito_sandbox.store.model import Verifier

# The prime of 3072 bits of RFC 5054 (group 15 of RFC 3526).
N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
G = 2
# Python's pow is slow with long exponents, and nothing else runs meanwhile.
EXPONENT_BITS = 256


def pad(number: int) -> bytes:
    """The shortest bytes that leave the first bit free, as Java writes numbers."""
    return number.to_bytes(number.bit_length() // 8 + 1)


def _hash(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


K = int.from_bytes(_hash(pad(N), pad(G)))


def new_salt(seed: bytes | None = None) -> int:
    """16 bytes of which the first is not 0: clients disagree on what a 0 there means."""
    drawn = seed or secrets.token_bytes(16)
    return int.from_bytes(bytes([drawn[0] or 1]) + drawn[1:16])


def verifier(group: str, name: str, password: str) -> Verifier:
    salt = new_salt()
    identity = _hash(f"{group}{name}:{password}".encode())
    return Verifier(salt, pow(G, int.from_bytes(_hash(pad(salt), identity)), N))


@dataclass(frozen=True)
class Exchange:
    """The server's side of one proof."""

    verifier: Verifier
    client_public: int
    private: int
    public: int

    def proves(self, signature: bytes, group: str, name: str, block: bytes, when: str) -> bool:
        """Did whoever signed this know the password?"""
        if self.client_public % N == 0:  # the key would be known to everybody
            return False
        signed = f"{group}{name}".encode() + block + when.encode()
        return hmac.compare_digest(hmac.digest(self._key(), signed, "sha256"), signature)

    def _key(self) -> bytes:
        mixed = _hash(pad(self.client_public), pad(self.public))
        base = self.client_public * pow(self.verifier.value, int.from_bytes(mixed), N)
        shared = pow(base, self.private, N)
        extracted = hmac.digest(pad(int.from_bytes(mixed)), pad(shared), "sha256")
        return hmac.digest(extracted, b"Caldera Derived Key\x01", "sha256")[:16]


def begin(verifier: Verifier, client_public: int) -> Exchange:
    while True:
        private = secrets.randbits(EXPONENT_BITS)
        public = (K * verifier.value + pow(G, private, N)) % N
        if public:
            return Exchange(verifier, client_public, private, public)
