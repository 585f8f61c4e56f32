"""What user pools, app clients, users and their sign-ins are to the sandbox.

These classes say what the sandbox needs of them, and hide moto's names for it: `user_pools` joins
each with moto's own class, so that moto's operations work on the very same objects.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, cast
from weakref import WeakSet

from joserfc.jwk import RSAKey

from cognito_sandbox.store.directory import Directory, InOrder
from cognito_sandbox.store.settings import ClientSettings, PoolSettings
from cognito_sandbox.store.verifiers import Verifier

Status = Literal["UNCONFIRMED", "CONFIRMED", "FORCE_CHANGE_PASSWORD", "RESET_REQUIRED"]
Factor = Literal["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]
FACTORS: tuple[Factor, ...] = ("SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP")
Described = dict[str, object]  # as an operation answers it


class Attribute:
    """One attribute of a pool's schema."""

    required: bool
    mutable: bool
    data_type: str
    string_constraints: dict[str, str] | None
    number_constraints: dict[str, str] | None


class ResourceServer:
    """An API of somebody's own, whose scopes tokens may have."""

    identifier: str
    scopes: list[dict[str, str]] | None


class Group:
    group_name: str
    precedence: int | None
    role_arn: str | None
    users: "InOrder[User]"


@dataclass(eq=False)
class SoftwareToken:
    """What an authenticator app has of a user."""

    secret: bytes = field(repr=False)
    app: str = ""  # the name that the user gave it
    spent: set[int] = field(default_factory=set)  # the newest steps whose code was used


@dataclass(eq=False)
class Device:
    """What a user signs in from, once the app has confirmed it."""

    key: str
    group_key: str
    name: str
    verifier: Verifier  # of its password
    remembered: bool
    created: float
    changed: float
    authenticated: float
    session: str = field(default="", repr=False)  # under which it is asked to prove itself


def verified_among(attributes: Mapping[str, str], kind: str) -> str | None:
    """The e-mail address or phone number, if it is known to be a user's."""
    return attributes.get(kind) if attributes.get(f"{kind}_verified") == "true" else None


def alias_among(attributes: Mapping[str, str], kind: str) -> str | None:
    """What a user may sign in with, where the pool has such aliases."""
    if kind == "preferred_username":
        return attributes.get(kind)
    return verified_among(attributes, kind)


class User:
    """A user of a pool; `id` is the sub."""

    number: int  # who came earlier has a smaller one
    id: str
    username: str
    user_pool_id: str
    verifier: Verifier | None  # of the password, if there is one
    status: Status
    enabled: bool
    groups: set[Group]
    sign_ins: "WeakSet[SignIn]"
    factors: set[Factor]  # those that the user enabled
    preferred_factor: Factor | None
    mfa_options: list[dict[str, str]]  # what the older SetUserSettings set
    software_token: SoftwareToken | None
    pending_token: SoftwareToken | None  # not verified yet
    devices: dict[str, Device]  # by their keys
    issued_devices: dict[str, str]  # not confirmed yet: the group keys by the keys
    attribute_lookup: dict[str, str]
    update_attributes: Callable[[list[dict[str, str]]], None]
    delete_attributes: Callable[[list[str]], None]
    to_json: Callable[..., Described]

    @property
    def attribute(self) -> Mapping[str, str]:
        """The values of the user's attributes, the sub among them; `change` changes them."""
        return self.attribute_lookup

    def verified(self, kind: str) -> str | None:
        """The e-mail address or phone number, if it is known to be the user's."""
        return verified_among(self.attribute_lookup, kind)

    def alias(self, kind: str) -> str | None:
        """What the user may sign in with, where the pool has such aliases."""
        return alias_among(self.attribute_lookup, kind)

    def change(self, values: Mapping[str, str]) -> None:
        """Set these attributes, and leave the others; an empty value removes one."""
        kept = {name: value for name, value in values.items() if value}
        self.update_attributes([{"Name": name, "Value": value} for name, value in kept.items()])
        removed = (values.keys() - kept.keys()) & self.attribute.keys()
        if removed:
            self.delete_attributes([*removed])

    def set_password(self, password: str) -> None:
        self.verifier = Verifier.of(self.srp_owner, password)

    def has_password(self, password: str) -> bool:
        return bool(self.verifier and self.verifier.fits(self.srp_owner, password))

    @property
    def srp_owner(self) -> str:
        return self.user_pool_id.partition("_")[2] + self.username

    def described(self, key: str = "Attributes", only: list[str] | None = None) -> Described:
        """As operations show a user, with the attributes under this key."""
        return self.to_json(extended=True, attributes_key=key, attributes_to_get=only)


class Client:
    """An app client of a pool."""

    id: str
    user_pool_id: str
    secret: str
    generate_secret: bool
    extended_config: ClientSettings
    to_json: Callable[..., Described]

    @property
    def settings(self) -> ClientSettings:
        return self.extended_config

    def described(self) -> Described:
        return self.to_json(extended=True)


class Pool:
    """A user pool."""

    id: str
    arn: str
    region: str
    name: str
    mfa_config: str
    sms_mfa_config: dict[str, Any] | None
    token_mfa_config: dict[str, bool] | None
    email_mfa_config: dict[str, str] | None
    users: Directory[User]
    groups: dict[str, Group]
    clients: dict[str, Client]
    schema_attributes: dict[str, Attribute]
    resource_servers: "dict[str, ResourceServer]"
    access_tokens: dict[str, tuple[str, str]]  # where moto looks: app client and user's name
    json_web_key: RSAKey
    last_modified_date: datetime
    extended_config: PoolSettings
    update_extended_config: Callable[[dict[str, Any]], None]
    to_json: Callable[..., Described]

    @property
    def settings(self) -> PoolSettings:
        return self.extended_config

    @property
    def required_attributes(self) -> list[str]:
        """What users must have; the sub they get."""
        return [n for n, a in self.schema_attributes.items() if a.required and n != "sub"]

    @property
    def custom_scopes(self) -> set[str]:
        """Those that its resource servers have."""
        servers = self.resource_servers.values()
        return {
            f"{each.identifier}/{s['ScopeName']}" for each in servers for s in each.scopes or ()
        }

    @property
    def recovery(self) -> list[str]:
        """The attributes that a new password can come by, the first choice first; or admin_only."""
        ways = self.settings["AccountRecoverySetting"]["RecoveryMechanisms"]
        ordered = sorted(ways, key=lambda way: way["Priority"])
        return [way["Name"].removeprefix("verified_") for way in ordered]

    @property
    def only_recovery(self) -> str | None:
        """The attribute that is the only way to a new password, if there is just one way."""
        return self.recovery[0] if len(self.recovery) == 1 else None

    def has_factor(self, factor: Factor) -> bool:
        """Can users have this second factor?"""
        return {
            "SMS_MFA": self.sms_mfa_config is not None,
            "SOFTWARE_TOKEN_MFA": bool((self.token_mfa_config or {}).get("Enabled")),
            "EMAIL_OTP": self.email_mfa_config is not None,
        }[factor]

    def set_factors(
        self,
        mode: str,
        sms: dict[str, Any] | None,
        token: dict[str, bool] | None,
        email: dict[str, str] | None,
    ) -> None:
        """Set the second factors; how to send an SMS is a setting of the pool as well."""
        self.mfa_config = mode
        self.sms_mfa_config, self.token_mfa_config, self.email_mfa_config = sms, token, email
        self.extended_config |= cast(PoolSettings, sms or {})

    def configure(self, settings: dict[str, Any]) -> None:
        """Replace all settings, as checked before."""
        self.update_extended_config(settings)
        self.last_modified_date = datetime.now(UTC)

    def described(self) -> Described:
        return self.to_json(extended=True)


@dataclass(eq=False)
class SignIn:
    """What refresh tokens stand for, and the access tokens that came from it."""

    pool: Pool
    client_id: str
    user: User
    origin_jti: str
    event_id: str
    auth_time: int
    expires: float
    revoked: bool = False
    access_tokens: list[str] = field(default_factory=list)
    device_key: str = ""
    refresh_token: str = ""  # the newest
    parent_token: str = ""  # which that one was given for
    parent_used: float = 0.0  # when, for the first time
    lock: threading.Lock = field(default_factory=threading.Lock)
