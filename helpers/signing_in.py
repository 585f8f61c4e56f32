"""Signing in, one step at a time: each answer is tokens, or the challenge that comes first.

Parameters have Cognito's own names.

>>> signing_in.initiate_auth(client_id, "USER_PASSWORD_AUTH", USERNAME="ann", PASSWORD=password)
Tokens(access=eyJ..., identity=eyJ...)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from helpers import cloud, srp
from helpers.errors import AnswerError, told_briefly

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.literals import AuthFlowTypeType

__all__ = [
    "Challenge",
    "NewDevice",
    "Tokens",
    "admin_initiate_auth",
    "admin_respond_to_auth_challenge",
    "get_tokens_from_refresh_token",
    "global_sign_out",
    "initiate_auth",
    "respond_to_auth_challenge",
    "sign_in_by_srp",
]

BEGIN = "begin with signing_in.initiate_auth, and give what it returns."


@dataclass(frozen=True)
class NewDevice:
    """A device that Cognito did not know yet (see `devices.confirm_device`)."""

    key: str
    group: str


@dataclass(frozen=True, repr=False)
class Tokens:
    """What a sign-in yields. Shown, a token is only its first characters."""

    access: str
    identity: str
    refresh: str | None
    seconds: int
    new_device: NewDevice | None = None

    def __repr__(self) -> str:
        return f"Tokens(access={self.access[:8]}…, identity={self.identity[:8]}…)"


@dataclass(frozen=True)
class Challenge:
    """What Cognito asks for before it lets in; the session and the parameters are not shown."""

    name: str
    username: str
    choices: tuple[str, ...] = ()
    session: str | None = field(default=None, repr=False)
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)


def initiate_auth(
    client_id: str, flow: "AuthFlowTypeType", **parameters: str
) -> Tokens | Challenge:
    """Begin to sign in.

    >>> initiate_auth(client_id, "USER_PASSWORD_AUTH", USERNAME="ann", PASSWORD=password)
    Tokens(access=eyJ..., identity=eyJ...)
    """
    with told_briefly():
        answer = cloud.client("cognito-idp").initiate_auth(
            ClientId=client_id, AuthFlow=flow, AuthParameters=parameters
        )
    return _next(answer, parameters.get("USERNAME", ""))


def admin_initiate_auth(
    pool_id: str, client_id: str, flow: "AuthFlowTypeType", **parameters: str
) -> Tokens | Challenge:
    """Begin to sign a user in, as an administrator.

    >>> admin_initiate_auth(
    ...     pool_id, client_id, "ADMIN_USER_PASSWORD_AUTH", USERNAME="ann", PASSWORD=password
    ... )
    Tokens(access=eyJ..., identity=eyJ...)
    """
    with told_briefly():
        answer = cloud.client("cognito-idp").admin_initiate_auth(
            UserPoolId=pool_id, ClientId=client_id, AuthFlow=flow, AuthParameters=parameters
        )
    return _next(answer, parameters.get("USERNAME", ""))


def respond_to_auth_challenge(
    client_id: str, challenge: Challenge, session: str | None = None, **responses: str
) -> Tokens | Challenge:
    """Answer a challenge; `session` is a newer one than the challenge's, where there is one.

    >>> own = srp.Secret()
    >>> challenge = initiate_auth(client_id, "USER_SRP_AUTH", USERNAME="ann", SRP_A=own.public)
    >>> proof = own.proof(challenge.parameters, srp.group(pool_id), "ann", password)
    >>> respond_to_auth_challenge(client_id, challenge, **proof)
    Tokens(access=eyJ..., identity=eyJ...)
    """
    with told_briefly():
        answer = cloud.client("cognito-idp").respond_to_auth_challenge(
            ClientId=client_id, **_responses(challenge, session, responses)
        )
    return _next(answer, challenge.username)


def admin_respond_to_auth_challenge(
    pool_id: str,
    client_id: str,
    challenge: Challenge,
    session: str | None = None,
    **responses: str,
) -> Tokens | Challenge:
    """Answer a challenge for a user, as an administrator.

    >>> own = srp.Secret()
    >>> challenge = admin_initiate_auth(
    ...     pool_id, client_id, "USER_SRP_AUTH", USERNAME="ann", SRP_A=own.public
    ... )
    >>> proof = own.proof(challenge.parameters, srp.group(pool_id), "ann", password)
    >>> admin_respond_to_auth_challenge(pool_id, client_id, challenge, **proof)
    Tokens(access=eyJ..., identity=eyJ...)
    """
    with told_briefly():
        answer = cloud.client("cognito-idp").admin_respond_to_auth_challenge(
            UserPoolId=pool_id, ClientId=client_id, **_responses(challenge, session, responses)
        )
    return _next(answer, challenge.username)


def sign_in_by_srp(
    pool_id: str, client_id: str, username: str, password: str, **parameters: str
) -> Tokens | Challenge:
    """Prove the password instead of sending it, as most apps do (USER_SRP_AUTH).

    >>> sign_in_by_srp(pool_id, client_id, "ann", password)
    Tokens(access=eyJ..., identity=eyJ...)
    """
    own = srp.Secret()
    asked = initiate_auth(
        client_id, "USER_SRP_AUTH", USERNAME=username, SRP_A=own.public, **parameters
    )
    if isinstance(asked, Tokens):
        return asked
    proof = own.proof(asked.parameters, srp.group(pool_id), asked.username, password)
    return respond_to_auth_challenge(client_id, asked, **proof, **parameters)


def get_tokens_from_refresh_token(
    client_id: str, refresh_token: str, device_key: str | None = None
) -> Tokens:
    """New tokens for a sign-in that goes on; a device of its own must be named.

    >>> get_tokens_from_refresh_token(client_id, tokens.refresh)
    Tokens(access=eyJ..., identity=eyJ...)
    """
    named: Any = {"DeviceKey": device_key} if device_key else {}
    with told_briefly():
        answer = cloud.client("cognito-idp").get_tokens_from_refresh_token(
            ClientId=client_id, RefreshToken=refresh_token, **named
        )
    return _tokens(answer["AuthenticationResult"])


def global_sign_out(access_token: str) -> None:
    """End all of the user's sign-ins.

    >>> global_sign_out(tokens.access)
    """
    with told_briefly():
        cloud.client("cognito-idp").global_sign_out(AccessToken=access_token)


def _responses(
    challenge: Challenge, session: str | None, responses: Mapping[str, str]
) -> dict[str, Any]:
    if not isinstance(challenge, Challenge):
        is_over = "these are tokens already." if isinstance(challenge, Tokens) else BEGIN
        raise AnswerError(f"This is no challenge to answer: {is_over}")
    latest = session or challenge.session
    return {
        "ChallengeName": challenge.name,
        "ChallengeResponses": {"USERNAME": challenge.username, **responses},
        **({"Session": latest} if latest else {}),
    }


def _next(answer: Mapping[str, Any], username: str) -> Tokens | Challenge:
    """What came of a step; the user may turn out to have another name than was typed."""
    if "ChallengeName" not in answer:
        return _tokens(answer["AuthenticationResult"])
    parameters = answer.get("ChallengeParameters", {})
    return Challenge(
        answer["ChallengeName"],
        parameters.get("USER_ID_FOR_SRP") or parameters.get("USERNAME") or username,
        tuple(answer.get("AvailableChallenges", ())),
        answer.get("Session"),
        parameters,
    )


def _tokens(result: Mapping[str, Any]) -> Tokens:
    device = result.get("NewDeviceMetadata")
    return Tokens(
        result["AccessToken"],
        result["IdToken"],
        result.get("RefreshToken"),
        result["ExpiresIn"],
        NewDevice(device["DeviceKey"], device["DeviceGroupKey"]) if device else None,
    )
