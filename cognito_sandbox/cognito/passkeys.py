"""Passkeys, which are not here: each call that makes or lists them says so. (sign-in contract 5)"""

from cognito_sandbox.cognito.errors import CognitoError, invalid
from cognito_sandbox.cognito.operations import Answer, Request, operation


def refusal() -> CognitoError:
    return invalid(
        "The sandbox does not have WEB_AUTHN: sign in another way, or try it in an AWS account."
    )


@operation
def start_web_authn_registration(_: Request) -> Answer:
    raise refusal()


@operation
def complete_web_authn_registration(_: Request) -> Answer:
    raise refusal()


@operation
def list_web_authn_credentials(_: Request) -> Answer:
    raise refusal()


@operation
def delete_web_authn_credential(_: Request) -> Answer:
    raise refusal()
