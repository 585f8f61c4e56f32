"""Each user pool action, against a real pool."""

import json
import pickle
import traceback
import urllib.request
from typing import Any

import pytest

from helpers import cloud, cognito, exercises, show
from helpers.errors import AnswerError, RefusedError

PASSWORD = "Correct-horse-1"
NEW = "Another-horse-2"


@pytest.fixture
def pool(outputs: dict[str, str]) -> str:
    return outputs["UserPoolId"]


@pytest.fixture
def app(outputs: dict[str, str]) -> str:
    return outputs["UserPoolClientId"]


def code_for(name: str) -> str:
    """The code in the sandbox's newest mail to this user; elsewhere nobody can read it."""
    place = cloud.current()
    if not place.is_sandbox:
        pytest.skip("the mailbox is the sandbox's")
    page = f"{place.endpoint}/_sandbox/mail?username={name}"
    with urllib.request.urlopen(urllib.request.Request(page, headers=place.own_pages)) as response:
        mail: list[dict[str, Any]] = json.load(response)
    return str(mail[-1]["code"])


def refused(code: str) -> Any:
    return pytest.raises(RefusedError, match=f"^{code}: ")


def test_hello(pool: str) -> None:
    assert pool in {found["Id"] for found in cognito.list_user_pools()}


def test_sign_up_confirm_and_sign_in(app: str, pool: str, name: str) -> None:
    made = cognito.sign_up(app, name, PASSWORD, f"{name}@example.com")
    assert (made.confirmed, made.code_sent_to) == (False, "u***@e***")
    assert exercises.account(pool, name) == "an account that waits for a code"
    with refused("UserNotConfirmedException"):
        cognito.sign_in(app, name, PASSWORD)
    assert cognito.resend_confirmation_code(app, name) == "u***@e***"
    cognito.confirm_sign_up(app, name, code_for(name))
    assert exercises.account(pool, name) == "a confirmed account"
    tokens = cognito.sign_in(app, name, PASSWORD)
    assert tokens.access not in repr(tokens)
    claims = show.claims(tokens.identity).set_index("Claim")["Value"]
    assert claims["email"] == f"{name}@example.com"
    assert claims["sub"] == made.user_id
    assert str(claims["exp"].tzinfo) == "UTC"
    assert list(show.claims(tokens.identity, "sub", "email")["Claim"]) == ["email", "sub"]
    cognito.delete_user(tokens.access)
    assert exercises.account(pool, name) == "no account"


def test_forgotten_password(app: str, pool: str, name: str) -> None:
    assert cognito.admin_create_user(pool, name, f"{name}@example.com") is True
    assert cognito.admin_create_user(pool, name, f"{name}@example.com") is False
    cognito.admin_set_user_password(pool, name, PASSWORD)
    assert cognito.forgot_password(app, name) == "u***@e***"
    code = code_for(name)
    with refused("InvalidPasswordException"):
        cognito.confirm_forgot_password(app, name, code, "weak-password")
    cognito.confirm_forgot_password(app, name, code, NEW)
    with refused("NotAuthorizedException"):
        cognito.sign_in(app, name, PASSWORD)
    cognito.sign_in(app, name, NEW)
    assert cognito.admin_delete_user(pool, name) is True
    assert cognito.admin_delete_user(pool, name) is False


def test_a_challenge_is_a_refusal_in_words(app: str, pool: str, name: str) -> None:
    cognito.admin_create_user(pool, name, f"{name}@example.com")
    cognito.admin_set_user_password(pool, name, PASSWORD, permanent=False)
    with refused("NEW_PASSWORD_REQUIRED"):
        cognito.sign_in(app, name, PASSWORD)
    cognito.admin_delete_user(pool, name)


def test_users_as_a_table(pool: str, name: str) -> None:
    for each in (f"{name}-b", f"{name}-a"):
        cognito.admin_create_user(pool, each, f"{each}@example.com")
    frame = show.users(pool)
    assert list(frame.columns) == show.USER_COLUMNS
    mine = frame[frame["username"].str.startswith(name)]
    assert list(mine["username"]) == [f"{name}-a", f"{name}-b"]
    assert str(frame["created"].dtype).endswith("UTC]")
    for each in (f"{name}-b", f"{name}-a"):
        cognito.admin_delete_user(pool, each)


def test_no_password_in_what_a_reader_may_see(app: str) -> None:
    secret = "-".join(["My", "Secret", "123"])
    with pytest.raises(RefusedError) as raised:
        cognito.sign_in(app, "nobody", secret)
    assert secret not in "".join(traceback.format_exception(raised.value))
    assert secret not in "".join(raised.value._render_traceback_())


def test_a_value_of_the_wrong_type_is_not_shown(app: str) -> None:
    with pytest.raises(AnswerError, match="PASSWORD") as raised:
        cognito.sign_in(app, "ann", 12345678)  # type: ignore[arg-type]
    assert "12345678" not in str(raised.value)


def test_what_is_no_token() -> None:
    for text in ("", "abc", "a.b.c", "a.W10.c"):
        with pytest.raises(AnswerError, match="no token with claims"):
            show.claims(text)


def test_refusals_can_be_sent_on() -> None:
    sent = pickle.loads(pickle.dumps(RefusedError("Code", "text")))
    assert (sent.code, sent.message) == ("Code", "text")
