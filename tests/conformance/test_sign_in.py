"""Contract 2.2, 5 and 8, sign-in contract 1.5: signing in, and the triggers before and after."""

import pytest
from harness import PASSWORD, Aws, Pool, listed, refused

ENABLED = {"PreventUserExistenceErrors": "ENABLED"}
WRONG = "Incorrect username or password."
BOBS = {"NEW_PASSWORD": "Permanent-1", "userAttributes.email": "bob@example.com"}


def test_the_right_password_yields_tokens(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    result = pool.sign_in()["AuthenticationResult"]
    assert set(result) == {"AccessToken", "IdToken", "RefreshToken", "ExpiresIn", "TokenType"}


@pytest.mark.parametrize("sign_in", [Pool.sign_in, Pool.admin_sign_in])
def test_both_triggers_run_once_on_success(aws: Aws, sign_in: object) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PreAuthentication": trigger, "PostAuthentication": trigger})
    pool.add()
    sign_in(pool)  # type: ignore[operator]
    assert trigger.sources() == [
        "PreAuthentication_Authentication",
        "PostAuthentication_Authentication",
    ]


@pytest.mark.parametrize("sign_in", [Pool.sign_in, Pool.admin_sign_in])
def test_a_wrong_password_runs_only_the_first(aws: Aws, sign_in: object) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PreAuthentication": trigger, "PostAuthentication": trigger})
    pool.add()
    with refused("NotAuthorizedException", WRONG):
        sign_in(pool, password="wrong")  # type: ignore[operator]
    assert trigger.sources() == ["PreAuthentication_Authentication"]


def test_what_pre_authentication_gets(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PreAuthentication": trigger})
    pool.add()
    pool.sign_in()
    pool.sign_in(ClientMetadata={"a": "1"})
    plain, with_metadata = (event["request"] for event in trigger.events())
    assert plain["validationData"] is None
    assert with_metadata["validationData"] == {"a": "1"}
    assert "clientMetadata" not in with_metadata
    assert "userNotFound" not in plain
    assert plain["userAttributes"]["cognito:user_status"] == "CONFIRMED"
    assert plain["userAttributes"]["email_verified"] == "true"
    assert trigger.events()[0]["response"] == {}


def test_what_post_authentication_gets(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PostAuthentication": trigger})
    pool.add()
    pool.sign_in(ClientMetadata={"a": "1"})
    (event,) = trigger.events()
    assert set(event["request"]) == {"userAttributes", "newDeviceUsed"}
    assert event["request"]["newDeviceUsed"] is False
    assert event["response"] == {}


def test_a_raising_pre_authentication_denies_even_with_a_wrong_password(aws: Aws) -> None:
    pool = aws.pool({"PreAuthentication": aws.echo("raise Exception('SPIKE_LOCKED')")})
    pool.add()
    text = "PreAuthentication failed with error SPIKE_LOCKED."
    for password in (PASSWORD, "wrong"):
        with refused("UserLambdaValidationException", text):
            pool.sign_in(password=password)


def test_a_raising_post_authentication_fails_the_sign_in(aws: Aws) -> None:
    pool = aws.pool({"PostAuthentication": aws.echo("raise Exception('no')")})
    pool.add()
    text = "PostAuthentication failed with error no."
    with refused("UserLambdaValidationException", text):
        pool.sign_in()


def test_unknown_users_are_named_or_hidden_by_the_client(aws: Aws) -> None:
    with refused("UserNotFoundException", "User does not exist."):
        aws.pool().sign_in("nobody")
    with refused("NotAuthorizedException", WRONG):
        aws.pool(app=ENABLED).sign_in("nobody")


def test_a_hiding_client_runs_pre_authentication_for_unknown_users(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PreAuthentication": trigger}, app=ENABLED)
    pool.add()
    pool.sign_in()
    with refused("NotAuthorizedException", WRONG):
        pool.sign_in("nobody")
    known, unknown = (event["request"] for event in trigger.events())
    assert known["userNotFound"] is False
    assert unknown["userNotFound"] is True
    assert unknown["userAttributes"] == {}


def test_a_naming_client_does_not_run_it_for_unknown_users(aws: Aws) -> None:
    trigger = aws.echo()
    with refused("UserNotFoundException"):
        aws.pool({"PreAuthentication": trigger}).sign_in("nobody")
    assert trigger.events() == []


@pytest.mark.parametrize("missing", ["USERNAME", "PASSWORD"])
def test_a_missing_parameter_is_named_and_no_trigger_runs(aws: Aws, missing: str) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PreAuthentication": trigger})
    pool.add()
    for value in (None, ""):
        parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD} | {missing: value}
        given = {name: text for name, text in parameters.items() if text is not None}
        text = f"Missing required parameter {missing}"
        with refused("InvalidParameterException", text):
            aws.cognito.initiate_auth(
                ClientId=pool.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=given
            )
    assert trigger.events() == []


def test_over_long_input_is_just_wrong(aws: Aws) -> None:
    pool = aws.pool(app=ENABLED)
    with refused("NotAuthorizedException", WRONG):
        pool.sign_in("n" * 5000, "p" * 5000)


def test_a_flow_that_is_off_is_refused_before_any_trigger(aws: Aws) -> None:
    trigger = aws.echo()
    flows = {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}
    pool = aws.pool({"PreAuthentication": trigger}, app=flows)
    pool.add()
    text = "USER_PASSWORD_AUTH flow not enabled for this client"
    with refused("InvalidParameterException", text):
        pool.sign_in()
    with refused("InvalidParameterException", "Auth flow not enabled for this client"):
        pool.admin_sign_in()
    assert trigger.events() == []


def test_an_unconfirmed_user_is_told_so_even_with_a_wrong_password(aws: Aws) -> None:
    pool = aws.pool()
    pool.sign_up()
    for password in (PASSWORD, "wrong"):
        with refused("UserNotConfirmedException", "User is not confirmed."):
            pool.sign_in(password=password)


def test_a_user_who_must_reset_is_told_so(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    aws.cognito.admin_reset_user_password(UserPoolId=pool.id, Username="ann")
    text = "Password reset required for the user"
    with refused("PasswordResetRequiredException", text):
        pool.sign_in()


def test_a_disabled_user(aws: Aws) -> None:
    for app, password, text in (
        ({}, PASSWORD, "User is disabled."),
        (ENABLED, PASSWORD, "User is disabled."),
        (ENABLED, "wrong", WRONG),
    ):
        pool = aws.pool(app=app)
        pool.add()
        aws.cognito.admin_disable_user(UserPoolId=pool.id, Username="ann")
        with refused("NotAuthorizedException", text):
            pool.sign_in(password=password)


def test_a_temporary_password_leads_to_a_challenge_and_no_post_authentication(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PostAuthentication": trigger, "PreTokenGeneration": trigger})
    aws.cognito.admin_create_user(
        UserPoolId=pool.id, Username="ann", TemporaryPassword="Temporary-1"
    )
    challenge = pool.sign_in(password="Temporary-1")
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert trigger.events() == []
    with refused("InvalidPasswordException"):
        pool.respond(challenge, USERNAME="ann", NEW_PASSWORD="weak-password")
    pool.respond(challenge, USERNAME="ann", NEW_PASSWORD="Permanent-1")
    assert trigger.sources() == [
        "PostAuthentication_Authentication",
        "TokenGeneration_NewPasswordChallenge",
    ]
    with refused("NotAuthorizedException"):
        pool.respond(challenge, USERNAME="ann", NEW_PASSWORD="Permanent-2")


def test_what_a_user_must_have_and_has_the_challenge_does_not_change(aws: Aws) -> None:
    must = [
        {"Name": name, "AttributeDataType": "String", "Required": True, "Mutable": True}
        for name in ("email", "name")
    ]
    pool = aws.pool(Schema=must)
    aws.cognito.admin_create_user(
        UserPoolId=pool.id,
        Username="ann",
        TemporaryPassword="Temporary-1",
        UserAttributes=listed({"email": "ann@example.com"}),
    )
    new = {"USERNAME": "ann", "NEW_PASSWORD": "Permanent-1", "userAttributes.name": "Ann"}
    with refused("NotAuthorizedException", "Cannot modify an already provided email"):
        pool.respond(
            pool.sign_in(password="Temporary-1"),
            **new | {"userAttributes.email": "bob@example.com"},
        )
    assert pool.user()["status"] == "FORCE_CHANGE_PASSWORD"
    pool.respond(pool.sign_in(password="Temporary-1"), **new)
    assert (pool.user()["email"], pool.user()["name"]) == ("ann@example.com", "Ann")


def test_an_address_that_comes_with_a_new_password_is_not_verified(aws: Aws) -> None:
    pool = aws.pool(AliasAttributes=["email"])
    for name in ("ann", "bob"):
        pool.add(name)
    aws.cognito.admin_set_user_password(UserPoolId=pool.id, Username="ann", Password=PASSWORD)
    pool.respond(pool.sign_in(), USERNAME="ann", **BOBS)
    ann = pool.user("ann")
    assert (ann["email"], ann["email_verified"]) == ("bob@example.com", "false")
    assert pool.user("bob@example.com")["username"] == "bob"


def test_a_new_password_does_not_come_with_what_another_signs_in_with(aws: Aws) -> None:
    pool = aws.pool(UsernameAttributes=["email", "phone_number"])
    pool.add("bob@example.com", email="bob@example.com")
    number = "+15550100001"
    aws.cognito.admin_create_user(
        UserPoolId=pool.id, Username=number, TemporaryPassword="Temporary-1"
    )
    challenge = pool.sign_in(number, password="Temporary-1")
    with refused("AliasExistsException", "An account with the given email already exists."):
        pool.respond(challenge, USERNAME=number, **BOBS)
    assert pool.user(number)["status"] == "FORCE_CHANGE_PASSWORD"
    again = pool.sign_in(number, password="Temporary-1")
    assert pool.respond(again, USERNAME=number, NEW_PASSWORD=PASSWORD)["AuthenticationResult"]


def test_challenge_metadata_reaches_post_authentication(aws: Aws) -> None:
    trigger = aws.echo()
    pool = aws.pool({"PostAuthentication": trigger})
    aws.cognito.admin_create_user(
        UserPoolId=pool.id, Username="ann", TemporaryPassword="Temporary-1"
    )
    challenge = pool.sign_in(password="Temporary-1")
    aws.cognito.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=challenge["Session"],
        ChallengeResponses={"USERNAME": "ann", "NEW_PASSWORD": "Permanent-1"},
        ClientMetadata={"a": "1"},
    )
    assert trigger.events()[0]["request"]["clientMetadata"] == {"a": "1"}


def test_a_user_deleted_in_between_is_gone(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    token = pool.sign_in()["AuthenticationResult"]["AccessToken"]
    aws.cognito.delete_user(AccessToken=token)
    assert pool.names() == []
    with refused("UserNotFoundException", "User does not exist."):
        pool.sign_in()


def test_an_administrators_flow_is_not_for_apps(aws: Aws) -> None:
    pool = aws.pool()
    pool.add()
    with refused("InvalidParameterException", "Initiate Auth method not supported."):
        aws.cognito.initiate_auth(
            ClientId=pool.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD},
        )
