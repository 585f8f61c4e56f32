"""The key that signs tokens: moto has one, but would complete and check it anew for each pool."""

import functools
from math import isqrt
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import RSAKey
from joserfc.util import base64_to_int
from moto.cognitoidp import models


def install() -> None:
    """Have all pools share the key."""
    models.jwk = SimpleNamespace(RSAKey=SimpleNamespace(import_key=lambda _content: _key()))


@functools.cache
def _key() -> Any:
    content = models.load_resource("cognitoidp/resources/jwks-private.json")
    n, e, d = (base64_to_int(content[name]) for name in "ned")
    p, q = _primes(n, e, d)
    numbers = rsa.RSAPrivateNumbers(
        p,
        q,
        d,
        rsa.rsa_crt_dmp1(d, p),
        rsa.rsa_crt_dmq1(d, q),
        rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(e, n),
    )
    return RSAKey.import_key(numbers.private_key(unsafe_skip_rsa_key_validation=True))


def _primes(n: int, e: int, d: int) -> tuple[int, int]:
    """As d * e = 1 + k * (p - 1) * (q - 1), and n = p * q is so much greater than e and p + q."""
    k = d * e // n + 1
    total = n + 1 - (d * e - 1) // k
    difference = isqrt(total * total - 4 * n)
    return (total + difference) // 2, (total - difference) // 2
