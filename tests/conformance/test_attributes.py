"""Contract 7, sign-in contract 8: users' attributes, and a changed address is verified again."""

from typing import Any

import pytest
from harness import Aws, listed, refused

TENANT = {"Name": "tenant", "AttributeDataType": "String", "Mutable": False}


def test_a_changed_email_gets_a_code(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    token = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    answer = aws.cognito.update_user_attributes(
        AccessToken=token, UserAttributes=listed({"email": "new@example.com"})
    )
    assert answer["CodeDeliveryDetailsList"][0]["Destination"] == "n***@e***"
    assert pool.user()["email_verified"] == "false"
    code = pool.mail()[-1]["code"]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    with refused("CodeMismatchException"):
        aws.cognito.verify_user_attribute(AccessToken=token, AttributeName="email", Code=wrong)
    aws.cognito.verify_user_attribute(AccessToken=token, AttributeName="email", Code=code)
    assert pool.user()["email_verified"] == "true"


@pytest.mark.parametrize("ignoring_case", [True, False])
def test_an_address_is_verified_for_one_user_only(aws: Aws, ignoring_case: bool) -> None:
    pool = aws.pool(
        AliasAttributes=["email"], UsernameConfiguration={"CaseSensitive": not ignoring_case}
    )
    for name in ("ann", "bob"):
        pool.add(name)
    token = pool.sign_in("bob")["AuthenticationResult"]["AccessToken"]
    taken = "ANN@example.com" if ignoring_case else "ann@example.com"
    aws.cognito.update_user_attributes(AccessToken=token, UserAttributes=listed({"email": taken}))
    code = pool.mail("bob")[-1]["code"]
    with refused("AliasExistsException", "An account with the email already exists."):
        aws.cognito.verify_user_attribute(AccessToken=token, AttributeName="email", Code=code)
    assert pool.user("bob")["email_verified"] == "false"
    assert pool.user("ann@example.com")["username"] == "ann"


def test_a_code_is_not_spent_on_an_address_that_is_anothers(aws: Aws) -> None:
    guarded: Any = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    pool = aws.pool(AliasAttributes=["email"], UserAttributeUpdateSettings=guarded)
    for name in ("ann", "bob"):
        pool.add(name)
    token = pool.sign_in("ann")["AuthenticationResult"]["AccessToken"]
    wanted = listed({"email": "bob@example.com"})
    aws.cognito.update_user_attributes(AccessToken=token, UserAttributes=wanted)
    told: Any = {"AccessToken": token, "AttributeName": "email", "Code": pool.mail()[-1]["code"]}
    with refused("AliasExistsException"):
        aws.cognito.verify_user_attribute(**told)
    assert pool.user("ann")["email"] == "ann@example.com"
    aws.cognito.admin_delete_user(UserPoolId=pool.id, Username="bob")
    aws.cognito.verify_user_attribute(**told)
    assert pool.user("bob@example.com")["username"] == "ann"
    with refused("ExpiredCodeException"):
        aws.cognito.verify_user_attribute(**told)


def test_what_people_sign_in_with_is_one_users(aws: Aws) -> None:
    pool = aws.pool(UsernameAttributes=["email"])
    emails = [f"{name}@example.com" for name in ("ann", "bob")]
    for email in emails:
        pool.add(email, email=email)
    token = pool.sign_in(emails[1])["AuthenticationResult"]["AccessToken"]
    text = "An account with the given email already exists."
    with refused("AliasExistsException", text):
        aws.cognito.update_user_attributes(
            AccessToken=token, UserAttributes=listed({"email": emails[0]})
        )
    with refused("AliasExistsException", text):
        aws.cognito.admin_update_user_attributes(
            UserPoolId=pool.id, Username=emails[1], UserAttributes=listed({"email": emails[0]})
        )
    aws.cognito.update_user_attributes(
        AccessToken=token, UserAttributes=listed({"email": emails[1], "nickname": "bobby"})
    )
    assert [pool.user(email)["email"] for email in emails] == emails


def test_an_administrator_may_vouch_for_it(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    aws.cognito.admin_update_user_attributes(
        UserPoolId=pool.id,
        Username="ann",
        UserAttributes=listed({"email": "new@example.com", "email_verified": "true"}),
    )
    assert pool.user()["email_verified"] == "true"
    assert pool.mail() == []


def test_users_can_delete_attributes_and_themselves(aws: Aws) -> None:
    pool = aws.pool()
    pool.add(nickname="annie")
    token = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    aws.cognito.delete_user_attributes(AccessToken=token, UserAttributeNames=["nickname"])
    assert "nickname" not in pool.user()
    aws.cognito.delete_user(AccessToken=token)
    assert pool.names() == []
    with refused("UserNotFoundException", "User does not exist."):
        aws.cognito.get_user(AccessToken=token)


def test_mfa_that_a_user_does_not_have_is_left_out(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    told = {*aws.cognito.admin_get_user(UserPoolId=pool.id, Username="ann")}
    token = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    told |= {*aws.cognito.get_user(AccessToken=token)}
    (listed_one,) = aws.cognito.list_users(UserPoolId=pool.id)["Users"]
    assert not {"MFAOptions", "PreferredMfaSetting", "UserMFASettingList"} & {*told, *listed_one}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("sub", "user.sub: Attribute cannot be updated.\n"),
        ("custom:tenant", "user.custom:tenant: Attribute cannot be updated.\n"),
        ("custom:nope", "user.custom:nope: Attribute does not exist in the schema.\n"),
    ],
)
def test_what_cannot_be_changed_cannot_be_deleted(aws: Aws, name: str, told: str) -> None:
    pool = aws.pool(Schema=[TENANT])
    pool.add(nickname="annie", **{"custom:tenant": "a"})
    named = {"UserPoolId": pool.id, "Username": "ann"}
    before = pool.user()
    with refused("InvalidParameterException", told):
        aws.cognito.admin_delete_user_attributes(**named, UserAttributeNames=["nickname", name])
    assert pool.user() == before
    aws.cognito.admin_delete_user_attributes(**named, UserAttributeNames=["nickname"])
    assert "nickname" not in pool.user()


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("email", "nope", "Invalid email address format."),
        ("email", "@example.com", "Invalid email address format."),
        ("email", "ann b@example.com", "Invalid email address format."),
        ("phone_number", "0123456", "Invalid phone number format."),
        ("phone_number", "+1 234-567", "Invalid phone number format."),
    ],
)
def test_an_address_has_its_form(aws: Aws, kind: str, value: str, told: str) -> None:
    pool = aws.pool()
    with refused("InvalidParameterException", told):
        pool.sign_up("bob", attributes={kind: value})
    pool.add()
    token = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    with refused("InvalidParameterException", told):
        aws.cognito.update_user_attributes(AccessToken=token, UserAttributes=listed({kind: value}))
    with refused("InvalidParameterException", told):
        aws.cognito.admin_create_user(
            UserPoolId=pool.id, Username="eve", UserAttributes=listed({kind: value})
        )
    assert pool.names() == ["ann"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"custom:unknown": "1"}, "user.custom:unknown: Attribute does not exist in the schema.\n"),
        ({"custom:tenant": "1"}, "user.custom:tenant: Attribute cannot be updated.\n"),
        ({"email_verified": "true"}, "Cannot modify the non-mutable attribute email_verified"),
    ],
)
def test_what_cannot_be_written_is_named(aws: Aws, written: dict[str, str], told: str) -> None:
    pool = aws.pool(Schema=[TENANT])
    pool.add()
    token = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    before = pool.user()
    with refused("InvalidParameterException", told):
        aws.cognito.update_user_attributes(
            AccessToken=token, UserAttributes=listed({"name": "Ann"} | written)
        )
    assert pool.user() == before


def test_of_doubles_the_last_counts_and_an_empty_value_removes(aws: Aws) -> None:
    pool = aws.pool()
    pool.add(nickname="annie")
    token = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    doubles = [*listed({"name": "Ann"}), *listed({"name": "Anna", "nickname": ""})]
    aws.cognito.update_user_attributes(AccessToken=token, UserAttributes=doubles)
    assert (pool.user()["name"], "nickname" in pool.user()) == ("Anna", False)


def test_of_a_birthdate_only_the_length_is_checked(aws: Aws) -> None:
    pool = aws.pool()
    pool.add(birthdate="not a date")
    token = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    with refused("InvalidParameterException"):
        aws.cognito.update_user_attributes(
            AccessToken=token, UserAttributes=listed({"birthdate": "short"})
        )
