"""Run a pool's Lambda trigger: the event, the call, and what its failures become."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cognito_sandbox.cognito.operations import CognitoError
from cognito_sandbox.lambdas.environments import AT_MOST, ThrottledError
from cognito_sandbox.lambdas.invocation import Outcome
from cognito_sandbox.patches import functions

PATIENCE = 5.0
ATTEMPTS = 3
NO_CLIENT = "CLIENT_ID_NOT_APPLICABLE"
_calls = ThreadPoolExecutor(AT_MOST, "trigger")

# What handlers may set: a type, [of] for a list, {of} for a map, or the names of an object's parts.
# A null stands for "not set" everywhere, and what is not named here is not looked at.
TEXTS = [str]
GROUPS = {"groupsToOverride": TEXTS, "iamRolesToOverride": TEXTS, "preferredRole": str}
CLAIMS = {"claimsToAddOrOverride": dict, "claimsToSuppress": TEXTS}
RESPONSE: dict[str, Any] = {
    "answerCorrect": bool,
    "autoConfirmUser": bool,
    "autoVerifyEmail": bool,
    "autoVerifyPhone": bool,
    "challengeMetadata": str,
    "challengeName": str,
    "claimsAndScopeOverrideDetails": {
        "idTokenGeneration": CLAIMS,
        "accessTokenGeneration": CLAIMS | {"scopesToAdd": TEXTS, "scopesToSuppress": TEXTS},
        "groupOverrideDetails": GROUPS,
    },
    "claimsOverrideDetails": {
        "claimsToAddOrOverride": {str},
        "claimsToSuppress": TEXTS,
        "groupOverrideDetails": GROUPS,
    },
    "desiredDeliveryMediums": TEXTS,
    "emailMessage": str,
    "emailSubject": str,
    "enableSMSMFA": bool,
    "failAuthentication": bool,
    "finalUserStatus": str,
    "forceAliasCreation": bool,
    "issueTokens": bool,
    "messageAction": str,
    "privateChallengeParameters": {str},
    "publicChallengeParameters": {str},
    "smsMessage": str,
    "userAttributes": {str},
}


def function_arn(pool: Any, trigger: str) -> str | None:
    config = pool.extended_config.get("LambdaConfig") or {}
    arn: str | None = config.get(trigger)
    return arn


def run(
    pool: Any,
    source: str,
    username: str,
    client_id: str | None,
    request: dict[str, Any],
    response: dict[str, Any],
    version: str = "1",
) -> dict[str, Any] | None:
    """Run the trigger of this source; its response, or None if the pool has no such trigger.

    The source's first word names the trigger, but for TokenGeneration.
    """
    trigger = source.partition("_")[0].replace("TokenGeneration", "PreTokenGeneration")
    arn = function_arn(pool, trigger)
    if not arn:
        return None
    event = {
        "version": version,
        "region": pool.region,
        "userPoolId": pool.id,
        "userName": username,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client_id},
        "triggerSource": source,
        "request": request,
        "response": response,
    }
    outcome = _invoke(pool, trigger, arn, json.dumps(event).encode())
    if outcome.error:
        message = outcome.timed_out or outcome.error_message
        text = f"{trigger} failed with error {message}."
        raise CognitoError("UserLambdaValidationException", text)
    return _accepted(event, outcome.payload)


def _invoke(pool: Any, trigger: str, arn: str, event: bytes) -> Outcome:
    function = functions.find(arn)
    if not function or not functions.allows(function, "cognito-idp.amazonaws.com", pool.arn):
        raise _failed(trigger, "AccessDeniedException")
    for _ in range(ATTEMPTS):
        try:
            return _calls.submit(function.run, event).result(PATIENCE)
        except TimeoutError:
            continue
        except ThrottledError:
            raise _failed(trigger, "TooManyRequestsException") from None
        except functions.RoleError:
            raise _failed(trigger, "AccessDeniedException") from None
    raise _failed(trigger, "Socket timeout while invoking Lambda function")


def _failed(trigger: str, reason: str) -> CognitoError:
    text = f"{trigger} invocation failed due to error {reason}."
    return CognitoError("UnexpectedLambdaException", text)


def bad_response(text: str) -> CognitoError:
    return CognitoError("InvalidLambdaResponseException", text)


def _accepted(event: dict[str, Any], payload: bytes) -> dict[str, Any]:
    """The response part of what the handler returned, if it returned the event."""
    try:
        returned = json.loads(payload)
    except ValueError:
        returned = None
    if returned is None:
        raise bad_response("Invalid lambda function output : Invalid JSON")
    response = returned.get("response") if isinstance(returned, dict) else None
    if response is None or not _is_event(event, returned) or not _fits(response, RESPONSE):
        raise bad_response("Unrecognizable lambda output")
    assert isinstance(response, dict)
    return response


def _is_event(sent: dict[str, Any], returned: Any) -> bool:
    return isinstance(returned, dict) and all(
        isinstance(returned.get(name), type(value)) for name, value in sent.items()
    )


def _fits(value: Any, shape: Any) -> bool:
    if value is None:
        return True
    if isinstance(shape, type):
        return isinstance(value, shape)
    if isinstance(shape, list):
        return isinstance(value, list) and all(isinstance(each, shape[0]) for each in value)
    if not isinstance(value, dict):
        return False
    if isinstance(shape, set):
        (of,) = shape
        return all(isinstance(each, of) for each in value.values())
    return all(_fits(value.get(name), part) for name, part in shape.items())


def metadata(given: dict[str, Any]) -> dict[str, Any]:
    """The request's clientMetadata: absent, not empty, when the client sent none."""
    sent = given.get("ClientMetadata")
    return {"clientMetadata": sent} if sent else {}
