"""Contract 7 and 8: passwords forgotten, reset and changed."""

import pytest
from harness import PASSWORD, Aws, refused

ENABLED = {"PreventUserExistenceErrors": "ENABLED"}
NO_CONTACT = (
    "Cannot reset password for the user as there is no registered/verified email or phone_number"
)
NEW = "Another-horse-2"


def test_forgotten_and_set_anew(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PostConfirmation": trigger})
    pool.add()
    details = pool.forgot()["CodeDeliveryDetails"]
    assert details["Destination"] == "a***@e***"
    pool.aws.cognito.confirm_forgot_password(
        ClientId=pool.client_id,
        Username="ann",
        ConfirmationCode=pool.mail()[-1]["code"],
        Password=NEW,
        ClientMetadata={"a": "1"},
    )
    (event,) = trigger.events()
    assert event["triggerSource"] == "PostConfirmation_ConfirmForgotPassword"
    assert event["request"]["clientMetadata"] == {"a": "1"}
    assert event["request"]["userAttributes"]["cognito:user_status"] == "CONFIRMED"
    with refused("NotAuthorizedException"):
        pool.sign_in()
    assert "AuthenticationResult" in pool.sign_in(password=NEW)


def test_a_wrong_code_and_a_weak_password_can_be_corrected(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    pool.forgot()
    code = pool.mail()[-1]["code"]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    text = "Invalid verification code provided, please try again."
    with refused("CodeMismatchException", text):
        pool.reset(code=wrong)
    with refused("InvalidPasswordException"):
        pool.reset(code=code, password="weak-password")
    pool.reset(code=code, password=NEW)


def test_a_code_works_once_and_only_if_asked_for(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    text = "Invalid code provided, please request a code again."
    with refused("ExpiredCodeException", text):
        pool.reset(code="123456")
    pool.forgot()
    pool.reset()
    with refused("ExpiredCodeException", text):
        pool.reset()


def test_reset_required_becomes_confirmed(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    aws.cognito.admin_reset_user_password(UserPoolId=pool.id, Username="ann")
    assert pool.user()["status"] == "RESET_REQUIRED"
    pool.reset(password=NEW)
    assert pool.user()["status"] == "CONFIRMED"


@pytest.mark.parametrize("confirm", [True, False])
def test_no_verified_contact_no_code(aws: Aws, confirm: bool) -> None:
    pool = aws.pool()
    pool.sign_up()
    if confirm:
        aws.cognito.admin_confirm_sign_up(UserPoolId=pool.id, Username="ann")
    with refused("InvalidParameterException", NO_CONTACT):
        pool.forgot()


def test_a_hiding_client_simulates_instead(aws: Aws) -> None:
    pool = aws.pool(app=ENABLED)
    pool.sign_up()
    sent = len(pool.mail())
    assert "CodeDeliveryDetails" in pool.forgot()
    assert "CodeDeliveryDetails" in pool.forgot("nobody")
    assert len(pool.mail()) == sent
    text = "Invalid verification code provided, please try again."
    with refused("CodeMismatchException", text):
        pool.reset("nobody", code="123456")


def test_an_unknown_user(aws: Aws) -> None:
    text = "Username/client id combination not found."
    with refused("UserNotFoundException", text):
        aws.pool().forgot("nobody")


def test_a_temporary_password_cannot_be_forgotten(aws: Aws) -> None:
    pool = aws.pool()
    aws.cognito.admin_create_user(UserPoolId=pool.id, Username="ann")
    text = "User password cannot be reset in the current state."
    with refused("NotAuthorizedException", text):
        pool.forgot()


def test_a_disabled_user(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    aws.cognito.admin_disable_user(UserPoolId=pool.id, Username="ann")
    with refused("NotAuthorizedException", "User is disabled."):
        pool.forgot()


@pytest.mark.parametrize(
    ("setting", "medium"),
    [
        (None, "EMAIL"),
        ([{"Priority": 1, "Name": "verified_email"}], "EMAIL"),
        (
            [
                {"Priority": 2, "Name": "verified_phone_number"},
                {"Priority": 1, "Name": "verified_email"},
            ],
            "EMAIL",
        ),
    ],
    ids=["by default the e-mail first", "e-mail only", "by priority"],
)
def test_where_the_code_goes(aws: Aws, setting: object, medium: str) -> None:
    recovery = {"AccountRecoverySetting": {"RecoveryMechanisms": setting}} if setting else {}
    pool = aws.pool(**recovery)
    pool.add(phone_number="+12065559934", phone_number_verified="true")
    details = pool.forgot()["CodeDeliveryDetails"]
    assert details["DeliveryMedium"] == medium
    masked = {"SMS": "+*******9934", "EMAIL": "a***@e***"}
    assert details["Destination"] == masked[medium]


def test_changing_needs_the_old_password(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    token = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    with refused("NotAuthorizedException"):
        aws.cognito.change_password(
            AccessToken=token, PreviousPassword="wrong", ProposedPassword=NEW
        )
    aws.cognito.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword=NEW)
    assert "AuthenticationResult" in pool.sign_in(password=NEW)


def test_an_administrator_sets_it_for_good_or_for_once(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    aws.cognito.admin_set_user_password(UserPoolId=pool.id, Username="ann", Password=NEW)
    assert pool.sign_in(password=NEW)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    with refused("InvalidPasswordException"):
        aws.cognito.admin_set_user_password(
            UserPoolId=pool.id, Username="ann", Password="weak-password", Permanent=True
        )


def test_each_call_says_in_its_own_words_what_a_password_lacks(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    reason = "Password not long enough"
    text = f"Password does not conform to policy: {reason}"
    with refused("InvalidPasswordException", text):
        aws.cognito.admin_set_user_password(UserPoolId=pool.id, Username="ann", Password="Abcd-12")
    aws.cognito.admin_set_user_password(UserPoolId=pool.id, Username="ann", Password="Temporary-1")
    asked = pool.sign_in(password="Temporary-1")
    for short in ("Abcd-12", "Ab-1"):
        with refused("InvalidPasswordException", text):
            pool.respond(asked, USERNAME="ann", NEW_PASSWORD=short)
    pool.respond(asked, USERNAME="ann", NEW_PASSWORD="Permanent-1")
    text = f"Password did not conform with password policy: {reason}"
    with refused("InvalidPasswordException", text):
        aws.cognito.admin_create_user(
            UserPoolId=pool.id, Username="bob", TemporaryPassword="Abcd-12"
        )
