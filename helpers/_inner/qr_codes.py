"""QR codes that authenticator apps read: a link that holds the secret, as a picture."""

import io
from urllib.parse import quote, urlencode

APP = "Cognito tutorial"


def link(secret: str, account: str) -> str:
    """What the picture says, in the form that all such apps know.

    >>> link("ABCD", "ann")
    'otpauth://totp/Cognito%20tutorial:ann?secret=ABCD&issuer=Cognito%20tutorial'
    """
    values = urlencode({"secret": secret, "issuer": APP}, quote_via=quote)
    return f"otpauth://totp/{quote(APP)}:{quote(account)}?{values}"


def png(text: str) -> bytes:
    """The picture, dark on white with a margin, so that a phone finds it on a dark page too.

    >>> png("otpauth://totp/ann?secret=ABCD")[1:4]
    b'PNG'
    """
    import segno

    target = io.BytesIO()
    segno.make(text, micro=False).save(target, kind="png", scale=4)
    return target.getvalue()
