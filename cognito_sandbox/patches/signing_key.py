"""The key that signs tokens: moto has one, but would complete and check it anew for each pool."""

import functools
from types import SimpleNamespace

from joserfc.jwk import RSAKey
from moto.cognitoidp import models

from cognito_sandbox.store import needs

NEEDS = ("moto.cognitoidp.models:jwk.RSAKey.import_key", "moto.cognitoidp.models:load_resource")


def install() -> None:
    """Have all pools share the key, which saves 70 ms with each pool but the first."""
    needs.check(NEEDS)
    import_key = functools.cache(lambda: RSAKey.import_key(_private_key()))
    models.jwk = SimpleNamespace(RSAKey=SimpleNamespace(import_key=lambda _: import_key()))


def _private_key() -> dict[str, str | list[str]]:
    return dict(models.load_resource("cognitoidp/resources/jwks-private.json"))
