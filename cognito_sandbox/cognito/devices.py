"""The devices that users sign in from: issued at a sign-in, confirmed by the app, remembered.

(sign-in contract 4.1)
"""

import base64
import secrets
import string
import uuid
from contextlib import suppress

from cognito_sandbox import clock
from cognito_sandbox.cognito import tokens
from cognito_sandbox.cognito.both_forms import in_both_forms
from cognito_sandbox.cognito.errors import CognitoError, denied, invalid
from cognito_sandbox.cognito.operations import Answer, Request, operation
from cognito_sandbox.srp_numbers import N
from cognito_sandbox.store.model import Device, Pool, SignIn, User
from cognito_sandbox.store.verifiers import Verifier

LETTERS = string.ascii_letters + string.digits
PAGE = 60


def tracks(pool: Pool) -> bool:
    """A pool looks at devices as soon as it has settings for them, whatever these are."""
    return "DeviceConfiguration" in pool.settings


def issue(pool: Pool, user: User) -> dict[str, str]:
    """The keys of a device that the app may confirm."""
    group = "-" + "".join(secrets.choice(LETTERS) for _ in range(8))
    key = f"{pool.region}_{uuid.uuid4()}"
    user.issued_devices[key] = group
    return {"DeviceGroupKey": group, "DeviceKey": key}


def find(user: User, key: str) -> Device:
    """A confirmed device; clients know by the text that they must forget it."""
    device = user.devices.get(key)
    if not device:
        raise CognitoError("ResourceNotFoundException", "Device does not exist.")
    return device


def check_refresh(sign_in: SignIn, key: str | None) -> None:
    """Once its device is confirmed, a sign-in goes on from there only."""
    own = sign_in.device_key
    if tracks(sign_in.pool) and own in sign_in.user.devices and key != own:
        raise denied("Invalid Refresh Token.")


@operation
def confirm_device(request: Request) -> Answer:
    pool, _, user = tokens.signed_in(request["AccessToken"])
    key, secret = request["DeviceKey"], request["DeviceSecretVerifierConfig"]
    if key in user.devices:
        raise CognitoError("DeviceKeyExistsException", "The device is confirmed already.")
    verifier = Verifier(_number(secret, "Salt"), _number(secret, "PasswordVerifier"))
    group = user.issued_devices.pop(key, None)
    if not group:
        raise invalid("Invalid device key given.")
    settings, now = pool.settings.get("DeviceConfiguration") or {}, clock.now()
    asks = bool(settings.get("DeviceOnlyRememberedOnUserPrompt"))
    name = request.get("DeviceName", "")
    user.devices[key] = Device(key, group, name, verifier, not asks, now, now, now)
    return {"UserConfirmationNecessary": asks}


def _number(secret: dict[str, str], name: str) -> int:
    """A verifier of 0 everybody could prove."""
    with suppress(ValueError):
        number = int.from_bytes(base64.b64decode(secret.get(name, ""), validate=True))
        if number % N:
            return number
    raise invalid(f"{name} must be a number in base64, and not 0.")


@in_both_forms
def get_device(request: Request, pool: Pool, user: User) -> Answer:
    return {"Device": _described(pool, user, find(user, request["DeviceKey"]))}


@in_both_forms
def list_devices(request: Request, pool: Pool, user: User) -> Answer:
    """Page by page, in the order of their making; a page's token is the next device's key."""
    known = list(user.devices.values())
    token, limit = request.get("PaginationToken"), request.get("Limit") or PAGE
    keys = [device.key for device in known]
    if token and token not in keys:
        raise invalid("Invalid pagination token given.")
    start = keys.index(token) if token else 0
    described = [_described(pool, user, device) for device in known[start : start + limit]]
    following = keys[start + limit :]
    return {"Devices": described, **({"PaginationToken": following[0]} if following else {})}


@in_both_forms
def forget_device(request: Request, _: Pool, user: User) -> None:
    user.devices.pop(find(user, request["DeviceKey"]).key, None)


@in_both_forms
def update_device_status(request: Request, _: Pool, user: User) -> None:
    device = find(user, request["DeviceKey"])
    if "DeviceRememberedStatus" in request:
        device.remembered = request["DeviceRememberedStatus"] == "remembered"
        device.changed = clock.now()


def _described(pool: Pool, user: User, device: Device) -> Answer:
    owner = f"{user.username}.{pool.id}"
    service = pool.arn.removesuffix(f"userpool/{pool.id}")
    values = {
        "device_status": "valid",
        "device_name": device.name,
        "dev:device_arn": f"{service}owner/{owner}/device/{device.key}",
        "dev:device_owner": owner,
        "last_ip_used": "127.0.0.1",  # nobody else reaches the sandbox
        "dev:device_remembered_status": "remembered" if device.remembered else "not_remembered",
        "dev:device_sdk": "aws-sdk",
    }
    return {
        "DeviceKey": device.key,
        "DeviceAttributes": [{"Name": name, "Value": value} for name, value in values.items()],
        "DeviceCreateDate": int(device.created),
        "DeviceLastModifiedDate": int(device.changed),
        "DeviceLastAuthenticatedDate": int(device.authenticated),
    }
