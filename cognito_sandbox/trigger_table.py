"""Triggers at a glance: which operation runs which, what each may answer, what a failure becomes.

The command and the documentation's page show it, and a test holds it against what happens.
"""

from dataclasses import dataclass
from typing import Literal

PRE_SIGN_UP = "PreSignUp_SignUp"
SOME_PRE_SIGN_UP = "PreSignUp"  # of a migration: AWS does not say which source it has
CONFIRMED = "PostConfirmation_ConfirmSignUp"
BEFORE = "PreAuthentication_Authentication"
AFTER = "PostAuthentication_Authentication"
TOKENS = "TokenGeneration_Authentication"
FACTOR_MESSAGE = "CustomMessage_Authentication"
DEFINE = "DefineAuthChallenge_Authentication"
CREATE = "CreateAuthChallenge_Authentication"
VERIFY = "VerifyAuthChallengeResponse_Authentication"
Left = Literal["no user", "the user, UNCONFIRMED", "the user, CONFIRMED", "the user, as before"]


@dataclass(frozen=True)
class Case:
    """A call, and the sources of the triggers that it runs, if the pool has them, in order."""

    operation: str
    when: str
    sources: tuple[str, ...] = ()


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


CASES = (
    Case("SignUp", "a code is sent", (PRE_SIGN_UP, "CustomMessage_SignUp")),
    Case("SignUp", "PreSignUp confirms the user", (PRE_SIGN_UP, CONFIRMED)),
    Case("ResendConfirmationCode", "", ("CustomMessage_ResendCode",)),
    Case("ConfirmSignUp", "", (CONFIRMED,)),
    Case("AdminConfirmSignUp", "", (CONFIRMED,)),
    Case("AdminCreateUser", "", ("PreSignUp_AdminCreateUser", "CustomMessage_AdminCreateUser")),
    Case("AdminCreateUser", "MessageAction is SUPPRESS", ("PreSignUp_AdminCreateUser",)),
    Case("InitiateAuth", "the password is right", (BEFORE, AFTER, TOKENS)),
    Case("InitiateAuth", "the password is wrong", (BEFORE,)),
    Case("InitiateAuth", "the password is temporary", (BEFORE,)),
    Case(
        "InitiateAuth", "a second factor follows, by SMS", (BEFORE, "CustomMessage_Authentication")
    ),
    Case(
        "InitiateAuth",
        "nobody has the name, and the password comes along",
        ("UserMigration_Authentication", SOME_PRE_SIGN_UP, BEFORE, AFTER, TOKENS),
    ),
    Case("InitiateAuth", "USER_SRP_AUTH", (BEFORE,)),
    Case("InitiateAuth", "CUSTOM_AUTH", (BEFORE, DEFINE, CREATE)),
    Case("InitiateAuth", "REFRESH_TOKEN_AUTH", ("TokenGeneration_RefreshTokens",)),
    Case("GetTokensFromRefreshToken", "", ("TokenGeneration_RefreshTokens",)),
    Case("AdminInitiateAuth", "the password is right", (BEFORE, AFTER, TOKENS)),
    Case(
        "RespondToAuthChallenge",
        "NEW_PASSWORD_REQUIRED",
        (AFTER, "TokenGeneration_NewPasswordChallenge"),
    ),
    Case("RespondToAuthChallenge", "SMS_MFA", (AFTER, TOKENS)),
    Case("RespondToAuthChallenge", "PASSWORD_VERIFIER", (AFTER, TOKENS)),
    Case(
        "RespondToAuthChallenge",
        "CUSTOM_CHALLENGE, and the answer is right",
        (VERIFY, DEFINE, AFTER, TOKENS),
    ),
    Case(
        "RespondToAuthChallenge",
        "CUSTOM_CHALLENGE, and DefineAuthChallenge asks again",
        (VERIFY, DEFINE, CREATE),
    ),
    Case(
        "RespondToAuthChallenge",
        "DEVICE_PASSWORD_VERIFIER",
        (AFTER, "TokenGeneration_AuthenticateDevice"),
    ),
    Case("ForgotPassword", "", ("CustomMessage_ForgotPassword",)),
    Case(
        "ForgotPassword",
        "nobody has the name",
        ("UserMigration_ForgotPassword", SOME_PRE_SIGN_UP, "CustomMessage_ForgotPassword"),
    ),
    Case("ConfirmForgotPassword", "", ("PostConfirmation_ConfirmForgotPassword",)),
    Case("AdminResetUserPassword", "", ("CustomMessage_ForgotPassword",)),
    Case("UpdateUserAttributes", "to be verified", ("CustomMessage_UpdateUserAttribute",)),
    Case("AdminUpdateUserAttributes", "to be verified", ("CustomMessage_UpdateUserAttribute",)),
    Case("GetUserAttributeVerificationCode", "", ("CustomMessage_VerifyUserAttribute",)),
    Case("VerifyUserAttribute", ""),
    Case("AdminSetUserPassword", ""),
    Case("ChangePassword", ""),
    Case("GetUser", ""),
    Case("GlobalSignOut", ""),
)

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
)


def of(trigger: str) -> str:
    """The trigger that the first word of a source means."""
    return trigger.partition("_")[0].replace("TokenGeneration", "PreTokenGeneration")
