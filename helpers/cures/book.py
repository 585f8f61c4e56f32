"""The cure book: each error of the triggers, its likely causes in order, and what to do."""

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpers._inner.tables import Table

__all__ = ["CURES", "Cure", "find"]

SEE_LOG = "read `logs.table(function)`"


@dataclass(frozen=True, repr=False)
class Cure:
    """One error: how it is recognised, what happened, and the likely causes in order."""

    error: str
    sign: str  # is in the error's text
    happened: str
    causes: tuple[tuple[str, str], ...]  # what it may be, and how to check and mend it

    @property
    def table(self) -> "Table":
        """The likely causes in order, each with its check and cure."""
        from helpers._inner.tables import Table

        return Table(self.causes, columns=["Likely cause", "Check and cure"])

    def __repr__(self) -> str:
        return f"{self.error}\n{self.happened}\n\n{self.table!r}"

    def _repr_html_(self) -> str:
        title = f"<p><b>{escape(self.error)}</b><br>{escape(self.happened)}</p>"
        return f"{title}\n{self.table._repr_html_()}"


CURES = (
    Cure(
        "The function cannot be imported",
        "Unable to import module",
        "Lambda could not load the function's code, so the handler never ran.",
        (
            ("A module is missing in the zip", "pack it, or use a layer; boto3 is there already"),
            ("The handler setting names another file", "it must be `file.function`"),
        ),
    ),
    Cure(
        "The function's own time limit",
        "Task timed out",
        "The function took longer than its `Timeout`, and Lambda ended it.",
        (
            ("`Timeout` is 3 seconds by default", "set it to 5: Cognito waits no longer"),
            ("A call inside waits for long", "give the client short timeouts and few retries"),
            ("A slow cold start", "more memory is more CPU; make clients once, at the top"),
        ),
    ),
    Cure(
        "The function's process ended",
        "Runtime exited",
        "The process died in the middle: no exception, no answer.",
        (
            ("`sys.exit`, or a crash in a native library", SEE_LOG),
            ("Out of memory", "compare Max Memory Used with Memory Size in the REPORT line"),
        ),
    ),
    Cure(
        "The function raised",
        "failed with error",
        "The handler raised; the person sees the exception's text, and Cognito stops there.",
        (
            ("It refuses on purpose", "nothing to mend; Cognito adds the period to your text"),
            ("A bug", f"{SEE_LOG}: the traceback is there"),
            ("Its role lacks a permission", "AccessDenied in the log: add it to the role"),
            ("A PreSignUp function refuses a user who is migrated", "PreSignUp runs then, too"),
            ("It changes a response member that is null", "assign it: `response[...] = {...}`"),
            ("It reads a key that is not always there", "`.get`: clientMetadata may be absent"),
        ),
    ),
    Cure(
        "No answer within five seconds",
        "Socket timeout while invoking Lambda function",
        "Cognito waited five seconds, three times, and gave up. All three runs may have ended.",
        (
            ("Slow work inside the handler", "put it into a queue, and return the event"),
            ("`Timeout` above 5 seconds", "it does not help; make the handler quicker"),
            ("Work was done three times", "make it idempotent: set, do not add"),
        ),
    ),
    Cure(
        "Cognito may not run the function",
        "AccessDeniedException",
        "The trigger names a function that Cognito may not invoke, or that is not there.",
        (
            ("No statement in its resource policy", "`permissions.allow(pool_id, function)`"),
            ("The statement is for another pool", "compare `permissions.table(function)`"),
            ("The function was deleted", "`triggers.remove_trigger(pool_id, trigger)`"),
        ),
    ),
    Cure(
        "Too many at once",
        "TooManyRequestsException",
        "Lambda or Cognito has more calls than it may take just now.",
        (
            ("No run is left of the function's reserved ones", "raise or remove that limit"),
            ("No run is left of the account's", "ask AWS for more: Service Quotas, Lambda"),
            ("More calls of the API than the account has in a second", "wait longer each time"),
        ),
    ),
    Cure(
        "Too many calls of the API",
        "ThrottlingException",
        "A service has more calls than the account may make in a second; this one it did not do.",
        (
            ("A loop of calls", "fewer of them; `get_paginator` for pages, batches for writes"),
            ("Others in the account call, too", "wait longer each time, and run the cell again"),
            ("boto3 gives up too early", '`Config(retries={"mode": "adaptive"})` for the client'),
        ),
    ),
    Cure(
        "There is no such function",
        "Function not found",
        "No function of this name is in this account and region.",
        (
            ("A typing error", "compare `stack.outputs()`"),
            ("It is elsewhere", "`cloud.connect()` says which account and region this is"),
            ("The stack was deleted, or the sandbox is new", "`stack.deploy()`"),
        ),
    ),
    Cure(
        "Nothing was returned",
        "Invalid lambda function output : Invalid JSON",
        "The handler returned None, which is no event.",
        (("A path without `return event`", "return the event on every path"),),
    ),
    Cure(
        "Something else was returned",
        "Unrecognizable lambda output",
        "What came back is JSON, but not the event with a valid response.",
        (
            ("Only the response was returned", "return the whole event that came in"),
            ("A flag is no flag", '`autoConfirmUser` is `True`, and not `"true"`'),
            ("An attribute is no string", '`email_verified` is `"true"`, and not `True`'),
            ("`userAttributes` is no dictionary", "`{name: value}`, and not a list of pairs"),
        ),
    ),
    Cure(
        "Verified, but not confirmed",
        "cannot be auto verified",
        "PreSignUp set autoVerifyEmail or autoVerifyPhone without autoConfirmUser.",
        (("The flags depend on each other", "set `autoConfirmUser` as well, or neither"),),
    ),
    Cure(
        "The user must confirm first",
        "UserNotConfirmedException",
        "The account exists, and nobody entered the code yet; the password was not looked at.",
        (
            ("The code is still to be entered", "`cognito.confirm_sign_up`"),
            ("PreSignUp did not confirm", SEE_LOG),
            ("Someone else took the name", "import users, or reserve their names, before you open"),
        ),
    ),
    Cure(
        "The password must be reset",
        "PasswordResetRequiredException",
        "The account is in RESET_REQUIRED: no password works until a new one is set.",
        (
            ("Just migrated without CONFIRMED", "`cognito.forgot_password`, then confirm it"),
            ("An administrator reset it", "the same"),
        ),
    ),
    Cure(
        "No address to send a code to",
        "no registered/verified email or phone_number",
        "The user has no verified address, so the password cannot be recovered.",
        (
            ("Auto-confirmed, not auto-verified", "set `autoVerifyEmail` in PreSignUp, too"),
            ("Migrated without `email_verified`", 'return it as the string `"true"`'),
            ("Such users exist already", "set email_verified with AdminUpdateUserAttributes"),
        ),
    ),
    Cure(
        "Unknown user",
        "UserNotFoundException",
        "Cognito does not know this name, and no function vouched for it.",
        (
            ("No UserMigration trigger", "`triggers.table(pool_id)`"),
            ("The function knows nobody of that name", SEE_LOG),
            ("It returned no userAttributes", "`invoke` it with an event, and look at the changes"),
        ),
    ),
    Cure(
        "Wrong name or password, or so it says",
        "Incorrect username or password",
        "Cognito does not say which, and hides other troubles behind the same words.",
        (
            ("The password is wrong", "`cognito.forgot_password`"),
            ("PreventUserExistenceErrors hides that the user is unknown", "look at the pool"),
            ("The migration function made the user itself", "only return the attributes"),
        ),
    ),
    Cure(
        "The sign-in flow is switched off",
        "flow not enabled for this client",
        "The app client does not allow this way to sign in; no trigger ran.",
        (("ExplicitAuthFlows lacks it", "add ALLOW_USER_PASSWORD_AUTH; migration needs it"),),
    ),
    Cure(
        "The name is taken",
        "UsernameExistsException",
        "There is a user of this name; PreSignUp did not run.",
        (
            ("Signed up before", "sign in, or delete the user and repeat"),
            ("Migrated before, or a squatter", "`cognito.admin_get_user(pool_id, name)`"),
        ),
    ),
    Cure(
        "A wrong code",
        "CodeMismatchException",
        "The code is not the one that was sent last.",
        (("A typing error, or an older mail", "enter the newest, or have one sent again"),),
    ),
    Cure(
        "An old code",
        "ExpiredCodeException",
        "The code was used, is too old, or was never asked for.",
        (("It was used, or its time is over", "have one sent again"),),
    ),
    Cure(
        "Too many tries",
        "Attempt limit exceeded",
        "One user asked for, or entered, too many codes in an hour. (The sandbox sets no limit.)",
        (
            ("The same user, tried over and over", "wait an hour, or try with another user"),
            ("An app that asks again at every error", "ask once, and show what Cognito said"),
        ),
    ),
    Cure(
        "A session that is no longer good",
        "Invalid session for the user",
        "A challenge's session is good for the next step of that sign-in, once, and for minutes.",
        (
            ("Its time is over: three minutes, unless set otherwise", "sign in anew"),
            ("A later step brought a newer one", "answer with that one, or sign in anew"),
            ("It was used: that step is done", "go on with the next step"),
        ),
    ),
    Cure(
        "A device that was forgotten",
        "Device does not exist",
        "The sign-in names a device that the user does not have, or no longer has.",
        (
            (
                "The user, or an administrator, forgot it",
                "drop its key, sign in without one, and confirm the device anew",
            ),
            ("It is another user's", "keep a key for each user"),
        ),
    ),
    Cure(
        "A token that has expired",
        "Token has expired",
        "The sign-in was long ago: an access token holds for an hour, unless set otherwise.",
        (
            (
                "The access token's time is over",
                "`signing_in.get_tokens_from_refresh_token`, or sign in again",
            ),
            ("The refresh token's time is over, too", "sign in again"),
        ),
    ),
    Cure(
        "A weak password",
        "InvalidPasswordException",
        "The password breaks the pool's policy; no trigger ran.",
        (("The policy asks for more", "`prompts.describe(cognito.password_policy(pool_id))`"),),
    ),
    Cure(
        "A password that is too short to be looked at",
        "Value at 'password' failed to satisfy constraint",
        "Below 6 characters Cognito does not even compare it with the pool's policy.",
        (("Fewer than 6 characters", "the policy's rules: `cognito.password_policy(pool_id)`"),),
    ),
    Cure(
        "A migrated user got a welcome mail",
        "Your temporary password",
        "The migration worked, and Cognito greeted the person as if they were new.",
        (("`messageAction` is not set", '`response["messageAction"] = "SUPPRESS"`, in capitals'),),
    ),
    Cure(
        "No code is sent any more",
        "no code was sent",
        "Nobody refused anything, but new users get no mail.",
        (
            (
                "UpdateUserPool reset AutoVerifiedAttributes",
                "pass all of `triggers.settings(pool)`",
            ),
            ("The user was confirmed by PreSignUp", "then none is needed"),
        ),
    ),
    Cure(
        "The function does not run",
        "does not run",
        "No error and no log: Cognito had no reason to run it.",
        (
            ("It is not set as a trigger", "`triggers.table(pool_id)`"),
            ("UserMigration: the app signs in with SRP", "use USER_PASSWORD_AUTH for migrating"),
            (
                "UserMigration: it was a sign-up, or the user exists",
                "it runs at sign-ins and forgotten passwords of unknown users only",
            ),
            ("PostAuthentication: the sign-in was refused", "use PreAuthentication to see those"),
        ),
    ),
)


def find(text: str) -> Cure | None:
    """The cure for an error's text, if there is one.

    >>> find("UserNotConfirmedException: User is not confirmed.").error
    'The user must confirm first'
    """
    return next((cure for cure in CURES if cure.sign in text or cure.error == text), None)
