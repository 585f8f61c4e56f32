"""Contract 5b and 7: confirming a sign-up, and the post confirmation trigger."""

import pytest
from harness import Aws, listed, refused


def test_the_right_code_confirms_and_verifies(aws: Aws) -> None:
    pool = aws.pool()
    pool.sign_up()
    pool.confirm()
    assert pool.user()["status"] == "CONFIRMED"
    assert pool.user()["email_verified"] == "true"


def test_a_code_has_six_digits_and_goes_to_the_address(aws: Aws) -> None:
    pool = aws.pool()
    pool.sign_up()
    (message,) = pool.mail()
    assert len(message["code"]) == 6
    assert message["code"].isdigit()
    assert message["code"] in message["body"]
    assert message["destination"] == "ann@example.com"
    assert message["medium"] == "EMAIL"
    assert message["purpose"] == "SignUp"
    assert set(message) == {
        *("id", "time", "user_pool_id", "username", "destination", "medium", "purpose"),
        *("subject", "body", "code"),
    }


def test_a_wrong_code_is_refused_and_the_right_one_still_works(aws: Aws) -> None:
    pool = aws.pool()
    pool.sign_up()
    code = pool.mail()[-1]["code"]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    text = "Invalid verification code provided, please try again."
    with refused("CodeMismatchException", text):
        pool.confirm(code=wrong)
    pool.confirm(code=code)


def test_a_resent_code_replaces_the_old_one(aws: Aws) -> None:
    pool = aws.pool()
    pool.sign_up()
    again = aws.cognito.resend_confirmation_code(ClientId=pool.client_id, Username="ann")
    assert again["CodeDeliveryDetails"]["Destination"] == "a***@e***"
    old, new = (message["code"] for message in pool.mail())
    if old != new:
        with refused("CodeMismatchException"):
            pool.confirm(code=old)
    pool.confirm(code=new)


def test_three_quick_resends_do_not_trip_a_limit(aws: Aws) -> None:
    pool = aws.pool()
    pool.sign_up()
    for _ in range(3):
        aws.cognito.resend_confirmation_code(ClientId=pool.client_id, Username="ann")


def test_a_confirmed_user_cannot_be_confirmed_again(aws: Aws) -> None:
    pool = aws.pool()
    pool.sign_up()
    pool.confirm()
    text = "User cannot be confirmed. Current status is CONFIRMED"
    with refused("NotAuthorizedException", text):
        pool.confirm()


def test_the_handler_sees_the_confirmed_user(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PostConfirmation": trigger})
    pool.sign_up(ClientMetadata={"not": "remembered"})
    pool.confirm(ClientMetadata={"a": "1"})
    (event,) = trigger.events()
    assert event["triggerSource"] == "PostConfirmation_ConfirmSignUp"
    assert event["callerContext"]["clientId"] == pool.client_id
    assert event["request"] == {
        "userAttributes": {
            "sub": pool.user()["sub"],
            "cognito:user_status": "CONFIRMED",
            "email_verified": "true",
            "email": "ann@example.com",
        },
        "clientMetadata": {"a": "1"},
    }


def test_confirmed_by_an_administrator_there_is_no_client(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PostConfirmation": trigger})
    pool.sign_up()
    aws.cognito.admin_confirm_sign_up(UserPoolId=pool.id, Username="ann")
    (event,) = trigger.events()
    assert event["triggerSource"] == "PostConfirmation_ConfirmSignUp"
    assert event["callerContext"]["clientId"] is None
    assert event["request"]["userAttributes"]["email_verified"] == "false"
    assert "clientMetadata" not in event["request"]


def test_a_raising_handler_is_told_but_the_user_is_confirmed(aws: Aws) -> None:
    pool = aws.pool({"PostConfirmation": aws.echo("raise Exception('late')")})
    pool.sign_up()
    with refused("UserLambdaValidationException", "PostConfirmation failed with error late."):
        pool.confirm()
    assert pool.user()["status"] == "CONFIRMED"


def test_a_new_password_for_an_invited_user_runs_no_post_confirmation(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PostConfirmation": trigger})
    aws.cognito.admin_create_user(
        UserPoolId=pool.id, Username="ann", TemporaryPassword="Temporary-1"
    )
    challenge = pool.sign_in(password="Temporary-1")
    pool.respond(challenge, USERNAME="ann", NEW_PASSWORD="Permanent-1")
    assert pool.user()["status"] == "CONFIRMED"
    assert trigger.events() == []


def test_an_alias_in_force_is_shown(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PostConfirmation": trigger}, AliasAttributes=["email"])
    pool.sign_up()
    pool.confirm()
    shown = trigger.events()[0]["request"]["userAttributes"]
    assert shown["cognito:email_alias"] == "ann@example.com"


def test_a_taken_alias_is_found_at_confirmation_and_can_be_forced(aws: Aws) -> None:
    pool = aws.pool(AliasAttributes=["email"])
    for name in ("ann", "bob"):
        pool.sign_up(name, attributes={"email": "shared@example.com"})
    pool.confirm("ann")
    text = "An account with the email already exists."
    with refused("AliasExistsException", text):
        pool.confirm("bob")
    pool.confirm("bob", ForceAliasCreation=True)  # with the same code
    assert pool.sign_in("shared@example.com")["AuthenticationResult"]
    assert pool.user("shared@example.com")["username"] == "bob"
    assert pool.user("ann")["email_verified"] == "false"


def test_a_preferred_name_is_one_users(aws: Aws) -> None:
    pool = aws.pool(AliasAttributes=["preferred_username"])
    for name in ("ann", "bob"):
        pool.add(name)
    token = pool.sign_in("ann")["AuthenticationResult"]["AccessToken"]
    wanted = listed({"preferred_username": "star"})
    for _ in range(2):  # one's own again is nobody else's
        aws.cognito.update_user_attributes(AccessToken=token, UserAttributes=wanted)
    token = pool.sign_in("bob")["AuthenticationResult"]["AccessToken"]
    with refused("AliasExistsException"):
        aws.cognito.update_user_attributes(AccessToken=token, UserAttributes=wanted)
    with refused("AliasExistsException"):
        aws.cognito.admin_update_user_attributes(
            UserPoolId=pool.id, Username="bob", UserAttributes=wanted
        )
    with refused("AliasExistsException"):
        pool.add("eve", preferred_username="star")
    assert pool.user("star")["username"] == "ann"
    assert pool.names() == ["ann", "bob"]


@pytest.mark.parametrize("verified", [True, False])
def test_an_alias_signs_in_once_it_is_verified(aws: Aws, verified: bool) -> None:
    pool = aws.pool(AliasAttributes=["email"])
    pool.add("ann", email="alias@example.com", email_verified=str(verified).lower())
    if verified:
        assert "AuthenticationResult" in pool.sign_in("alias@example.com")
    else:
        with refused("UserNotFoundException"):
            pool.sign_in("alias@example.com")


def test_an_invitation_carries_a_temporary_password(aws: Aws) -> None:
    pool = aws.pool()
    aws.cognito.admin_create_user(
        UserPoolId=pool.id,
        Username="ann",
        DesiredDeliveryMediums=["EMAIL"],
        UserAttributes=listed({"email": "ann@example.com"}),
    )
    (message,) = pool.mail()
    assert message["purpose"] == "AdminCreateUser"
    assert pool.sign_in(password=message["code"])["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
