"""The ready events are what Powertools' event classes take them for."""

from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import cognito_user_pool_event as powertools

from cognito_sandbox import trigger_events

CLASSES: dict[str, Any] = {
    "PreSignUp": powertools.PreSignUpTriggerEvent,
    "PostConfirmation": powertools.PostConfirmationTriggerEvent,
    "PreAuthentication": powertools.PreAuthenticationTriggerEvent,
    "PostAuthentication": powertools.PostAuthenticationTriggerEvent,
    "TokenGeneration": powertools.PreTokenGenerationTriggerEvent,
    "UserMigration": powertools.UserMigrationTriggerEvent,
    "CustomMessage": powertools.CustomMessageTriggerEvent,
    "DefineAuthChallenge": powertools.DefineAuthChallengeTriggerEvent,
    "CreateAuthChallenge": powertools.CreateAuthChallengeTriggerEvent,
    "VerifyAuthChallengeResponse": powertools.VerifyAuthChallengeResponseTriggerEvent,
}
ANSWERS: dict[str, dict[str, Any]] = {  # what a handler sets, by Powertools' names for it
    "PreSignUp": {"auto_confirm_user": True, "auto_verify_email": True},
    "UserMigration": {"user_attributes": {"email": "a@b.c"}, "final_user_status": "CONFIRMED"},
    "CustomMessage": {"sms_message": "{####}", "email_subject": "Hi"},
    "DefineAuthChallenge": {"challenge_name": "CUSTOM_CHALLENGE", "issue_tokens": False},
    "CreateAuthChallenge": {"public_challenge_parameters": {"a": "b"}},
    "VerifyAuthChallengeResponse": {"answer_correct": True},
}


@pytest.mark.parametrize("source", trigger_events.sources())
def test_an_event_is_read(source: str) -> None:
    event = trigger_events.sample(source, userName="ann")
    read = CLASSES[source.partition("_")[0]](event)
    assert (read.user_name, read.trigger_source) == ("ann", source)
    assert (read.user_pool_id, read.region) == ("us-east-1_EXAMPLE", "us-east-1")
    assert read.caller_context.client_id == event["callerContext"]["clientId"]
    given = event["request"]["userAttributes"]
    assert given is None or read.request.user_attributes == given


@pytest.mark.parametrize("kind", ANSWERS)
def test_what_a_handler_sets_is_in_the_answer(kind: str) -> None:
    source = next(each for each in trigger_events.sources() if each.startswith(kind))
    event = trigger_events.sample(source)
    read = CLASSES[kind](event)
    for name, value in ANSWERS[kind].items():
        setattr(read.response, name, value)
        assert value in event["response"].values()


def test_claims_are_overridden() -> None:
    event = trigger_events.sample("TokenGeneration_Authentication")
    event["response"]["claimsOverrideDetails"] = {}
    read = powertools.PreTokenGenerationTriggerEvent(event)
    read.response.claims_override_details.claims_to_add_or_override = {"a": "b"}
    assert event["response"]["claimsOverrideDetails"] == {"claimsToAddOrOverride": {"a": "b"}}
