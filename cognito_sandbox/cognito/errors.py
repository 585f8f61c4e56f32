"""Errors that the client sees, by AWS's names and with AWS's texts. (contract 8)"""


class CognitoError(Exception):
    """What an operation answers instead of a result."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


def invalid(message: str) -> CognitoError:
    return CognitoError("InvalidParameterException", message)


def denied(message: str) -> CognitoError:
    return CognitoError("NotAuthorizedException", message)
