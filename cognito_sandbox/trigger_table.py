"""Triggers at a glance: what each may answer, what it stops and leaves, what a failure becomes.

The command and the documentation's page show it, and a test holds it against what happens.
"""

from dataclasses import dataclass
from typing import Literal

Left = Literal["no user", "the user, CONFIRMED", "the user, as before"]


@dataclass(frozen=True)
class Trigger:
    """What a handler may answer, by members of the event's response; what is left if it raises."""

    name: str
    answers: tuple[str, ...]
    left: Left
    stops: str  # what does not come about


@dataclass(frozen=True)
class Failure:
    """What the caller is told; `{trigger}` is the trigger's name, {…} what the function said."""

    what: str
    kind: str
    text: str


TRIGGERS = (
    Trigger(
        "PreSignUp",
        ("autoConfirmUser", "autoVerifyEmail", "autoVerifyPhone"),
        "no user",
        "the sign-up",
    ),
    Trigger("PostConfirmation", (), "the user, CONFIRMED", "nothing: only the answer is an error"),
    Trigger("PreAuthentication", (), "the user, as before", "the sign-in"),
    Trigger("PostAuthentication", (), "the user, as before", "the sign-in: there are no tokens"),
    Trigger(
        "PreTokenGeneration",
        ("claimsOverrideDetails", "claimsAndScopeOverrideDetails (V2_0, V3_0)"),
        "the user, as before",
        "the sign-in, or the refresh: there are no tokens",
    ),
    Trigger(
        "UserMigration",
        (
            *("userAttributes", "finalUserStatus", "messageAction", "desiredDeliveryMediums"),
            *("forceAliasCreation", "enableSMSMFA"),
        ),
        "no user",
        "the migration, and the sign-in",
    ),
    Trigger(
        "CustomMessage",
        ("smsMessage", "emailMessage", "emailSubject"),
        "the user, as before",
        "the message (whether SignUp leaves its user, AWS does not say)",
    ),
    Trigger(
        "DefineAuthChallenge",
        ("challengeName", "issueTokens", "failAuthentication"),
        "the user, as before",
        "the sign-in",
    ),
    Trigger(
        "CreateAuthChallenge",
        ("publicChallengeParameters", "privateChallengeParameters", "challengeMetadata"),
        "the user, as before",
        "the sign-in",
    ),
    Trigger(
        "VerifyAuthChallengeResponse", ("answerCorrect",), "the user, as before", "the sign-in"
    ),
)

RAISED, FAULT, BAD = (
    "UserLambdaValidationException",
    "UnexpectedLambdaException",
    "InvalidLambdaResponseException",
)
INVOKED = "{trigger} invocation failed due to error"
FAILURES = (
    Failure("The handler raises", RAISED, "{trigger} failed with error {…}."),
    Failure(
        "Its module cannot be imported",
        RAISED,
        "{trigger} failed with error Unable to import module '{…}': {…}.",
    ),
    Failure(
        "Its process ends",
        RAISED,
        "{trigger} failed with error RequestId: {…} Error: Runtime exited with error: {…}.",
    ),
    Failure(
        "The function's own time limit is over",
        RAISED,
        "{trigger} failed with error {…} Task timed out after {…} seconds.",
    ),
    Failure(
        "There is no answer within 5 seconds, three times",
        FAULT,
        f"{INVOKED} Socket timeout while invoking Lambda function.",
    ),
    Failure(
        "Cognito may not invoke the function, or it is gone",
        FAULT,
        f"{INVOKED} AccessDeniedException.",
    ),
    Failure("The handler returns nothing", BAD, "Invalid lambda function output : Invalid JSON"),
    Failure("It returns something else than the event", BAD, "Unrecognizable lambda output"),
    Failure("Its response asks for what cannot be", BAD, "{…}"),  # AWS's texts were not found
    Failure(
        "UserMigration returns no event, and the app client hides who exists",
        "UserNotFoundException",
        "Exception migrating user in app client {…}",
    ),
)


def of(trigger: str) -> str:
    """The trigger that the first word of a source means."""
    return trigger.partition("_")[0].replace("TokenGeneration", "PreTokenGeneration")
