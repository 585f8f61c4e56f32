"""Devices: Cognito knows one again by a password of the device's own, which no person ever sees.

>>> device = devices.confirm_device(tokens.access, tokens.new_device, "my laptop")
>>> devices.update_device_status(tokens.access, device.key, "remembered")
>>> challenge = signing_in.sign_in_by_srp(
...     pool_id, client_id, "ann", password, DEVICE_KEY=device.key
... )
>>> challenge.name
'DEVICE_SRP_AUTH'
>>> devices.prove(client_id, challenge, device)
Tokens(access=eyJ..., identity=eyJ...)
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from helpers import cloud, srp
from helpers.errors import told_briefly
from helpers.signing_in import Challenge, NewDevice, Tokens, respond_to_auth_challenge

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.literals import DeviceRememberedStatusTypeType

__all__ = [
    "Device",
    "KnownDevice",
    "admin_forget_device",
    "confirm_device",
    "forget_device",
    "get_device",
    "list_devices",
    "prove",
    "update_device_status",
]


@dataclass(frozen=True)
class Device:
    """What an app keeps of the device that it runs on; `must_ask` the user whether to remember."""

    key: str
    group: str = field(repr=False)
    password: str = field(repr=False)
    must_ask: bool


@dataclass(frozen=True)
class KnownDevice:
    """A device as Cognito has it; `attributes` are all that it says of it."""

    key: str
    name: str
    remembered: bool
    created: datetime
    attributes: dict[str, str]


def confirm_device(access_token: str, new: NewDevice, name: str) -> Device:
    """Give the device of this sign-in a name, and a password of its own.

    >>> confirm_device(tokens.access, tokens.new_device, "my laptop").must_ask
    True
    """
    password = secrets.token_urlsafe(40)
    verifier: Any = srp.verifier(new.group, new.key, password)
    with told_briefly():
        answer = cloud.client("cognito-idp").confirm_device(
            AccessToken=access_token,
            DeviceKey=new.key,
            DeviceName=name,
            DeviceSecretVerifierConfig=verifier,
        )
    return Device(new.key, new.group, password, answer["UserConfirmationNecessary"])


def prove(client_id: str, challenge: Challenge, device: Device) -> Tokens | Challenge:
    """Answer DEVICE_SRP_AUTH, and the DEVICE_PASSWORD_VERIFIER that follows, by the device."""
    own = srp.Secret()
    asked = respond_to_auth_challenge(client_id, challenge, DEVICE_KEY=device.key, SRP_A=own.public)
    if isinstance(asked, Tokens):
        return asked
    proof = own.proof(asked.parameters, device.group, device.key, device.password)
    return respond_to_auth_challenge(client_id, asked, DEVICE_KEY=device.key, **proof)


def update_device_status(
    access_token: str, device_key: str, status: "DeviceRememberedStatusTypeType"
) -> None:
    """Remember the device, or not.

    >>> device = confirm_device(tokens.access, tokens.new_device, "my laptop")
    >>> update_device_status(tokens.access, device.key, "remembered")
    """
    with told_briefly():
        cloud.client("cognito-idp").update_device_status(
            AccessToken=access_token, DeviceKey=device_key, DeviceRememberedStatus=status
        )


def list_devices(access_token: str) -> list[KnownDevice]:
    """All devices of the user, from every page.

    >>> _ = confirm_device(tokens.access, tokens.new_device, "my laptop")
    >>> [device.name for device in list_devices(tokens.access)]
    ['my laptop']
    """
    found: list[Any] = []
    after: Any = {}
    with told_briefly():
        while True:
            page = cloud.client("cognito-idp").list_devices(AccessToken=access_token, **after)
            found += page["Devices"]
            if "PaginationToken" not in page:
                break
            after = {"PaginationToken": page["PaginationToken"]}
    return [_known(device) for device in found]


def get_device(access_token: str, device_key: str) -> KnownDevice:
    """One device of the user.

    >>> device = confirm_device(tokens.access, tokens.new_device, "my laptop")
    >>> get_device(tokens.access, device.key).remembered
    False
    """
    with told_briefly():
        answer = cloud.client("cognito-idp").get_device(
            AccessToken=access_token, DeviceKey=device_key
        )
    return _known(answer["Device"])


def forget_device(access_token: str, device_key: str) -> None:
    """Forget a device: it signs in like any new one.

    >>> device = confirm_device(tokens.access, tokens.new_device, "my laptop")
    >>> forget_device(tokens.access, device.key)
    >>> list_devices(tokens.access)
    []
    """
    with told_briefly():
        cloud.client("cognito-idp").forget_device(AccessToken=access_token, DeviceKey=device_key)


def admin_forget_device(pool_id: str, username: str, device_key: str) -> None:
    """Forget a user's device, as an administrator.

    >>> device = confirm_device(tokens.access, tokens.new_device, "my laptop")
    >>> admin_forget_device(pool_id, "ann", device.key)
    """
    with told_briefly():
        cloud.client("cognito-idp").admin_forget_device(
            UserPoolId=pool_id, Username=username, DeviceKey=device_key
        )


def _known(device: Any) -> KnownDevice:
    attributes = {item["Name"]: item["Value"] for item in device["DeviceAttributes"]}
    return KnownDevice(
        device["DeviceKey"],
        attributes.get("device_name", ""),
        attributes.get("dev:device_remembered_status") == "remembered",
        device["DeviceCreateDate"],
        attributes,
    )
