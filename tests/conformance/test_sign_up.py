"""Contract 3: the pre sign-up trigger, and what SignUp answers."""

from typing import Any

import pytest
from harness import PASSWORD, SMS, Aws, refused

CONFIRM = "event['response']['autoConfirmUser'] = True"
VERIFY = "event['response']['autoVerifyEmail'] = True"


def test_without_trigger_the_user_is_unconfirmed_and_gets_a_code(aws: Aws) -> None:
    answer = aws.pool().sign_up()
    assert answer["UserConfirmed"] is False
    assert answer["CodeDeliveryDetails"] == {
        "Destination": "a***@e***",
        "DeliveryMedium": "EMAIL",
        "AttributeName": "email",
    }


def test_the_handler_gets_the_documented_event(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PreSignUp": trigger})
    pool.sign_up()
    assert trigger.events() == [
        {
            "version": "1",
            "region": "us-east-1",
            "userPoolId": pool.id,
            "userName": "ann",
            "callerContext": {
                "awsSdkVersion": "aws-sdk-unknown-unknown",
                "clientId": pool.client_id,
            },
            "triggerSource": "PreSignUp_SignUp",
            "request": {"userAttributes": {"email": "ann@example.com"}, "validationData": None},
            "response": {
                "autoConfirmUser": False,
                "autoVerifyEmail": False,
                "autoVerifyPhone": False,
            },
        }
    ]


def test_metadata_and_validation_data_reach_the_handler(aws: Aws) -> None:
    trigger = aws.echo()
    aws.pool({"PreSignUp": trigger}).sign_up(
        ClientMetadata={"a": "1"}, ValidationData=[{"Name": "b", "Value": "2"}]
    )
    request = trigger.events()[0]["request"]
    assert request["clientMetadata"] == {"a": "1"}
    assert request["validationData"] == {"b": "2"}


@pytest.mark.parametrize(
    ("kind", "name"), [("email", "ann@example.com"), ("phone_number", "+15550100001")]
)
def test_a_name_is_none_that_looks_like_an_alias(aws: Aws, kind: str, name: str) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PreSignUp": trigger}, AliasAttributes=[kind])
    told = kind.replace("_", " ")
    text = f"Username cannot be of {told} format, since user pool is configured for {told} alias."
    with refused("InvalidParameterException", text):
        pool.sign_up(name)
    with refused("InvalidParameterException", text):
        pool.add(name)
    assert (pool.names(), trigger.events()) == ([], [])
    other = aws.pool(AliasAttributes=["preferred_username"])
    assert other.sign_up(name, attributes={})["UserConfirmed"] is False


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        (["email"], "an email"),
        (["phone_number"], "a phone number"),
        (["email", "phone_number"], "either an email or a phone number"),
    ],
)
def test_a_name_must_look_like_what_people_sign_in_with(
    aws: Aws, kinds: list[str], told: str
) -> None:
    pool = aws.pool(UsernameAttributes=kinds)
    with refused("InvalidParameterException", f"Username should be {told}."):
        pool.sign_up("ann", attributes={})


def test_a_preferred_name_that_is_an_alias_comes_after_the_confirmation(aws: Aws) -> None:
    pool = aws.pool(AliasAttributes=["preferred_username"])
    text = (
        "Preferred username cannot be provided for unconfirmed account, since user pool is "
        "configured for preferred username alias."
    )
    with refused("InvalidParameterException", text):
        pool.sign_up(attributes={"preferred_username": "star"})
    assert pool.names() == []
    assert aws.pool().sign_up(attributes={"preferred_username": "star"})["UserSub"]


@pytest.mark.parametrize("by_administrator", [True, False])
def test_nobody_is_added_with_what_another_signs_in_with(aws: Aws, by_administrator: bool) -> None:
    pool = aws.pool(UsernameAttributes=["email", "phone_number"])
    number = {"phone_number": "+15550100001"}
    pool.add("ann@example.com", email="ann@example.com", **number)
    text = "An account with the given phone_number already exists."
    with refused("UsernameExistsException", text):
        if by_administrator:
            pool.add("bob@example.com", email="bob@example.com", **number)
        else:
            pool.sign_up("bob@example.com", attributes=number)
    assert pool.user("+15550100001")["email"] == "ann@example.com"
    assert len(pool.names()) == 1


def test_auto_verifying_takes_the_alias_from_its_former_owner(aws: Aws) -> None:
    pool = aws.pool({"PreSignUp": aws.echo(f"{CONFIRM}\n{VERIFY}")}, AliasAttributes=["email"])
    pool.add("bob", email="ann@example.com")
    pool.sign_up("ann", attributes={"email": "ann@example.com"})
    assert pool.user("ann@example.com")["username"] == "ann"
    assert pool.user("bob")["email_verified"] == "false"


def test_auto_confirm_confirms_without_code_and_without_verifying(aws: Aws) -> None:
    pool = aws.pool({"PreSignUp": aws.echo(CONFIRM)})
    answer = pool.sign_up()
    assert answer["UserConfirmed"] is True
    assert "CodeDeliveryDetails" not in answer
    assert pool.mail() == []
    assert pool.user()["status"] == "CONFIRMED"
    assert pool.user()["email_verified"] == "false"


def test_auto_verify_verifies(aws: Aws) -> None:
    pool = aws.pool({"PreSignUp": aws.echo(f"{CONFIRM}\n{VERIFY}")})
    pool.sign_up()
    assert pool.user()["email_verified"] == "true"


def test_auto_confirm_runs_post_confirmation_in_the_same_call(aws: Aws) -> None:
    after = aws.echo()
    pool = aws.pool({"PreSignUp": aws.echo(CONFIRM), "PostConfirmation": after})
    pool.sign_up(ClientMetadata={"a": "1"})
    (event,) = after.events()
    assert event["triggerSource"] == "PostConfirmation_ConfirmSignUp"
    assert event["request"]["userAttributes"]["cognito:user_status"] == "CONFIRMED"
    assert event["request"]["userAttributes"]["email_verified"] == "false"
    assert event["request"]["clientMetadata"] == {"a": "1"}
    assert event["response"] == {}


def test_auto_verify_needs_auto_confirm(aws: Aws) -> None:
    pool = aws.pool({"PreSignUp": aws.echo(VERIFY)})
    text = "Phone or email cannot be auto verified, when user is not being auto confirmed."
    with pytest.raises(aws.cognito.exceptions.ClientError, match=text):
        pool.sign_up()
    assert pool.names() == []


def test_auto_verify_needs_the_attribute(aws: Aws) -> None:
    pool = aws.pool({"PreSignUp": aws.echo(f"{CONFIRM}\n{VERIFY}")})
    with pytest.raises(aws.cognito.exceptions.ClientError):
        pool.sign_up(attributes={})
    assert pool.names() == []


def test_a_raising_handler_refuses_and_leaves_no_user(aws: Aws) -> None:
    pool = aws.pool({"PreSignUp": aws.echo("raise Exception('not you')")})
    with refused("UserLambdaValidationException", "PreSignUp failed with error not you."):
        pool.sign_up()
    assert pool.names() == []


def test_an_existing_name_is_refused_before_the_trigger(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PreSignUp": trigger})
    pool.sign_up()
    with refused("UsernameExistsException", "User account already exists"):
        aws.cognito.admin_create_user(UserPoolId=pool.id, Username="ann")
    with refused("UsernameExistsException", "User already exists"):
        pool.sign_up()
    assert len(trigger.events()) == 1


def test_admin_create_user_runs_it_and_ignores_its_flags(aws: Aws) -> None:
    trigger = aws.echo(f"{CONFIRM}\n{VERIFY}")
    pool = aws.pool({"PreSignUp": trigger})
    pool.aws.cognito.admin_create_user(
        UserPoolId=pool.id,
        Username="ann",
        UserAttributes=[{"Name": "email", "Value": "ann@example.com"}],
        MessageAction="SUPPRESS",
    )
    (event,) = trigger.events()
    assert event["triggerSource"] == "PreSignUp_AdminCreateUser"
    assert event["callerContext"]["clientId"] == "CLIENT_ID_NOT_APPLICABLE"
    assert pool.user()["status"] == "FORCE_CHANGE_PASSWORD"
    assert pool.user().get("email_verified", "false") == "false"


def test_an_email_pool_shows_the_future_sub_as_user_name(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PreSignUp": trigger}, UsernameAttributes=["email"])
    answer = pool.sign_up("ann@example.com", attributes={})
    (event,) = trigger.events()
    assert event["userName"] == answer["UserSub"]
    assert event["request"]["userAttributes"] == {"email": "ann@example.com"}


@pytest.mark.parametrize(
    ("settings", "attributes"),
    [
        ({"AutoVerifiedAttributes": []}, {"email": "ann@example.com"}),
        (
            {"AutoVerifiedAttributes": ["phone_number"], "SmsConfiguration": SMS},
            {"email": "ann@example.com"},
        ),
    ],
    ids=["nothing is verified automatically", "the attribute was not given"],
)
def test_no_delivery_details_when(
    aws: Aws, settings: dict[str, Any], attributes: dict[str, str]
) -> None:
    assert "CodeDeliveryDetails" not in aws.pool(**settings).sign_up(attributes=attributes)


def test_the_code_goes_to_the_phone_if_it_could_go_to_both(aws: Aws) -> None:
    pool = aws.pool(AutoVerifiedAttributes=["email", "phone_number"], SmsConfiguration=SMS)
    both = {"email": "ann@example.com", "phone_number": "+12065559934"}
    details = pool.sign_up(attributes=both)["CodeDeliveryDetails"]
    assert details["Destination"] == "+*******9934"
    assert details["DeliveryMedium"] == "SMS"


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("Sh0rt-!", "Password not long enough"),
        ("lower-case-1", "Password must have uppercase characters"),
        ("UPPER-CASE-1", "Password must have lowercase characters"),
        ("No-number-here", "Password must have numeric characters"),
        ("NoSymbolHere1", "Password must have symbol characters"),
    ],
)
def test_the_password_policy_is_named(aws: Aws, password: str, reason: str) -> None:
    with refused("InvalidPasswordException", f"Password did not conform with policy: {reason}"):
        aws.pool().sign_up(password=password)


def test_self_sign_up_can_be_off(aws: Aws) -> None:
    pool = aws.pool(AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    with refused("NotAuthorizedException", "SignUp is not permitted for this user pool"):
        pool.sign_up()


def test_a_required_attribute_is_asked_for(aws: Aws) -> None:
    pool = aws.pool(Schema=[{"Name": "email", "Required": True}])
    with refused(
        "InvalidParameterException",
        "Attributes did not conform to the schema: email: The attribute is required\n",
    ):
        pool.sign_up(attributes={})


def test_an_unknown_attribute_is_refused(aws: Aws) -> None:
    with refused(
        "InvalidParameterException",
        "Attributes did not conform to the schema: "
        "Type for attribute {custom:x} could not be determined...",
    ):
        aws.pool().sign_up(attributes={"email": "a@b.com", "custom:x": "1"})


def test_an_unknown_client_is_refused(aws: Aws) -> None:
    with refused("ResourceNotFoundException"):
        aws.cognito.sign_up(ClientId="nothing", Username="ann", Password=PASSWORD)


def test_names_are_one_whatever_their_case_where_the_pool_says_so(aws: Aws) -> None:
    pool = aws.pool(UsernameConfiguration={"CaseSensitive": False})
    pool.sign_up("Ann")
    with refused("UsernameExistsException"):
        pool.sign_up("aNN")
    pool.confirm("ann", pool.mail()[-1]["code"])
    assert "AuthenticationResult" in pool.sign_in("ANN")


def test_a_client_with_a_secret_must_prove_it(aws: Aws) -> None:
    pool = aws.pool(app={"GenerateSecret": True})
    with refused("NotAuthorizedException"):
        pool.sign_up()
    with refused("NotAuthorizedException"):
        pool.sign_up(SecretHash="wrong")
