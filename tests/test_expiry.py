"""What expires, and what counts once: tried in this process, whose time can be set."""

import hmac
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import PASSWORD
from in_process import FLOWS, App, call

from cognito_sandbox.cognito import codes
from cognito_sandbox.store import user_pools
from helpers import cures

HOUR, DAY = 3600, 24 * 3600


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> App:
    return App(monkeypatch)


def test_a_sign_up_code_lives_for_a_day(app: App) -> None:
    code = app.sign_up()
    app.after(DAY + 5)
    late = app.call("ConfirmSignUp", Username="ann", ConfirmationCode=code)
    assert late["__type"] == "ExpiredCodeException"
    app.after(DAY - 5)
    assert app.call("ConfirmSignUp", Username="ann", ConfirmationCode=code) == {}


def test_a_reset_code_lives_for_an_hour(app: App) -> None:
    app.confirmed()
    app.call("ForgotPassword", Username="ann")
    answer = {"Username": "ann", "ConfirmationCode": app.code(), "Password": PASSWORD}
    app.after(HOUR + 5)
    assert app.call("ConfirmForgotPassword", **answer)["__type"] == "ExpiredCodeException"
    app.after(HOUR - 5)
    assert app.call("ConfirmForgotPassword", **answer) == {}


@pytest.mark.parametrize("settings", [{}, {"RefreshTokenValidity": 0}])
@pytest.mark.parametrize("units", [{}, {"RefreshToken": "minutes"}])
def test_a_refresh_token_lives_for_thirty_days(
    app: App, settings: dict[str, int], units: dict[str, str]
) -> None:
    changed = {"ClientId": app.client.id, "ExplicitAuthFlows": FLOWS, **settings}
    call("UpdateUserPoolClient", UserPoolId=app.pool_id, TokenValidityUnits=units, **changed)
    app.confirmed()
    token = app.sign_in()["AuthenticationResult"]["RefreshToken"]
    again = {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": token}}
    app.after(30 * DAY - 5)
    assert "AuthenticationResult" in app.call("InitiateAuth", **again)
    app.after(30 * DAY + 5)
    assert app.call("InitiateAuth", **again)["message"] == "Refresh Token has expired"


def test_an_access_token_lives_for_an_hour(app: App) -> None:
    app.confirmed()
    token = app.sign_in()["AuthenticationResult"]["AccessToken"]
    app.after(HOUR - 5)
    assert call("GetUser", AccessToken=token)["Username"] == "ann"
    app.after(HOUR + 5)
    told = call("GetUser", AccessToken=token)["message"]
    assert told == "Access Token has expired"
    assert cures.explain(told).error == "A token that has expired"


@pytest.mark.parametrize(("age", "accepted"), [(175, True), (185, False)])
def test_a_challenge_is_open_for_three_minutes(app: App, age: float, accepted: bool) -> None:
    temporary = {"UserPoolId": app.pool_id, "Username": "ann", "TemporaryPassword": PASSWORD}
    call("AdminCreateUser", MessageAction="SUPPRESS", **temporary)
    session = app.sign_in()["Session"]
    app.after(age)
    answer = app.call(
        "RespondToAuthChallenge",
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=session,
        ChallengeResponses={"USERNAME": "ann", "NEW_PASSWORD": "Permanent-1"},
    )
    assert ("AuthenticationResult" in answer) == accepted
    expired = "Invalid session for the user, session is expired."
    assert answer.get("message") == (None if accepted else expired)


def test_a_code_that_two_use_at_once_counts_once(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    code, both_compared = app.sign_up(), threading.Barrier(2, timeout=10)

    def compare(one: bytes, other: bytes) -> bool:
        both_compared.wait()
        return one == other

    pool = user_pools.find_pool(app.pool_id)
    assert pool
    user = pool.users["ann"]
    monkeypatch.setattr(hmac, "compare_digest", compare)
    with ThreadPoolExecutor(2) as threads:
        tries = [threads.submit(codes.check, pool, user, "SignUp", code) for _ in range(2)]
    refused = [each.exception() for each in tries]
    assert sorted(type(error).__name__ for error in refused) == ["CognitoError", "NoneType"]
