"""Contract 3: what two ask for at the same time, one gets."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from harness import PASSWORD, listed
from in_process import App, call

from cognito_sandbox.store.directory import Directory

SECONDS = 0.5  # one waits so long for the other, who may be kept out


def at_once(monkeypatch: pytest.MonkeyPatch, *calls: Callable[[], Any]) -> list[str]:
    """What the calls answer that look for others with the name together, if they can."""
    looked, named = threading.Barrier(len(calls), timeout=SECONDS), Directory.named

    def wait(users: Any, name: str) -> Any:
        found = named(users, name)
        with suppress(threading.BrokenBarrierError):
            looked.wait()
        return found

    with monkeypatch.context() as patched, ThreadPoolExecutor(len(calls)) as threads:
        patched.setattr(Directory, "named", wait)
        answers = list(threads.map(lambda each: each(), calls))
    return sorted(str(answer.get("__type", "")) for answer in answers)


def test_one_of_two_gets_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    app = App(monkeypatch, UsernameAttributes=["email"])
    names = [
        call("AdminCreateUser", UserPoolId=app.pool_id, Username=f"{name}@example.com")["User"]
        for name in ("ann", "bob")
    ]
    wanted = {"UserPoolId": app.pool_id, "UserAttributes": listed({"email": "one@example.com"})}

    def change(name: str) -> Callable[[], Any]:
        return lambda: call("AdminUpdateUserAttributes", Username=name, **wanted)

    told = at_once(monkeypatch, *(change(user["Username"]) for user in names))
    assert told == ["", "AliasExistsException"]


def test_one_of_two_gets_the_alias(monkeypatch: pytest.MonkeyPatch) -> None:
    app = App(monkeypatch, AliasAttributes=["email"])
    shared = listed({"email": "one@example.com"})

    def confirm(name: str) -> Callable[[], Any]:
        app.call("SignUp", Username=name, Password=PASSWORD, UserAttributes=shared)
        code = app.code()
        return lambda: app.call("ConfirmSignUp", Username=name, ConfirmationCode=code)

    told = at_once(monkeypatch, confirm("ann"), confirm("bob"))
    assert told == ["", "AliasExistsException"]
