"""Run a pool's Lambda trigger: the event, the call, and what its failures become.

(contract 1, 2.3, 6)
"""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import cast

from cognito_sandbox import clock, pool_settings
from cognito_sandbox.cognito.errors import CognitoError
from cognito_sandbox.cognito.trigger_response import Response, fits
from cognito_sandbox.lambdas.environments import AT_MOST, ThrottledError
from cognito_sandbox.lambdas.permission import permits
from cognito_sandbox.store import functions
from cognito_sandbox.store.model import Pool

PATIENCE = 5.0
ATTEMPTS = 3
SERVICE = "cognito-idp.amazonaws.com"
NO_CLIENT = "CLIENT_ID_NOT_APPLICABLE"
Event = dict[str, object]  # or a part of one
_calls = ThreadPoolExecutor(AT_MOST, "trigger")


def function_arn(pool: Pool, trigger: str) -> str | None:
    return pool_settings.functions(pool.settings.get("LambdaConfig") or {}).get(trigger)


def envelope(
    pool: Pool,
    source: str,
    username: str,
    client_id: str | None,
    request: Event,
    version: str = "1",
) -> Event:
    """What all events have in common."""
    event: Event = {
        "version": version,
        "region": pool.region,
        "userPoolId": pool.id,
        "userName": username,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client_id},
        "triggerSource": source,
        "request": request,
    }
    return (
        {"version": version, "triggerSource": source} | event if _names_it_early(source) else event
    )


def _names_it_early(source: str) -> bool:
    """As captured, these events have their members in another order. (contract 1)"""
    return source.startswith(("TokenGeneration", "UserMigration"))


def run(
    pool: Pool,
    source: str,
    username: str,
    client_id: str | None,
    request: Event,
    response: Event,
    version: str = "1",
) -> Response | None:
    """Run the trigger of this source; its response, or None if the pool has no such trigger.

    The source's first word names the trigger, but for TokenGeneration.
    """
    trigger = source.partition("_")[0].replace("TokenGeneration", "PreTokenGeneration")
    arn = function_arn(pool, trigger)
    if not arn:
        return None
    event = envelope(pool, source, username, client_id, request, version)
    event["response"] = response
    outcome = _invoke(pool, trigger, arn, json.dumps(event).encode())
    if outcome.error:
        message = outcome.timed_out or outcome.error_message
        text = f"{trigger} failed with error {message}."
        raise CognitoError("UserLambdaValidationException", text)
    return _accepted(event, outcome.payload)


def _invoke(pool: Pool, trigger: str, arn: str, event: bytes) -> functions.Outcome:
    function = _permitted(trigger, arn, pool.arn)
    for _ in range(ATTEMPTS):
        try:
            return _calls.submit(function.run, event, asked=arn).result(PATIENCE / clock.speed())
        except TimeoutError:
            continue
        except ThrottledError:
            raise _failed(trigger, "TooManyRequestsException") from None
        except functions.RoleError:
            raise _failed(trigger, "AccessDeniedException") from None
    raise _failed(trigger, "Socket timeout while invoking Lambda function")


def _permitted(trigger: str, arn: str, pool_arn: str) -> functions.Function:
    """The function, if its resource policy lets Cognito invoke it for this pool."""
    function, account = functions.find(arn), pool_arn.split(":")[4]
    if function and permits(function.policy.statements, SERVICE, pool_arn, account):
        return function
    raise _failed(trigger, "AccessDeniedException")


def _failed(trigger: str, reason: str) -> CognitoError:
    text = f"{trigger} invocation failed due to error {reason}."
    return CognitoError("UnexpectedLambdaException", text)


def bad_response(text: str) -> CognitoError:
    return CognitoError("InvalidLambdaResponseException", text)


def _accepted(event: Event, payload: bytes) -> Response:
    """The response part of what the handler returned, if it returned the event."""
    try:
        returned = json.loads(payload)
    except ValueError:
        returned = None
    if returned is None:
        raise bad_response("Invalid lambda function output : Invalid JSON")
    if not isinstance(returned, dict) or not all(
        isinstance(returned.get(name), type(value)) for name, value in event.items()
    ):
        raise bad_response("Unrecognizable lambda output")
    response = returned["response"]
    if not fits(response):
        raise bad_response("Unrecognizable lambda output")
    return cast(Response, response)


def metadata(given: Mapping[str, object]) -> Event:
    """The request's clientMetadata: absent, not empty, when the client sent none."""
    sent = given.get("ClientMetadata")
    return {"clientMetadata": sent} if sent else {}
