"""Software tokens: secrets for authenticator apps, and the codes that these show (RFC 6238).

(sign-in contract 3.3)
"""

import base64
import hmac
import secrets
import threading

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

from cognito_sandbox import clock
from cognito_sandbox.cognito.errors import CognitoError
from cognito_sandbox.store.model import SoftwareToken

SECONDS, DIGITS = 30, 6
NEIGHBOURS = (0, -1, 1)  # clocks differ: the step before and the one after are right as well
_checking = threading.Lock()


def new() -> SoftwareToken:
    return SoftwareToken(secrets.token_bytes(32))


def secret_code(token: SoftwareToken) -> str:
    """What the app is told: base32, without the padding."""
    return base64.b32encode(token.secret).decode().rstrip("=")


def spend(token: SoftwareToken, code: str) -> bool:
    """Is the code right? Each counts once."""
    step = int(clock.now()) // SECONDS
    hotp = HOTP(token.secret, DIGITS, SHA1())
    for each in (step + neighbour for neighbour in NEIGHBOURS):
        if hmac.compare_digest(hotp.generate(each), code.encode()):
            _note(token, each)
            return True
    return False


def _note(token: SoftwareToken, step: int) -> None:
    with _checking:
        if step in token.spent:
            text = "Your software token has already been used once."
            raise CognitoError("ExpiredCodeException", text)
        token.spent = {each for each in token.spent if each > step - 3} | {step}
