"""No call costs more because others have signed up before: it looks at nobody else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from harness import listed
from in_process import App, call
from moto.cognitoidp.models import cognitoidp_backends

from cognito_sandbox.store.user_pools import ACCOUNT, KeptUser

MANY, FEW = 300, 3


@pytest.fixture(scope="module")
def crowded() -> Iterator[App]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        ignoring_case = {"CaseSensitive": False}
        app = App(monkeypatch, AliasAttributes=["email"], UsernameConfiguration=ignoring_case)
        for number in range(MANY):
            app.confirmed(f"user-{number}")
        yield app


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[int]]:
    """Who was asked for anything but the number, by which they are in order."""
    seen: set[int] = set()

    def look(user: KeptUser, name: str) -> Any:
        number: int = object.__getattribute__(user, "number")
        if name != "number":
            seen.add(number)
        return object.__getattribute__(user, name)

    with monkeypatch.context() as patched:
        patched.setattr(KeptUser, "__getattribute__", look)
        yield seen


def search(app: App, wanted: str) -> Any:
    return call("ListUsers", UserPoolId=app.pool_id, Filter=wanted)["Users"]


def signed_up_and_out(app: App) -> None:
    app.confirmed("new")
    token = app.sign_in("NEW@example.com")["AuthenticationResult"]["AccessToken"]
    assert call("GetUser", AccessToken=token)["Username"] == "new"
    call("GlobalSignOut", AccessToken=token)
    assert call("GetUser", AccessToken=token)["message"] == "Access Token has been revoked"


def changed(app: App) -> None:
    attributes = listed({"email": "other@example.com", "email_verified": "true"})
    found = {"UserPoolId": app.pool_id, "Username": "user-7"}
    call("AdminUpdateUserAttributes", UserAttributes=attributes, **found)
    assert app.sign_in("other@example.com")["AuthenticationResult"]
    assert app.sign_in("user-7@example.com")["__type"] == "UserNotFoundException"


def by_moto(app: App) -> None:
    backend = cognitoidp_backends[ACCOUNT]["us-east-1"]
    assert backend.admin_get_user(app.pool_id, "USER-8@example.com").username == "user-8"
    backend.admin_delete_user_attributes(app.pool_id, "user-8", ["email"])
    assert app.sign_in("user-8@example.com")["__type"] == "UserNotFoundException"
    backend.admin_delete_user(app.pool_id, "USER-9@example.com")
    assert app.sign_in("user-9")["__type"] == "UserNotFoundException"


def searched(app: App) -> None:
    (user,) = search(app, 'email = "user-5@example.com"')
    (sub,) = (each["Value"] for each in user["Attributes"] if each["Name"] == "sub")
    numbered = {"UserPoolId": app.pool_id, "Username": "user-5"}
    phone = {"phone_number": "+15555550105"}
    call("AdminUpdateUserAttributes", UserAttributes=listed(phone), **numbered)
    exact = (f'sub = "{sub}"', 'username = "user-5"', 'phone_number = "+15555550105"')
    begun = (f'sub ^= "{sub[:-1]}"', 'email ^= "user-5@"', 'phone_number ^= "+155555501"')
    for wanted in (*exact, *begun):
        assert [each["Username"] for each in search(app, wanted)] == ["user-5"]


@pytest.mark.parametrize("work", [signed_up_and_out, changed, by_moto, searched])
def test_a_call_looks_at_nobody_else(
    crowded: App, monkeypatch: pytest.MonkeyPatch, work: Callable[[App], None]
) -> None:
    with watched(monkeypatch) as seen:
        work(crowded)
    assert len(seen) <= FEW


def test_a_page_looks_at_its_own_users_only(crowded: App, monkeypatch: pytest.MonkeyPatch) -> None:
    first = call("ListUsers", UserPoolId=crowded.pool_id, Limit=5)
    token = first["PaginationToken"]
    with watched(monkeypatch) as seen:
        second = call("ListUsers", UserPoolId=crowded.pool_id, Limit=5, PaginationToken=token)
    names = [user["Username"] for page in (first, second) for user in page["Users"]]
    assert names[:7] == [f"user-{number}" for number in range(7)]
    assert len(set(names)) == 10
    assert len(seen) == 5


def test_pages_of_a_group(crowded: App) -> None:
    backend = cognitoidp_backends[ACCOUNT]["us-east-1"]
    backend.create_group(crowded.pool_id, "staff", "", None, None)
    for number in (30, 10, 20):
        backend.admin_add_user_to_group(crowded.pool_id, "staff", f"user-{number}")
    asked = {"UserPoolId": crowded.pool_id, "GroupName": "staff", "Limit": 2}
    first = call("ListUsersInGroup", **asked)
    second = call("ListUsersInGroup", NextToken=first["NextToken"], **asked)
    names = [user["Username"] for page in (first, second) for user in page["Users"]]
    assert names == ["user-10", "user-20", "user-30"]
    assert "NextToken" not in second
