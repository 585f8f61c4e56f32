"""The client's side of SRP: a password is proved, and never sent.

>>> own = srp.Secret()
>>> challenge = signing_in.initiate_auth(
...     client_id, "USER_SRP_AUTH", USERNAME="ann", SRP_A=own.public
... )
>>> proof = own.proof(challenge.parameters, srp.group(pool_id), challenge.username, password)
>>> signing_in.respond_to_auth_challenge(client_id, challenge, **proof)
Tokens(access=eyJ..., identity=eyJ...)
"""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cognito_sandbox.srp_numbers import (
    BITS,
    K,
    N,
    mixed,
    new_salt,
    pad,
    power,
    private_key,
    session_key,
    signature,
)

__all__ = ["Secret", "group", "verifier"]


def group(pool_id: str) -> str:
    """What stands for the pool in a proof: its id without the region.

    >>> group("us-east-1_abc123")
    'abc123'
    """
    return pool_id.partition("_")[2]


def verifier(group: str, name: str, password: str) -> dict[str, str]:
    """What lets a server see that somebody knows the password, without knowing it itself.

    It is what ConfirmDevice asks for; a user's own is made by Cognito.

    >>> sorted(verifier("-wt2ha1Zd", "us-east-1_2f1d", "the device's password"))
    ['PasswordVerifier', 'Salt']
    """
    salt = new_salt()
    value = power(private_key(salt, group + name, password))
    return {"PasswordVerifier": _base64(pad(value)), "Salt": _base64(pad(salt))}


@dataclass(frozen=True)
class Secret:
    """A number that the client draws for one sign-in, and keeps to itself."""

    number: int = field(default_factory=lambda: secrets.randbits(BITS), repr=False)

    @property
    def public(self) -> str:
        """SRP_A, which is sent.

        >>> len(Secret().public) <= 768
        True
        """
        return f"{power(self.number):x}"

    def proof(
        self, challenge: Mapping[str, str], group: str, name: str, password: str
    ) -> dict[str, str]:
        """The answer to PASSWORD_VERIFIER or DEVICE_PASSWORD_VERIFIER: a signature.

        The server comes to the same key from what it keeps, only if the password is right.
        """
        server, now = int(challenge["SRP_B"], 16), datetime.now(UTC)
        private = private_key(int(challenge["SALT"], 16), group + name, password)
        blend = mixed(int(self.public, 16), server)
        shared = pow(server - K * power(private), self.number + blend * private, N)
        block = base64.b64decode(challenge["SECRET_BLOCK"])
        when = f"{now:%a %b} {now.day} {now:%H:%M:%S} UTC {now:%Y}"
        signed = signature(session_key(blend, shared), group + name, block, when)
        return {
            "PASSWORD_CLAIM_SECRET_BLOCK": challenge["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": _base64(signed),
            "TIMESTAMP": when,
        }


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
