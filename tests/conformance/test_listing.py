"""Sign-in contract 8: who is listed, and what of them; groups that are not there."""

from typing import Any

import pytest
from harness import Aws, Pool, refused

INVALID = "InvalidParameterException"


@pytest.fixture
def pool(aws: Aws) -> Pool:
    pool = aws.pool()
    pool.add("ann", family_name='O"Hara')
    pool.add("bob", nickname="bobby")
    pool.sign_up("cy")
    return pool


def found(pool: Pool, wanted: str) -> list[str]:
    users = pool.aws.cognito.list_users(UserPoolId=pool.id, Filter=wanted)["Users"]
    return [user["Username"] for user in users]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ('cognito:user_status = "CONFIRMED"', ["ann", "bob"]),
        ('cognito:user_status = "confirmed"', ["ann", "bob"]),
        ('cognito:user_status ^= "Unc"', ["cy"]),
        ('status = "Enabled"', ["ann", "bob", "cy"]),
        ('status = "enabled"', []),
        (r'family_name = "O\"Hara"', ["ann"]),
        (' username = "bob" ', ["bob"]),
    ],
)
def test_a_filter_finds(pool: Pool, wanted: str, names: list[str]) -> None:
    assert found(pool, wanted) == names


@pytest.mark.parametrize(
    "wanted", ['username = "ann" and status = "Enabled"', 'family_name = "O"Hara"', "username"]
)
def test_a_filter_is_of_one_attribute(pool: Pool, wanted: str) -> None:
    with refused(INVALID, "Error while parsing filter"):
        found(pool, wanted)


@pytest.mark.parametrize("name", ["nickname", "no_such_attribute"])
def test_what_is_asked_for_all_must_have(pool: Pool, name: str) -> None:
    asked: Any = {"UserPoolId": pool.id, "AttributesToGet": ["email", name]}
    with refused(INVALID, "One or more requested attributes do not exist."):
        pool.aws.cognito.list_users(**asked)
    if name == "nickname":
        (bob,) = pool.aws.cognito.list_users(**asked, Filter='username = "bob"')["Users"]
        assert {each["Name"] for each in bob["Attributes"]} == {"email", "nickname"}


@pytest.mark.parametrize(
    ("call", "more"),
    [
        ("get_group", {}),
        ("update_group", {}),
        ("delete_group", {}),
        ("list_users_in_group", {}),
        ("admin_add_user_to_group", {"Username": "ann"}),
        ("admin_remove_user_from_group", {"Username": "ann"}),
    ],
)
def test_a_group_that_is_not_there(pool: Pool, call: str, more: dict[str, str]) -> None:
    with refused("ResourceNotFoundException", "Group not found."):
        getattr(pool.aws.cognito, call)(UserPoolId=pool.id, GroupName="nobody", **more)
