"""Accounts of a user pool: sign-up, passwords and users, one function for each action.

What AWS refuses is raised as RefusedError, with AWS's code and message.

>>> from helpers import cognito
>>> cognito.sign_up(client_id, "ann", password, "ann@example.com").confirmed
False
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from helpers import cloud
from helpers.errors import RefusedError, told_briefly, unless
from helpers.signing_in import Tokens, initiate_auth

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import (
        AttributeTypeTypeDef,
        PasswordPolicyTypeTypeDef,
        SignUpRequestTypeDef,
        UserPoolDescriptionTypeTypeDef,
    )

__all__ = [
    "SignUp",
    "User",
    "admin_create_user",
    "admin_delete_user",
    "admin_get_user",
    "admin_set_user_password",
    "change_password",
    "confirm_forgot_password",
    "confirm_sign_up",
    "delete_user",
    "forgot_password",
    "list_user_pools",
    "list_users",
    "password_policy",
    "resend_confirmation_code",
    "sign_in",
    "sign_up",
]


@dataclass(frozen=True)
class SignUp:
    """What came of a sign-up; `code_sent_to` is masked, and None if no code was sent."""

    user_id: str
    confirmed: bool
    code_sent_to: str | None

    def __str__(self) -> str:
        state = "confirmed" if self.confirmed else "not confirmed"
        sent = (
            f"a code was sent to {self.code_sent_to}" if self.code_sent_to else "no code was sent"
        )
        return f"Signed up: {state}, {sent}."


@dataclass(frozen=True)
class User:
    """A user as the pool has it; the attributes are sorted by their names."""

    username: str
    status: str
    enabled: bool
    created: datetime
    attributes: dict[str, str]


def list_user_pools() -> list["UserPoolDescriptionTypeTypeDef"]:
    """All user pools, from every page: the hello of user pools.

    >>> [pool["Name"] for pool in list_user_pools()]
    """
    with told_briefly():
        pages = _api().get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 60})
        return [pool for page in pages for pool in page["UserPools"]]


def password_policy(pool_id: str) -> "PasswordPolicyTypeTypeDef":
    """What the pool asks of a password.

    >>> prompts.ask_password(policy=password_policy(pool_id))
    """
    with told_briefly():
        pool = _api().describe_user_pool(UserPoolId=pool_id)["UserPool"]
    return pool["Policies"]["PasswordPolicy"]


def sign_up(
    client_id: str,
    username: str,
    password: str,
    email: str,
    validation_data: dict[str, str] | None = None,
) -> SignUp:
    """Sign a new user up; PreSignUp alone sees the validation data.

    >>> sign_up(client_id, "ann", password, "ann@example.com").confirmed
    False
    """
    request: SignUpRequestTypeDef = {
        "ClientId": client_id,
        "Username": username,
        "Password": password,
        "UserAttributes": _listed({"email": email}),
    }
    if validation_data:
        request["ValidationData"] = _listed(validation_data)
    with told_briefly():
        answer = _api().sign_up(**request)
    return SignUp(answer["UserSub"], answer["UserConfirmed"], _destination(answer))


def confirm_sign_up(client_id: str, username: str, code: str) -> None:
    """Confirm a sign-up with the code that the user was sent.

    >>> confirm_sign_up(client_id, "ann", code)
    """
    with told_briefly():
        _api().confirm_sign_up(ClientId=client_id, Username=username, ConfirmationCode=code)


def resend_confirmation_code(client_id: str, username: str) -> str | None:
    """Send the code again; where it went, masked.

    >>> resend_confirmation_code(client_id, "ann")
    'a***@e***'
    """
    with told_briefly():
        return _destination(_api().resend_confirmation_code(ClientId=client_id, Username=username))


def sign_in(client_id: str, username: str, password: str) -> Tokens:
    """Sign a user in with the password, where that is enough (else see `signing_in`).

    >>> sign_in(client_id, "ann", password)
    Tokens(access=eyJ..., identity=eyJ...)
    """
    answer = initiate_auth(client_id, "USER_PASSWORD_AUTH", USERNAME=username, PASSWORD=password)
    if isinstance(answer, Tokens):
        return answer
    raise RefusedError(answer.name, "Cognito asks for more than the password before it lets in.")


def forgot_password(client_id: str, username: str) -> str | None:
    """Send a code with which the user can set a new password; where it went, masked.

    >>> forgot_password(client_id, "ann")
    'a***@e***'
    """
    with told_briefly():
        return _destination(_api().forgot_password(ClientId=client_id, Username=username))


def confirm_forgot_password(client_id: str, username: str, code: str, password: str) -> None:
    """Set a new password with the code that the user was sent.

    >>> confirm_forgot_password(client_id, "ann", code, password)
    """
    with told_briefly():
        _api().confirm_forgot_password(
            ClientId=client_id, Username=username, ConfirmationCode=code, Password=password
        )


def change_password(access_token: str, previous: str, proposed: str) -> None:
    """Have the user who is signed in choose another password.

    >>> change_password(tokens.access, password, "Another-horse-2")
    """
    with told_briefly():
        _api().change_password(
            AccessToken=access_token, PreviousPassword=previous, ProposedPassword=proposed
        )


def admin_create_user(pool_id: str, username: str, email: str) -> bool:
    """Create a user, with no invitation sent; False if the name exists already.

    >>> admin_create_user(pool_id, "ann", "ann@example.com")
    True
    """
    with unless("UsernameExistsException"), told_briefly():
        _api().admin_create_user(
            UserPoolId=pool_id,
            Username=username,
            UserAttributes=_listed({"email": email, "email_verified": "true"}),
            MessageAction="SUPPRESS",
        )
        return True
    return False


def admin_set_user_password(
    pool_id: str, username: str, password: str, permanent: bool = True
) -> None:
    """Set a user's password, for good unless `permanent` is False.

    >>> admin_set_user_password(pool_id, "ann", password)
    """
    with told_briefly():
        _api().admin_set_user_password(
            UserPoolId=pool_id, Username=username, Password=password, Permanent=permanent
        )


def admin_get_user(pool_id: str, username: str) -> User | None:
    """A user's status and attributes; None if there is no such user.

    >>> admin_get_user(pool_id, "ann").status
    'CONFIRMED'
    """
    with unless("UserNotFoundException"), told_briefly():
        found = _api().admin_get_user(UserPoolId=pool_id, Username=username)
        return _user(found, "UserAttributes")
    return None


def list_users(pool_id: str) -> list[User]:
    """All users of the pool, from every page, sorted by name.

    >>> [user.username for user in list_users(pool_id)]
    """
    with told_briefly():
        pages = _api().get_paginator("list_users").paginate(UserPoolId=pool_id)
        users = [_user(user, "Attributes") for page in pages for user in page["Users"]]
    return sorted(users, key=lambda user: user.username)


def delete_user(access_token: str) -> None:
    """Have the user who is signed in delete the own account.

    >>> delete_user(tokens.access)
    """
    with told_briefly():
        _api().delete_user(AccessToken=access_token)


def admin_delete_user(pool_id: str, username: str) -> bool:
    """Delete a user; False if there is none.

    >>> admin_delete_user(pool_id, "ann")
    True
    """
    with unless("UserNotFoundException"), told_briefly():
        _api().admin_delete_user(UserPoolId=pool_id, Username=username)
        return True
    return False


def _api() -> "CognitoIdentityProviderClient":
    return cloud.client("cognito-idp")


def _destination(answer: Mapping[str, Any]) -> str | None:
    details = answer.get("CodeDeliveryDetails")
    return str(details["Destination"]) if details else None


def _listed(values: Mapping[str, str]) -> "list[AttributeTypeTypeDef]":
    return [{"Name": name, "Value": value} for name, value in values.items()]


def _user(described: Mapping[str, Any], key: str) -> User:
    """The attributes are under another key in each answer."""
    return User(
        described["Username"],
        described["UserStatus"],
        described["Enabled"],
        described["UserCreateDate"],
        dict(sorted((item["Name"], item["Value"]) for item in described[key])),
    )
