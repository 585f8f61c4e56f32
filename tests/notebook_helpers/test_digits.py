"""The six digits of an authenticator: typed, or of the one on the page."""

import pytest
from strict_pool import StrictPool

from helpers import cloud, cognito, prompts, second_factors, signing_in
from helpers._inner import authenticators, qr_codes, sandbox
from helpers.errors import AnswerError
from helpers.prompts.digits import Digits

PASSWORD = "Correct-horse-1"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def on_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHENTICATOR", "page")


@pytest.mark.usefixtures("in_the_sandbox")
def test_each_digits_are_new_and_right_without_a_wait(strict: StrictPool, name: str) -> None:
    cognito.admin_create_user(strict.id, name, f"{name}@example.com")
    cognito.admin_set_user_password(strict.id, name, PASSWORD)
    strict.ask_for_a_second_factor("ON")
    given = {"USERNAME": name, "PASSWORD": PASSWORD}
    challenge = signing_in.initiate_auth(strict.client_id, "USER_PASSWORD_AUTH", **given)
    assert isinstance(challenge, signing_in.Challenge)
    token = second_factors.associate_software_token(session=challenge.session)
    digits = prompts.ask_digits(token.secret, name)
    assert second_factors.verify_software_token(digits.read(), session=token.session).session
    for _ in range(3):
        challenge = signing_in.initiate_auth(strict.client_id, "USER_PASSWORD_AUTH", **given)
        assert isinstance(challenge, signing_in.Challenge)
        tokens = signing_in.respond_to_auth_challenge(
            strict.client_id, challenge, SOFTWARE_TOKEN_MFA_CODE=digits.read()
        )
        assert isinstance(tokens, signing_in.Tokens)
    cognito.admin_delete_user(strict.id, name)


def test_the_time_is_the_sandboxs_own(place: cloud.Cloud) -> None:
    before = sandbox.now()
    assert sandbox.now() < before + 10
    if place.is_sandbox:
        assert sandbox.now(forward=20) >= before + 20


def as_in_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloud.Cloud, "is_sandbox", False)


def test_in_an_account_a_phone_has_the_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    as_in_an_account(monkeypatch)
    with pytest.raises(AnswerError, match=r"Six digits: there is no answer yet\."):
        prompts.ask_digits(SECRET, "ann").read()


def test_an_authenticator_that_there_is_not_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHENTICATOR", "pgae")
    with pytest.raises(AnswerError, match=r"says pgae\. Set it to page, or unset it\."):
        prompts.ask_digits(SECRET, "ann")


@pytest.mark.usefixtures("on_page")
def test_without_a_phone_the_next_digits_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    as_in_an_account(monkeypatch)
    passed: list[float] = []
    monkeypatch.setattr("helpers.prompts.digits.time.sleep", passed.append)
    monkeypatch.setattr("helpers.prompts.digits.time.monotonic", lambda: sum(passed))
    monkeypatch.setattr("helpers._inner.sandbox.time.time", lambda: 59 + sum(passed))
    digits = prompts.ask_digits(SECRET, "ann")
    assert digits.read() == second_factors.authenticator_code(SECRET, 59) == "287082"
    assert digits.read() == second_factors.authenticator_code(SECRET, 60)
    assert sum(passed) == 1


@pytest.mark.parametrize("answer", ["", "12345", "1234567", "12 34 56", "abcdef"])
def test_what_are_no_six_digits(answer: str) -> None:
    assert "six digits" in str(prompts.ask_digits(SECRET, "ann").rule(answer))


@pytest.mark.parametrize("answer", ["123456", "123 456", " 123456 "])
def test_digits_may_be_typed_as_they_are_shown(answer: str) -> None:
    digits = prompts.ask_digits(SECRET, "ann")
    assert digits.rule(answer) is None
    digits._typed = answer
    assert digits.read() == "123456"


@pytest.mark.usefixtures("on_page")
@pytest.mark.usefixtures("in_the_sandbox")
def test_digits_that_were_typed_are_used_up_as_well() -> None:
    digits = prompts.ask_digits(SECRET, "ann")
    typed = digits._typed = second_factors.authenticator_code(SECRET)
    assert digits.read() == typed
    digits._typed = None
    assert digits.read() != typed


@pytest.mark.usefixtures("on_page")
def test_neither_secret_nor_digits_are_shown() -> None:
    digits = prompts.ask_digits(SECRET, "ann")
    assert repr(digits) == "Six digits:"
    assert digits.read() not in repr(digits)


def test_the_link_says_whose_digits_they_are() -> None:
    link = qr_codes.link("ABCD", "ann & bob@example.com")
    assert link.startswith("otpauth://totp/Cognito%20tutorial:ann%20%26%20bob%40example.com?")
    assert "secret=ABCD&issuer=Cognito%20tutorial" in link


def test_what_was_hidden_meanwhile_is_not_shown_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = authenticators.Authenticator(SECRET)

    def used_meanwhile(_secret: str, _now: float) -> str:
        app.hide()
        return "123456"

    monkeypatch.setattr(authenticators, "authenticator_code", used_meanwhile)
    app._tick(0, app._over)
    assert authenticators.HIDDEN in app._digits.value


def test_an_account_keeps_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    as_in_an_account(monkeypatch)
    assert "image/png" not in Digits(SECRET, "ann")._repr_mimebundle_()
