"""The six digits of an authenticator: typed, or of the one on the page, which ticks and ends."""

import re
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from strict_pool import StrictPool

from helpers import cloud, cognito, prompts, second_factors, signing_in
from helpers._inner import authenticators, qr_codes, sandbox
from helpers.errors import AnswerError
from helpers.prompts.digits import Digits

PASSWORD = "Correct-horse-1"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
SPELLED = "GEZD GNBV"
PNG = "iVBORw0KGgo"  # how each such picture begins, in base64
SIX = re.compile(r"\b\d{3} \d{3}\b")


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


PREPARE = """
import time
from helpers import cloud, prompts
from helpers._inner import authenticators
from helpers._inner.authenticators import HIDDEN

def eventually(check):
    end = time.monotonic() + 20
    while not (value := check()) and time.monotonic() < end:
        time.sleep(0.05)
    return value
"""
ASK = f"digits = prompts.ask_digits({SECRET!r}, 'ann')\ndigits"


def run(*cells: str, state: bool = False) -> tuple[list[Any], Any]:
    """What each cell left in a real kernel, and the whole notebook as it would be stored."""
    sources = [PREPARE, *cells]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    NotebookClient(notebook, timeout=60, kernel_name="python3", store_widget_state=state).execute()
    return [cell["outputs"] for cell in notebook["cells"][1:]], notebook


@pytest.mark.usefixtures("in_the_sandbox")
def test_on_the_page_they_tick_until_they_are_used() -> None:
    shown, used = "digits._app._digits.value", "digits._app._over.is_set()"
    outputs, _ = run(
        ASK,
        f"print({shown})\nfirst = {shown}\nprint(eventually(lambda: {shown} != first))",
        f"_ = digits.read()\nprint(HIDDEN in {shown}, {used}, digits._set_up)",
        "digits",
    )
    (asked,), ticking, (read,), (again,) = outputs
    ticked = "".join(output["text"] for output in ticking)
    assert asked["data"]["text/plain"] == "Six digits:"
    assert "image/png" in asked["data"]
    assert SIX.search(ticked)
    assert re.search(r"\b\d\d? s left", ticked)
    assert ticked.endswith("True\n")
    assert read["text"] == "True True None\n"
    assert "image/png" not in again["data"]


@pytest.mark.usefixtures("in_the_sandbox")
def test_who_looks_away_finds_them_hidden_and_nothing_running() -> None:
    shown = "digits._app._digits.value"
    (_, (told,), (pressed,)), _ = run(
        f"import threading\nthreads = threading.active_count()\n"
        f"authenticators.SHOWN_FOR = 0.1\n{ASK}",
        f"hidden = eventually(lambda: HIDDEN in {shown})\n"
        "print(hidden, eventually(lambda: threading.active_count() <= threads))",
        f"authenticators.SHOWN_FOR = 60\ndigits._app._button.click()\nprint(HIDDEN in {shown})",
    )
    assert told["text"] == "True True\n"
    assert pressed["text"] == "False\n"


def test_what_was_hidden_meanwhile_is_not_shown_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = authenticators.Authenticator(SECRET)

    def used_meanwhile(_secret: str, _now: float) -> str:
        app.hide()
        return "123456"

    monkeypatch.setattr(authenticators, "authenticator_code", used_meanwhile)
    app._tick(0, app._over)
    assert authenticators.HIDDEN in app._digits.value


@pytest.mark.usefixtures("in_the_sandbox")
def test_once_used_nothing_of_it_is_saved_even_with_the_state_of_widgets() -> None:
    _, notebook = run(ASK, "_ = digits.read()", state=True)
    state = str(notebook["metadata"]["widgets"])
    assert "Six digits" in state, "there was no state to look at"
    assert not SIX.search(state)
    assert not re.search(r"\b\d{6}\b", state)
    assert SECRET not in state
    assert SPELLED not in state
    assert PNG not in state


def test_an_account_keeps_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    as_in_an_account(monkeypatch)
    assert "image/png" not in Digits(SECRET, "ann")._repr_mimebundle_()
