"""Who issued a token: the sandbox's own user pools, by AWS's addresses of theirs."""

import re

from cognito_sandbox.store import user_pools
from cognito_sandbox.store.model import Pool

ISSUER = re.compile(r"https://cognito-idp\.(?P<region>[\w-]+)\.amazonaws\.com/(?P<pool>[\w-]+)/?")


def pool_of(issuer: str) -> Pool | None:
    """The pool at this address, wherever AWS would fetch its keys."""
    named = ISSUER.fullmatch(issuer)
    return user_pools.find_pool(named["pool"]) if named else None
