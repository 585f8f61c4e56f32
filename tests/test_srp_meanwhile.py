"""Sign-in contract 1.3: what others wait for while passwords are proved by SRP."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from harness import PASSWORD
from in_process import FLOWS, App
from pycognito.aws_srp import AWSSRP

from cognito_sandbox.cognito import srp
from cognito_sandbox.srp_numbers import BITS

SECONDS = 30


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> App:
    made = App(monkeypatch)
    made.client.settings["ExplicitAuthFlows"] = [*FLOWS, "ALLOW_USER_SRP_AUTH"]
    made.confirmed()
    return made


def begin(app: App) -> tuple[Any, Any]:
    """The client, whose own number has four times as many bits as the server's, and what it got."""
    proof = AWSSRP("ann", PASSWORD, app.pool_id, app.client.id, client=object())
    known = proof.get_auth_params()
    return proof, app.call("InitiateAuth", AuthFlow="USER_SRP_AUTH", AuthParameters=known)


def finish(app: App, proof: Any, asked: Any) -> Any:
    answers = proof.process_challenge(asked["ChallengeParameters"], proof.get_auth_params())
    name = "PASSWORD_VERIFIER"
    return app.call("RespondToAuthChallenge", ChallengeName=name, ChallengeResponses=answers)


def test_nobody_waits_for_a_power_of_more_than_256_bits(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python does nothing else while it works out one, and these take some milliseconds."""
    lengths = []

    def watched(base: int, exponent: int, modulus: int) -> int:
        lengths.append(exponent.bit_length())
        return pow(base, exponent, modulus)

    monkeypatch.setattr(srp, "pow", watched, raising=False)
    assert finish(app, *begin(app))["AuthenticationResult"]
    assert len(lengths) == 2
    assert max(lengths) <= BITS == 256


def test_others_are_served_while_a_password_is_proved(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, others_are_done = threading.Event(), threading.Event()

    def slow(base: int, exponent: int, modulus: int) -> int:
        reached.set()
        assert others_are_done.wait(SECONDS), "somebody waited for the proof"
        return pow(base, exponent, modulus)

    proof, asked = begin(app)
    with ThreadPoolExecutor(1) as thread:
        with monkeypatch.context() as patched:
            patched.setattr(srp, "pow", slow, raising=False)
            proved = thread.submit(finish, app, proof, asked)
            assert reached.wait(SECONDS)
        assert finish(app, *begin(app))["AuthenticationResult"]
        assert app.sign_in()["AuthenticationResult"]
        app.confirmed("bob")
        others_are_done.set()
        assert proved.result()["AuthenticationResult"]
