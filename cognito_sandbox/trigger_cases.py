"""Which call of a user pool runs which triggers, by their sources, in order, if the pool has them.

No other call runs any. A test makes each of these calls, and all the others.
"""

from dataclasses import dataclass

PRE_SIGN_UP = "PreSignUp_SignUp"
SOME_PRE_SIGN_UP = "PreSignUp"  # of a migration: AWS does not say which source it has
CONFIRMED = "PostConfirmation_ConfirmSignUp"
MIGRATION = "UserMigration_Authentication"
BEFORE = "PreAuthentication_Authentication"
AFTER = "PostAuthentication_Authentication"
TOKENS = "TokenGeneration_Authentication"
CODE = "CustomMessage_Authentication"
DEFINE = "DefineAuthChallenge_Authentication"
CREATE = "CreateAuthChallenge_Authentication"
VERIFY = "VerifyAuthChallengeResponse_Authentication"
IN = (AFTER, TOKENS)
SIGN_IN = ("InitiateAuth", "AdminInitiateAuth")
ANSWER = ("RespondToAuthChallenge", "AdminRespondToAuthChallenge")
CHANGE = ("UpdateUserAttributes", "AdminUpdateUserAttributes")


@dataclass(frozen=True)
class Case:
    """Calls that run the same, and when they run it."""

    operations: tuple[str, ...]
    when: str
    sources: tuple[str, ...] = ()


_RUN: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = {
    ("SignUp",): {
        "a code is sent": (PRE_SIGN_UP, "CustomMessage_SignUp"),
        "no code is sent, as nothing is to be verified": (PRE_SIGN_UP,),
        "PreSignUp confirms the user": (PRE_SIGN_UP, CONFIRMED),
    },
    ("ResendConfirmationCode",): {"": ("CustomMessage_ResendCode",)},
    ("ConfirmSignUp", "AdminConfirmSignUp"): {"": (CONFIRMED,)},
    ("AdminCreateUser",): {
        "": ("PreSignUp_AdminCreateUser", "CustomMessage_AdminCreateUser"),
        "MessageAction is SUPPRESS": ("PreSignUp_AdminCreateUser",),
        "MessageAction is RESEND": ("CustomMessage_AdminCreateUser",),
    },
    SIGN_IN: {
        "USER_PASSWORD_AUTH, the password is right": (BEFORE, *IN),
        "USER_PASSWORD_AUTH, the password is wrong": (BEFORE,),
        "USER_PASSWORD_AUTH, the password is temporary": (BEFORE,),
        "USER_PASSWORD_AUTH, a code follows, by SMS or mail": (BEFORE, CODE),
        "USER_PASSWORD_AUTH, another challenge follows": (BEFORE,),
        "USER_PASSWORD_AUTH, UserMigration vouches for a new name": (
            *(MIGRATION, SOME_PRE_SIGN_UP, BEFORE),
            *IN,
        ),
        "USER_PASSWORD_AUTH, UserMigration does not, and the client tells": (MIGRATION,),
        "USER_PASSWORD_AUTH, UserMigration does not, and the client hides it": (MIGRATION, BEFORE),
        "USER_SRP_AUTH": (BEFORE,),
        "CUSTOM_AUTH": (BEFORE, DEFINE, CREATE),
        "CUSTOM_AUTH, SRP comes first": (BEFORE, DEFINE),
        "USER_AUTH, the user is asked to choose": (BEFORE,),
        "USER_AUTH, PASSWORD is preferred": (BEFORE, *IN),
        "USER_AUTH, PASSWORD_SRP is preferred": (BEFORE,),
        "USER_AUTH, EMAIL_OTP or SMS_OTP is preferred": (BEFORE, CODE),
        "USER_AUTH, the Session is ConfirmSignUp's": (BEFORE, *IN),
        "REFRESH_TOKEN_AUTH": ("TokenGeneration_RefreshTokens",),
    },
    ("GetTokensFromRefreshToken",): {"": ("TokenGeneration_RefreshTokens",)},
    ANSWER: {
        "SELECT_CHALLENGE, PASSWORD": IN,
        "SELECT_CHALLENGE, PASSWORD_SRP": (),
        "SELECT_CHALLENGE, EMAIL_OTP or SMS_OTP": (CODE,),
        "PASSWORD_VERIFIER": IN,
        "PASSWORD_VERIFIER, a code follows, by SMS or mail": (CODE,),
        "PASSWORD_VERIFIER of CUSTOM_AUTH": (DEFINE, CREATE),
        "NEW_PASSWORD_REQUIRED": (AFTER, "TokenGeneration_NewPasswordChallenge"),
        "NEW_PASSWORD_REQUIRED, a code follows, by SMS or mail": (CODE,),
        "SELECT_MFA_TYPE, SMS_MFA or EMAIL_OTP": (CODE,),
        "SELECT_MFA_TYPE, SOFTWARE_TOKEN_MFA": (),
        "MFA_SETUP, an app was set up": IN,
        "MFA_SETUP, a code follows, by mail": (CODE,),
        "SMS_MFA": IN,
        "SMS_OTP": IN,
        "EMAIL_OTP": IN,
        "SOFTWARE_TOKEN_MFA": IN,
        "DEVICE_SRP_AUTH": (),
        "DEVICE_PASSWORD_VERIFIER": (AFTER, "TokenGeneration_AuthenticateDevice"),
        "CUSTOM_CHALLENGE, DefineAuthChallenge issues tokens": (VERIFY, DEFINE, *IN),
        "CUSTOM_CHALLENGE, DefineAuthChallenge asks again": (VERIFY, DEFINE, CREATE),
        "CUSTOM_CHALLENGE, DefineAuthChallenge fails it": (VERIFY, DEFINE),
    },
    ("ForgotPassword",): {
        "": ("CustomMessage_ForgotPassword",),
        "UserMigration vouches for a new name": (
            *("UserMigration_ForgotPassword", SOME_PRE_SIGN_UP, "CustomMessage_ForgotPassword"),
        ),
    },
    ("ConfirmForgotPassword",): {"": ("PostConfirmation_ConfirmForgotPassword",)},
    ("AdminResetUserPassword",): {"": ("CustomMessage_ForgotPassword",)},
    CHANGE: {
        "an address that is to be verified": ("CustomMessage_UpdateUserAttribute",),
        "anything else": (),
    },
    ("GetUserAttributeVerificationCode",): {"": ("CustomMessage_VerifyUserAttribute",)},
}
CASES = tuple(
    Case(operations, when, sources)
    for operations, cases in _RUN.items()
    for when, sources in cases.items()
)
