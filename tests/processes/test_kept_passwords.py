"""Sign-in contract 1.3: salt and verifier are kept of a password, and the password is not."""

import gc
import uuid

import pytest
from harness import PASSWORD
from in_process import App, call

from cognito_sandbox.srp_numbers import G, N, private_key
from cognito_sandbox.store.verifiers import Verifier

NEW = "Another-horse-2"


def holds(holder: object, text: str) -> bool:
    """Is the text in a string or in bytes of it?"""
    for held in gc.get_referents(holder):
        if type(held) is str and held is not text and text in held:
            return True
        if type(held) is bytes and text.encode() in held:
            return True
        if type(held) in (dict, tuple) and not gc.is_tracked(held) and holds(held, text):
            return True
    return False


def sign_up_and_in(app: App, password: str) -> None:
    """A sign-in that waits for its second factor, and one that waits for a choice."""
    app.call("SignUp", Username="ann", Password=password)
    call("AdminConfirmSignUp", UserPoolId=app.pool_id, Username="ann")
    call(
        "SetUserPoolMfaConfig",
        UserPoolId=app.pool_id,
        MfaConfiguration="ON",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    for flow in ("USER_PASSWORD_AUTH", "USER_AUTH"):
        given = {"USERNAME": "ann", "PASSWORD": password}
        assert app.call("InitiateAuth", AuthFlow=flow, AuthParameters=given)["Session"]


def replace(app: App, password: str) -> None:
    """By an administrator, and by a code that was sent."""
    name = {"UserPoolId": app.pool_id, "Username": "bob"}
    call("AdminCreateUser", **name, TemporaryPassword=password, MessageAction="SUPPRESS")
    call("AdminSetUserPassword", **name, Password=password, Permanent=True)
    known = {"USERNAME": "bob", "PASSWORD": password}
    app.call("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=known)


def test_no_password_is_in_memory_once_its_call_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    app = App(monkeypatch)
    app.client.settings["ExplicitAuthFlows"] = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH"]
    mark = uuid.uuid4().hex
    sign_up_and_in(app, PASSWORD + mark)
    replace(app, NEW + mark)
    assert not [holder for holder in gc.get_objects() if holds(holder, mark)]


def test_what_is_saved_of_a_password_is_its_verifier() -> None:
    """The hash that it is computed from would do for a sign-in by SRP, without the password."""
    made = Verifier.of("groupann", PASSWORD)
    assert made.fits("groupann", PASSWORD)
    key = private_key(made.salt, "groupann", PASSWORD)
    saved = made.__getstate__()
    assert saved == {"salt": made.salt, "value": pow(G, key, N)}
    assert key not in vars(made).values()
    assert made.fits("groupann", PASSWORD)
    assert not made.fits("groupann", NEW)
