"""How a command ends: with a number for scripts, and a line for people where it went wrong."""

from urllib.error import URLError

FAILED, WRONG_USE, NO_SANDBOX = 1, 2, 3
ENDINGS = """\
Ends with 0 when it is done, 1 when what was asked for failed or the sandbox does not have it,
2 when it was asked wrongly (with a file that cannot be read, too), 3 when no sandbox answers."""
WRONG = {
    *("InvalidParameterValueException", "MalformedPolicyDocument"),
    *("ValidationError", "ValidationException"),
}


class CommandError(Exception):
    """What was asked for cannot be done; the message says why, and what to do."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


def foreign_errors() -> tuple[type[Exception], ...]:
    """What ends any command as well; botocore loads slowly, so only where something went wrong."""
    from botocore.exceptions import BotoCoreError, ClientError

    from cognito_sandbox.testing.errors import TestingError

    return BotoCoreError, ClientError, TestingError, *lost()


def lost() -> tuple[type[Exception], ...]:
    """What is raised where the sandbox has ended meanwhile."""
    from botocore import exceptions

    return exceptions.ConnectionError, exceptions.HTTPClientError, URLError, ConnectionResetError


def told(error: Exception) -> CommandError:
    """The same in the command's words."""
    if isinstance(error, lost()):
        return CommandError(f"The sandbox does not answer any more: {error}", NO_SANDBOX)
    return CommandError(str(error), WRONG_USE if _was_asked_wrongly(error) else FAILED)


def _was_asked_wrongly(error: Exception) -> bool:
    """Whether it is what was said that is wrong, not what came of it."""
    from botocore.exceptions import ClientError

    from cognito_sandbox.testing.errors import DeploymentError, HandlerError

    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] in WRONG
    return not isinstance(error, DeploymentError | HandlerError)
