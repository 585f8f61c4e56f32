"""The keys that tokens are signed with: one for ID tokens, one for access tokens.

(sign-in contract 6.1)
"""

import base64
import hashlib
import json
import re
import threading
import uuid
from functools import cache
from typing import Any, Literal

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from cognito_sandbox.lasting import lasting
from cognito_sandbox.store import user_pools
from cognito_sandbox.store.model import Pool

Use = Literal["id", "access"]
USES: tuple[Use, ...] = ("id", "access")
_keys: dict[Use, RSAKey] = lasting("signing keys", {})
_making = threading.Lock()
PUBLISHED = re.compile(r"/([\w-]+)/\.well-known/jwks\.json")


def sign(pool: Pool, use: Use, claims: dict[str, object]) -> str:
    header = {"kid": _kid(pool.id, use), "alg": "RS256"}
    told = json.dumps(claims | {"jti": str(uuid.uuid4())}, separators=(",", ":"))
    return jws.serialize_compact(header, told, _key(use))  # jwt.encode would add a typ


def is_signed(token: str, use: Use) -> bool:
    try:
        jwt.decode(token, _key(use), algorithms=["RS256"])
    except (JoseError, ValueError):
        return False
    return True


def read(token: str, pool: Pool) -> dict[str, Any] | None:
    """What a token says, if the pool has signed it; whether it still holds is not looked at."""
    for use in USES:
        try:
            found = jwt.decode(token, _key(use), algorithms=["RS256"])
        except (JoseError, ValueError):
            continue
        return dict(found.claims) if found.header.get("kid") == _kid(pool.id, use) else None
    return None


def published(path: str) -> dict[str, object] | None:
    """The public keys of the pool, if this is where they are looked for."""
    named = PUBLISHED.fullmatch(path)
    if not named or not user_pools.find_pool(named[1]):
        return None
    return {"keys": [_public(named[1], use) for use in USES]}


def _public(pool_id: str, use: Use) -> dict[str, object]:
    known = _key(use).as_dict(private=False)
    shown = {"alg": "RS256", "kid": _kid(pool_id, use), "kty": "RSA", "use": "sig"}
    return {**shown, "e": known["e"], "n": known["n"]}


@cache
def _kid(pool_id: str, use: Use) -> str:
    return base64.b64encode(hashlib.sha256(f"{pool_id} {use}".encode()).digest()).decode()


def _key(use: Use) -> RSAKey:
    """Pools share it, as making one takes a tenth of a second; its names they do not share."""
    with _making:
        if use not in _keys:
            _keys[use] = RSAKey.generate_key(2048)
    return _keys[use]
