"""Who may come in: this user's programs on this machine, with a key where one is asked for."""

import hmac
import re
from urllib.parse import parse_qs
from wsgiref.types import WSGIEnvironment

from cognito_sandbox import keys
from cognito_sandbox.door import addresses, cors, refusals
from cognito_sandbox.door.refusals import Style
from cognito_sandbox.door.signature import Signature
from cognito_sandbox.iam import sessions
from cognito_sandbox.store import access_keys, user_pools

ELSEWHERE = "The sandbox answers requests from this machine only."
SOMEBODY_ELSE = "The sandbox answers requests of the user who started it only."
OWN_PAGES = (
    "Say the sandbox's access key: in a header Authorization: Bearer KEY, or as ?access_key="
)
FOR_EVERYBODY = re.compile(
    r"/[\w-]+/\.well-known/(jwks\.json|openid-configuration)|/cloudformation_[\w-]+/cfnresponse"
)
STRANGER = "cognito_sandbox.stranger"  # in the environ, where the connection is another user's


def check_caller(environ: WSGIEnvironment) -> None:
    """Refuse other machines, their pages, and other users of this one."""
    if not cors.is_local(environ.get("HTTP_HOST", "")) or not cors.may_ask(
        environ.get("HTTP_ORIGIN")
    ):
        raise refusals.stranger(ELSEWHERE)
    _check_user(environ)


def check_public_caller(environ: WSGIEnvironment) -> None:
    """APIs and function URLs: any page may ask, as in AWS, and AWS's names of theirs will do."""
    host = environ.get("HTTP_HOST", "")
    if not (cors.is_local(host) or addresses.by_host(host)):
        raise refusals.stranger(ELSEWHERE)
    _check_user(environ)


def _check_user(environ: WSGIEnvironment) -> None:
    if environ.get(STRANGER):
        raise refusals.stranger(SOMEBODY_ELSE)


class Doorkeeper:
    """Asks for a key, if the sandbox was told one."""

    def __init__(self, access_key: str | None) -> None:
        self._access_key = access_key

    def check_key(self, environ: WSGIEnvironment, signature: Signature, how: Style) -> None:
        """Some calls are unsigned in AWS, too: who signs up or in has no key yet."""
        if needs_no_key(environ):
            return
        unsigned = not signature.access_key and is_of_user_pools(environ)  # any key is not none
        if self._takes(signature.access_key) and not unsigned:
            return
        raise refusals.unknown_key(how) if signature.access_key else refusals.no_key(how)

    def check_own_page(self, environ: WSGIEnvironment) -> None:
        """The sandbox's own pages take the key as it is."""
        said = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        asked = parse_qs(environ.get("QUERY_STRING", "")).get("access_key", [""])[0]
        if not (self._is_readers(said) or self._is_readers(asked)):
            raise refusals.stranger(OWN_PAGES)

    def _takes(self, key: str) -> bool:
        """The reader's key, a function's, the sandbox's own, or one that IAM or STS made."""
        given = key == keys.OWN.access_key or sessions.find(key) is not None
        return self._is_readers(key) or given or access_keys.is_known(key)

    def _is_readers(self, key: str) -> bool:
        wanted = self._access_key
        return wanted is None or hmac.compare_digest(key.encode(), wanted.encode())


def needs_no_key(environ: WSGIEnvironment) -> bool:
    """What anybody may ask in AWS: an app's own calls, a pool's public keys, a stack's answer."""
    if "HTTP_AUTHORIZATION" in environ or "X-Amz-Credential" in environ.get("QUERY_STRING", ""):
        return False
    return is_apps_own(environ) or FOR_EVERYBODY.fullmatch(environ["PATH_INFO"]) is not None


def is_apps_own(environ: WSGIEnvironment) -> bool:
    """A call that apps make, which have no key."""
    operation = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")[2]
    return is_of_user_pools(environ) and user_pools.is_unsigned(operation)


def is_of_user_pools(environ: WSGIEnvironment) -> bool:
    return str(environ.get("HTTP_X_AMZ_TARGET", "")).startswith(f"{user_pools.TARGET}.")


def forget_needless_signature(environ: WSGIEnvironment) -> None:
    """Good or bad, AWS does not look at it where an app calls."""
    if environ["PATH_INFO"] == "/" and is_apps_own(environ):
        environ.pop("HTTP_AUTHORIZATION", None)
