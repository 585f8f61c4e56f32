"""Contract 4: the migrate user trigger."""

from typing import Any

import pytest
from harness import PASSWORD, Aws, refused

ENABLED = {"PreventUserExistenceErrors": "ENABLED"}
VOUCH = """
event["response"]["userAttributes"] = {"email": "ann@example.com", "email_verified": "true"}
event["response"]["finalUserStatus"] = "%s"
event["response"]["messageAction"] = "SUPPRESS"
"""
RESET, CONFIRMED = VOUCH % "RESET_REQUIRED", VOUCH % "CONFIRMED"


def test_the_handler_gets_the_documented_event(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"UserMigration": trigger})
    with refused("UserNotFoundException"):
        pool.sign_in("ann", "anything", ClientMetadata={"a": "1"})
    (event,) = trigger.events()
    assert list(event)[:3] == ["version", "triggerSource", "region"]
    assert event["triggerSource"] == "UserMigration_Authentication"
    assert event["userName"] == "ann"
    assert event["request"] == {
        "password": "anything",
        "userAttributes": None,
        "validationData": {"a": "1"},
    }
    assert event["response"] == {
        "userAttributes": None,
        "forceAliasCreation": None,
        "enableSMSMFA": None,
        "finalUserStatus": None,
        "messageAction": None,
        "desiredDeliveryMediums": None,
    }


def test_a_user_who_must_reset(aws: Aws) -> None:
    pool = aws.pool({"UserMigration": aws.echo(RESET)})
    text = "Password reset required for the user"
    with refused("PasswordResetRequiredException", text):
        pool.sign_in("ann", "x")
    user = pool.user()
    assert user["status"] == "RESET_REQUIRED"
    assert user["email"] == "ann@example.com"
    assert user["email_verified"] == "true"
    pool.forgot()
    pool.reset(password=PASSWORD)
    assert "AuthenticationResult" in pool.sign_in()


def test_a_confirmed_user_keeps_the_typed_password_whatever_the_policy(aws: Aws) -> None:
    pool = aws.pool({"UserMigration": aws.echo(CONFIRMED)})
    assert "AuthenticationResult" in pool.sign_in("ann", "weak")
    assert "AuthenticationResult" in pool.sign_in("ann", "weak")
    assert pool.user()["status"] == "CONFIRMED"


def test_it_runs_for_unknown_users_only(aws: Aws) -> None:
    trigger = aws.echo(CONFIRMED)
    pool = aws.pool({"UserMigration": trigger})
    pool.sign_in("ann", "right")
    with refused("NotAuthorizedException"):
        pool.sign_in("ann", "wrong")
    assert len(trigger.events()) == 1


def test_it_does_not_run_at_sign_up_or_with_srp(aws: Aws) -> None:
    trigger = aws.echo(CONFIRMED)
    pool = aws.pool({"UserMigration": trigger})
    pool.sign_up("bob")
    with refused("UserNotFoundException"):
        aws.cognito.initiate_auth(
            ClientId=pool.client_id,
            AuthFlow="USER_SRP_AUTH",
            AuthParameters={"USERNAME": "ann", "SRP_A": "a1"},
        )
    assert trigger.events() == []


def test_the_migrated_user_then_signs_in_through_the_other_triggers(aws: Aws) -> None:
    others = aws.echo()
    pool = aws.pool(
        {
            "UserMigration": aws.echo(CONFIRMED),
            "PreSignUp": others,
            "PreAuthentication": others,
            "PostAuthentication": others,
            "PostConfirmation": others,
        }
    )
    pool.sign_in("ann", "x")
    kinds = [source.partition("_")[0] for source in others.sources()]
    assert kinds == ["PreSignUp", "PreAuthentication", "PostAuthentication"]


def test_pre_sign_up_can_veto(aws: Aws) -> None:
    pool = aws.pool(
        {"UserMigration": aws.echo(CONFIRMED), "PreSignUp": aws.echo("raise Exception('no')")}
    )
    with refused("UserLambdaValidationException", "PreSignUp failed with error no."):
        pool.sign_in("ann", "x")
    assert pool.names() == []


@pytest.mark.parametrize("app", [{}, ENABLED], ids=["LEGACY", "ENABLED"])
def test_a_raising_handler_is_not_hidden(aws: Aws, app: dict[str, str]) -> None:
    pool = aws.pool({"UserMigration": aws.echo("raise Exception('msg')")}, app=app)
    text = "UserMigration failed with error msg."
    with refused("UserLambdaValidationException", text):
        pool.sign_in("ann", "x")
    with refused("UserLambdaValidationException", text):
        pool.forgot()


def test_an_untouched_event_is_a_refusal(aws: Aws) -> None:
    pool = aws.pool({"UserMigration": aws.echo()}, app=ENABLED)
    with refused("NotAuthorizedException", "Incorrect username or password."):
        pool.sign_in("ann", "x")
    assert pool.names() == []
    assert "CodeDeliveryDetails" in pool.forgot()
    assert pool.mail() == []


@pytest.mark.parametrize("result", ["None", "''", "{}"])
def test_something_else_than_the_event(aws: Aws, result: str) -> None:
    pool = aws.pool({"UserMigration": aws.echo(f"return {result}")}, app=ENABLED)
    text = f"Exception migrating user in app client {pool.client_id}"
    with refused("UserNotFoundException", text):
        pool.sign_in("ann", "x")


@pytest.mark.parametrize(
    "body",
    [
        RESET + "event['response']['userAttributes']['sub'] = 'mine'",
        """
import boto3
boto3.client("cognito-idp").admin_create_user(
    UserPoolId=event["userPoolId"], Username=event["userName"])
"""
        + RESET,
    ],
    ids=["returning sub", "creating the user itself"],
)
def test_a_failing_creation_hides_behind_wrong_credentials(aws: Aws, body: str) -> None:
    pool = aws.pool({"UserMigration": aws.echo(body)})
    with refused("NotAuthorizedException", "Incorrect username or password."):
        pool.sign_in("ann", "x")


def test_without_suppress_a_welcome_is_sent(aws: Aws) -> None:
    body = RESET.replace('"SUPPRESS"', "None")
    body += 'event["response"]["desiredDeliveryMediums"] = ["EMAIL"]'
    pool = aws.pool({"UserMigration": aws.echo(body)})
    with refused("PasswordResetRequiredException"):
        pool.sign_in("ann", "x")
    assert [message["destination"] for message in pool.mail()] == ["ann@example.com"]


def test_forgot_password_migrates_too_and_carries_no_password(aws: Aws) -> None:
    trigger, asked = aws.echo(RESET), aws.echo()
    pool = aws.pool({"UserMigration": trigger, "PreSignUp": asked})
    details = pool.forgot(ClientMetadata={"a": "1"})["CodeDeliveryDetails"]
    assert details["Destination"] == "a***@e***"
    (event,) = trigger.events()
    assert event["triggerSource"] == "UserMigration_ForgotPassword"
    assert "password" not in event["request"]
    for (sent,) in (trigger.events(), asked.events()):
        assert sent["request"]["clientMetadata"] == {"a": "1"}
        assert sent["request"]["validationData"] is None
    pool.reset(password=PASSWORD)
    assert "AuthenticationResult" in pool.sign_in()


def test_the_welcome_of_a_sign_in_gets_nothing_of_its_metadata(aws: Aws) -> None:
    message = aws.echo()
    body = RESET.replace('"SUPPRESS"', "None")
    body += 'event["response"]["desiredDeliveryMediums"] = ["EMAIL"]\n'
    pool = aws.pool({"UserMigration": aws.echo(body), "CustomMessage": message})
    with refused("PasswordResetRequiredException"):
        pool.sign_in("ann", "x", ClientMetadata={"a": "1"})
    (event,) = message.events()
    assert "clientMetadata" not in event["request"]
    assert event["callerContext"]["clientId"] == pool.client_id


def test_without_a_verified_email_the_password_cannot_be_reset(aws: Aws) -> None:
    body = RESET.replace(', "email_verified": "true"', "")
    pool = aws.pool({"UserMigration": aws.echo(body)})
    with refused("PasswordResetRequiredException"):
        pool.sign_in("ann", "x")
    text = (
        "Cannot reset password for the user as there is no registered/verified email or "
        "phone_number"
    )
    with refused("InvalidParameterException", text):
        pool.forgot()


def test_in_an_email_pool_the_user_gets_a_uuid(aws: Aws) -> None:
    trigger = aws.echo(CONFIRMED)
    pool = aws.pool({"UserMigration": trigger}, UsernameAttributes=["email"])
    pool.sign_in("ann@example.com", "x")
    assert trigger.events()[0]["userName"] == "ann@example.com"
    user = pool.user("ann@example.com")
    assert user["username"] == user["sub"]


def test_in_an_alias_pool_the_handler_must_name_the_user(aws: Aws) -> None:
    settings: dict[str, Any] = {"AliasAttributes": ["email"]}
    pool = aws.pool({"UserMigration": aws.echo(CONFIRMED)}, **settings)
    text = "Username cannot be of email format, since user pool is configured for email alias."
    with refused("InvalidParameterException", text):
        pool.sign_in("ann@example.com", "x")
    named = CONFIRMED + 'event["response"]["userAttributes"]["username"] = "ann"'
    pool = aws.pool({"UserMigration": aws.echo(named)}, **settings)
    pool.sign_in("ann@example.com", "x")
    assert pool.names() == ["ann"]


@pytest.mark.parametrize("forced", [True, False])
def test_a_taken_alias_moves_only_if_that_is_forced(aws: Aws, forced: bool) -> None:
    vouch = CONFIRMED + f'event["response"]["forceAliasCreation"] = {forced}'
    pool = aws.pool({"UserMigration": aws.echo(vouch)}, AliasAttributes=["email"])
    pool.add("bob", email="ann@example.com")
    if forced:
        assert "AuthenticationResult" in pool.sign_in("ann", PASSWORD)
    else:
        with refused("NotAuthorizedException"):
            pool.sign_in("ann", PASSWORD)
    assert pool.user("ann@example.com")["username"] == ("ann" if forced else "bob")
    assert pool.user("bob")["email_verified"] == str(not forced).lower()
