"""Signing in without sending the password: Cognito's form of Secure Remote Password."""

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.sandbox.cognito.sign_in import Attempt

# The 3072-bit group of RFC 5054, with its generator.
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


def padded(number: int) -> bytes:
    """Big-endian, with a leading zero byte where the first bit is set."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def digest(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


K = digest(padded(N), padded(G))


class Exchange:
    """The server's half of one sign-in."""

    def __init__(self, attempt: "Attempt", their_public: int) -> None:
        user = attempt.user
        name = user.username if user else attempt.username
        password = (user.password if user else None) or secrets.token_hex()
        self.identity = f"{attempt.pool.id.partition('_')[2]}{name}".encode()
        self.salt, self.secret_block = secrets.randbits(128), secrets.token_hex(32)
        inner = hashlib.sha256(self.identity + b":" + password.encode()).digest()
        self._verifier = pow(G, digest(padded(self.salt), inner), N)
        self._private, self._their_public = secrets.randbits(256), their_public
        self.public = (K * self._verifier + pow(G, self._private, N)) % N

    def _key(self) -> bytes:
        u = digest(padded(self._their_public), padded(self.public))
        shared = pow(self._their_public * pow(self._verifier, u, N), self._private, N)
        extracted = hmac.digest(padded(u), padded(shared), "sha256")
        return hmac.digest(extracted, b"Caldera Derived Key\x01", "sha256")[:16]

    def accepts(self, responses: dict[str, str]) -> bool:
        block = base64.b64decode(responses.get("PASSWORD_CLAIM_SECRET_BLOCK", ""))
        message = self.identity + block + responses.get("TIMESTAMP", "").encode()
        expected = base64.b64encode(hmac.digest(self._key(), message, "sha256"))
        given = responses.get("PASSWORD_CLAIM_SIGNATURE", "").encode()
        return block == bytes.fromhex(self.secret_block) and hmac.compare_digest(expected, given)


def start(attempt: "Attempt") -> dict[str, Any]:
    from helpers.sandbox.cognito import sign_in

    attempt.name_user()
    sign_in.pre_authentication(attempt)
    return challenge(attempt, None)


def challenge(attempt: "Attempt", history: list[dict[str, Any]] | None) -> dict[str, Any]:
    from helpers.sandbox.cognito import challenges, pools

    try:
        their_public = int(attempt.parameter("SRP_A"), 16)
    except ValueError:
        their_public = 0
    if their_public % N == 0:
        raise pools.invalid("Invalid SRP_A")
    exchange = Exchange(attempt, their_public)
    name = attempt.user.username if attempt.user else attempt.username
    block = base64.b64encode(bytes.fromhex(exchange.secret_block)).decode()
    parameters = {
        "SALT": f"{exchange.salt:x}",
        "SRP_B": f"{exchange.public:x}",
        "USERNAME": name,
        "USER_ID_FOR_SRP": name,
        "SECRET_BLOCK": block,
    }
    return challenges.ask(
        challenges.Challenge("PASSWORD_VERIFIER", attempt, history, proof=exchange),
        parameters,
        block,
    )
