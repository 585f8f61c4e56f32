"""Contract 2.2 and 2.3: the custom message trigger."""

from typing import Any

from harness import DEVELOPER, Aws, Pool, listed, refused

SAY = "event['response']['emailMessage'] = 'Use {####}'\nevent['response']['emailSubject'] = 'Hi'"


def pool_with(aws: Aws, body: str, **settings: Any) -> tuple[Pool, Any]:
    trigger = aws.echo(body)
    return aws.pool({"CustomMessage": trigger}, **settings), trigger


def test_the_event_carries_placeholders_and_never_the_code(aws: Aws) -> None:
    pool, trigger = pool_with(aws, "pass")
    pool.sign_up(ClientMetadata={"a": "1"})
    (event,) = trigger.events()
    assert event["triggerSource"] == "CustomMessage_SignUp"
    request = event["request"]
    assert request["codeParameter"] == "{####}"
    assert request["linkParameter"] == "{##Click Here##}"
    assert request["usernameParameter"] is None
    assert request["clientMetadata"] == {"a": "1"}
    assert request["userAttributes"]["cognito:user_status"] == "UNCONFIRMED"
    assert event["response"] == {"smsMessage": None, "emailMessage": None, "emailSubject": None}
    assert pool.mail()[0]["code"] not in str(event)


def test_the_message_is_used_with_the_code_in_it(aws: Aws) -> None:
    pool, _ = pool_with(aws, SAY, **DEVELOPER)
    pool.sign_up()
    (message,) = pool.mail()
    assert message["subject"] == "Hi"
    assert message["body"] == f"Use {message['code']}"
    pool.confirm()


def test_an_email_message_needs_a_developer_account(aws: Aws) -> None:
    pool, _ = pool_with(aws, SAY)
    with refused("InvalidLambdaResponseException"):
        pool.sign_up()


def test_an_untouched_response_leaves_the_pools_words(aws: Aws) -> None:
    template = {"EmailMessage": "Code: {####}", "EmailSubject": "Subject"}
    pool, _ = pool_with(aws, "pass", VerificationMessageTemplate=template)
    pool.sign_up()
    (message,) = pool.mail()
    assert message["subject"] == "Subject"
    assert message["body"] == f"Code: {message['code']}"


def test_a_raising_handler_is_visible(aws: Aws) -> None:
    pool, _ = pool_with(aws, "raise Exception('no words')")
    with refused("UserLambdaValidationException", "CustomMessage failed with error no words."):
        pool.sign_up()


def test_the_source_of_each_occasion(aws: Aws) -> None:
    pool, trigger = pool_with(aws, "pass")
    pool.sign_up()
    aws.cognito.resend_confirmation_code(ClientId=pool.client_id, Username="ann")
    pool.confirm()
    pool.forgot()
    pool.reset()
    token = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    aws.cognito.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")
    aws.cognito.update_user_attributes(
        AccessToken=token, UserAttributes=listed({"email": "new@example.com"})
    )
    assert trigger.sources() == [
        "CustomMessage_SignUp",
        "CustomMessage_ResendCode",
        "CustomMessage_ForgotPassword",
        "CustomMessage_VerifyUserAttribute",
        "CustomMessage_UpdateUserAttribute",
    ]


def test_an_invitation_names_the_user(aws: Aws) -> None:
    body = "event['response']['emailMessage'] = '{username}: {####}'"
    pool, trigger = pool_with(aws, body, **DEVELOPER)
    aws.cognito.admin_create_user(
        UserPoolId=pool.id,
        Username="ann",
        DesiredDeliveryMediums=["EMAIL"],
        UserAttributes=listed({"email": "ann@example.com"}),
    )
    (event,) = trigger.events()
    assert event["triggerSource"] == "CustomMessage_AdminCreateUser"
    assert event["callerContext"]["clientId"] == "CLIENT_ID_NOT_APPLICABLE"
    assert event["request"]["usernameParameter"] == "{username}"
    assert pool.mail()[0]["body"] == f"ann: {pool.mail()[0]['code']}"


def test_suppressed_there_is_no_message(aws: Aws) -> None:
    pool, trigger = pool_with(aws, "pass")
    aws.cognito.admin_create_user(UserPoolId=pool.id, Username="ann", MessageAction="SUPPRESS")
    assert trigger.events() == []
    assert pool.mail() == []
