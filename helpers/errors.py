"""What can go wrong in the helpers. Each error says what happened, why, and the next step.

HelpersError                    the root: catch this one to catch them all
├── NotConnectedError           no way to AWS: credentials, region or endpoint
├── ConsentNeededError          something would be created in an account before you agreed
├── DeploymentError             the stack could not be created, updated or deleted
│   └── NoStackError            there is no stack of this name, or it is not ready
├── AnswerError                 an answer that breaks its rule
├── LogsNotThereError           the function's log lines did not arrive in time
├── NothingWentWrongError       what was to be refused was let through
├── NotAsPredictedError         something else was seen than the notebook says
└── RefusedError                AWS refused a call: `code` is AWS's own, the text AWS's message
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError, WaiterError

__all__ = [
    "EXPIRED",
    "AnswerError",
    "ConsentNeededError",
    "DeploymentError",
    "HelpersError",
    "LogsNotThereError",
    "NoStackError",
    "NotAsPredictedError",
    "NotConnectedError",
    "NothingWentWrongError",
    "RefusedError",
    "told_briefly",
    "unless",
]

# What AWS says of credentials that have run out.
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId"}
NO_ANSWER = EXPIRED | {"ThrottlingException", "TooManyRequestsException"}


class HelpersError(Exception):
    """The root of all errors of the helpers."""

    afterwards = ""  # what to say of all errors, once there was a clean-up

    def _render_traceback_(self) -> list[str]:
        """In a notebook, show the message and no traceback: it says all that there is to know."""
        return [f"{type(self).__name__}: {self}{self.cure}{self.afterwards}"]

    @property
    def cure(self) -> str:
        """Where there is more about it."""
        return ""


class NotConnectedError(HelpersError):
    """There is no way to AWS."""


class ConsentNeededError(HelpersError):
    """Something would be created in an account, before you agreed to that."""


class DeploymentError(HelpersError):
    """The stack could not be brought to where it should be."""


class NoStackError(DeploymentError):
    """There is no stack of this name, or it is not ready."""


class AnswerError(HelpersError):
    """An answer does not keep to its rule."""


class LogsNotThereError(HelpersError):
    """The log lines of a function did not arrive in time."""


class NothingWentWrongError(HelpersError):
    """Something that was to be refused was let through."""


class NotAsPredictedError(HelpersError):
    """Something else was seen than the notebook says."""


class RefusedError(HelpersError):
    """AWS refused a call.

    >>> try:
    ...     cognito.sign_in(client_id, "ann", "wrong")
    ... except RefusedError as refused:
    ...     print(refused.code)
    NotAuthorizedException
    """

    latest: "RefusedError | None" = None  # for who asks what went wrong last

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message
        RefusedError.latest = self

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.code, self.message)

    @property
    def says_nothing(self) -> bool:
        """Was the call turned away before AWS looked at what it asks?"""
        return self.code in NO_ANSWER

    @property
    def cure(self) -> str:
        """The cure book has an entry for most of what AWS refuses."""
        from helpers.cures.book import find

        there = find(str(self))
        return " What to do: from helpers import cures; cures.explain()" if there else ""

    @classmethod
    def of(cls, response: Mapping[str, Any]) -> "RefusedError":
        """What AWS's answer says."""
        return cls(response["Error"]["Code"], response["Error"]["Message"])


@contextmanager
def unless(code: str) -> Iterator[None]:
    """Let this refusal pass: it is an answer, and not what went wrong last.

    >>> with unless("UserNotFoundException"), told_briefly():
    ...     cloud.client("cognito-idp").admin_delete_user(UserPoolId=pool_id, Username="ann")
    """
    before = RefusedError.latest
    try:
        yield
    except RefusedError as refused:
        if refused.code != code:
            raise
        RefusedError.latest = before


@contextmanager
def told_briefly() -> Iterator[None]:
    """Turn what boto3 raises into the errors above, without the values that were passed to it.

    >>> with told_briefly():
    ...     cloud.client("cognito-idp").describe_user_pool(UserPoolId=pool_id)
    """
    try:
        yield
    except ClientError as error:
        raise RefusedError.of(error.response) from None
    except ParamValidationError as error:
        told = re.sub(r", value: .*?(, (type|valid)|$)", r"\1", str(error), flags=re.MULTILINE)
        raise AnswerError(told.replace("\n", " ")) from None
    except BotoCoreError as error:
        if isinstance(error, WaiterError) and "Error" in error.last_response:
            raise RefusedError.of(error.last_response) from None
        raise NotConnectedError(
            f"AWS did not answer ({type(error).__name__}). Is the sandbox still running, or the "
            "network up? Run this again; if it stays so: cloud.connect()"
        ) from None
