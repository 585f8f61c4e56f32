"""boto3 sessions for the sandbox and for an account, and what stands in their way, in words."""

import os
from collections.abc import Callable
from typing import Any

import botocore.session
from boto3 import Session  # its package first: another thread may be importing it just now
from botocore import exceptions as problems
from botocore.config import Config
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES as VARIABLES
from botocore.parsers import ResponseParserError

from helpers.errors import EXPIRED, NotConnectedError


class _Core(botocore.session.Session):
    """What a session is made of; its clients go to one address, unless they are given another."""

    def __init__(self, address: Callable[[], str | None], variables: Any) -> None:
        super().__init__(session_vars=variables)
        self._address = address

    def create_client(self, *given: Any, **named: Any) -> Any:
        """As ever, but to this address; it is asked for only now, when there must be one."""
        address = named.get("endpoint_url") or self._address()
        return super().create_client(*given, **named | {"endpoint_url": address})


def sandbox(
    region: str, access_key: str, secret_key: str, address: Callable[[], str | None]
) -> Session:
    """A session that reads nothing of the reader's AWS configuration, and uses no proxy."""
    unset = {name: (None, None, *rest) for name, (_, _, *rest) in VARIABLES.items()}
    nowhere = (None, None, os.devnull, None)
    unset |= {"config_file": nowhere, "credentials_file": nowhere}
    core = _Core(address, unset)
    core.set_default_client_config(Config(proxies={}))
    return Session(access_key, secret_key, None, region, core)


def account(profile: str | None, region: str | None) -> Session:
    """The reader's usual session, if it has credentials and a region."""
    try:
        session = Session(profile_name=profile, region_name=region)
        credentials = session.get_credentials()
    except problems.ProfileNotFound as error:
        raise NotConnectedError(f"{error}. List yours with: aws configure list-profiles") from None
    except problems.BotoCoreError as error:
        raise NotConnectedError(_explain(error)) from None
    if credentials is None:
        raise NotConnectedError(
            "No AWS credentials were found. Set them up with: aws configure sso (or aws configure)"
        )
    if not session.region_name:
        raise NotConnectedError(
            "No AWS region is chosen. Choose one with: aws configure set region eu-central-1"
        )
    return session


def identity(session: Session) -> dict[str, str]:
    """Account and caller, or why AWS does not say."""
    soon = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})
    try:
        sts = session.client("sts", config=soon)
        found = sts.get_caller_identity()
        return {"Account": found["Account"], "Arn": found["Arn"]}
    except problems.ClientError as error:
        raise NotConnectedError(_explain_refusal(error)) from None
    except problems.BotoCoreError as error:
        raise NotConnectedError(_explain(error)) from None
    except (KeyError, ResponseParserError, ValueError) as error:
        found_out = type(error).__name__
        raise NotConnectedError(f"What answers there is not AWS ({found_out}). {LOOK}") from None


LOOK = "Look at your settings, AWS_ENDPOINT_URL among them: aws configure list"
UNREACHABLE = (
    problems.EndpointConnectionError,
    problems.ConnectTimeoutError,
    problems.ReadTimeoutError,
    problems.ConnectionClosedError,
)


def _explain_refusal(error: problems.ClientError) -> str:
    code = error.response.get("Error", {}).get("Code", "no reason")
    if code in EXPIRED:
        return "Your AWS credentials have expired or are not valid. Renew them: aws sso login"
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
        return f"AWS has a problem ({code}), or what answers there is not AWS. {LOOK}"
    return f"AWS does not let you in ({code}). Check who you are: aws sts get-caller-identity"


def _explain(error: problems.BotoCoreError) -> str:
    if isinstance(error, UNREACHABLE):
        return f"AWS cannot be reached ({error}). Check your network. {LOOK}"
    if "Token" in type(error).__name__ or "SSO" in type(error).__name__:
        return f"Your AWS sign-in has expired ({error}). Renew it with: aws sso login"
    return f"AWS is not set up ({error}). {LOOK}"
