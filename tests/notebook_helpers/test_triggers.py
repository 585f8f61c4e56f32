"""Setting a trigger changes the triggers and nothing else of the pool."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import cloud, triggers
from helpers.errors import AnswerError

TEMPLATE = {"EmailMessage": "Code {####}", "EmailSubject": "Hello", "SmsMessage": "{####}"}
FLAGS = ["RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols"]
VARYING = {"LambdaConfig", "LastModifiedDate"}
OTHER = "arn:aws:lambda:us-east-1:123456789012:function:other"

passwords = st.fixed_dictionaries(
    {"MinimumLength": st.integers(6, 99), **dict.fromkeys(FLAGS, st.booleans())}
)
pool_settings = st.fixed_dictionaries(
    {},
    optional={
        "AutoVerifiedAttributes": st.sampled_from([["email"], []]),
        "MfaConfiguration": st.just("OFF"),
        "Policies": st.builds(lambda policy: {"PasswordPolicy": policy}, passwords),
        "VerificationMessageTemplate": st.just(TEMPLATE),
        "AdminCreateUserConfig": st.builds(
            lambda only: {"AllowAdminCreateUserOnly": only}, st.booleans()
        ),
        "AccountRecoverySetting": st.sampled_from(
            [
                {"RecoveryMechanisms": [{"Priority": 1, "Name": name}]}
                for name in ("verified_email", "verified_phone_number", "admin_only")
            ]
        ),
        "UserPoolTags": st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz")),
        "UsernameConfiguration": st.builds(lambda case: {"CaseSensitive": case}, st.booleans()),
        "DeletionProtection": st.just("INACTIVE"),
        "LambdaConfig": st.sampled_from([{}, {"PostConfirmation": OTHER}, {"PreSignUp": OTHER}]),
        "EmailConfiguration": st.just({"EmailSendingAccount": "COGNITO_DEFAULT"}),
    },
)


@pytest.fixture(scope="session")
def api(place: cloud.Cloud) -> Any:
    return cloud.client("cognito-idp")


@pytest.fixture
def pool(api: Any) -> Iterator[str]:
    made = api.create_user_pool(PoolName="plain", AutoVerifiedAttributes=["email"])
    yield made["UserPool"]["Id"]
    api.delete_user_pool(UserPoolId=made["UserPool"]["Id"])


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(chosen=pool_settings)
def test_nothing_else_changes(api: Any, outputs: dict[str, str], chosen: dict[str, Any]) -> None:
    made = api.create_user_pool(PoolName="any", **chosen)["UserPool"]["Id"]
    try:
        before = api.describe_user_pool(UserPoolId=made)["UserPool"]
        triggers.set_trigger(made, "PreAuthentication", outputs["AutoConfirmFunctionArn"])
        between = api.describe_user_pool(UserPoolId=made)["UserPool"]
        triggers.remove_trigger(made, "PreAuthentication")
        after = api.describe_user_pool(UserPoolId=made)["UserPool"]
        for name in (before.keys() | between.keys() | after.keys()) - VARYING:
            assert before.get(name) == between.get(name) == after.get(name), name
        added = {"PreAuthentication": outputs["AutoConfirmFunctionArn"]}
        assert between["LambdaConfig"] == before["LambdaConfig"] | added
        assert after["LambdaConfig"] == before["LambdaConfig"]
    finally:
        api.delete_user_pool(UserPoolId=made)


def test_before_and_after(pool: str, outputs: dict[str, str]) -> None:
    function = outputs["AutoConfirmFunctionArn"]
    frame = triggers.set_trigger(pool, "PreSignUp", function)
    name = outputs["AutoConfirmFunction"]
    assert frame.to_dict("records") == [{"Trigger": "PreSignUp", "Before": "(none)", "After": name}]
    assert list(triggers.table(pool)["Function"]) == [name]
    frame = triggers.remove_trigger(pool, "PreSignUp")
    assert list(frame["After"]) == ["(none)"]
    assert triggers.table(pool).empty


def test_removing_what_is_not_there_is_fine(pool: str) -> None:
    assert triggers.remove_trigger(pool, "PreSignUp").empty


def test_somebody_elses_trigger_is_left_alone(pool: str, outputs: dict[str, str]) -> None:
    triggers.set_trigger(pool, "PreSignUp", outputs["AutoConfirmFunctionArn"])
    triggers.remove_trigger(pool, "PreSignUp", outputs["MigrateUserFunctionArn"])
    assert len(triggers.table(pool)) == 1


def test_the_versioned_token_trigger(api: Any, pool: str, outputs: dict[str, str]) -> None:
    first, second = outputs["AutoConfirmFunctionArn"], outputs["MigrateUserFunctionArn"]
    triggers.set_trigger(pool, "PreTokenGeneration", first)
    triggers.set_trigger(pool, "PreTokenGeneration", second)
    config = api.describe_user_pool(UserPoolId=pool)["UserPool"]["LambdaConfig"]
    assert config["PreTokenGeneration"] == second
    triggers.remove_trigger(pool, "PreTokenGeneration")
    assert triggers.table(pool).empty


def test_an_unknown_trigger_is_told_with_the_known_ones(pool: str) -> None:
    with pytest.raises(AnswerError, match=r'no trigger "PreSignup".*PreSignUp'):
        triggers.set_trigger(pool, "PreSignup", OTHER)
    with pytest.raises(AnswerError, match="no trigger"):
        triggers.remove_trigger(pool, "PreSignup")
    with pytest.raises(AnswerError, match="a version, and with a key"):
        triggers.set_trigger(pool, "CustomEmailSender", OTHER)


def test_no_function_is_no_way_to_remove_a_trigger(pool: str, outputs: dict[str, str]) -> None:
    triggers.set_trigger(pool, "PreSignUp", outputs["AutoConfirmFunctionArn"])
    with pytest.raises(AnswerError, match="which function"):
        triggers.set_trigger(pool, "PreSignUp", "")
    assert len(triggers.table(pool)) == 1
