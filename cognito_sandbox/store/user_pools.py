"""moto's user pools, app clients and users: where the sandbox keeps them."""

import itertools
import secrets
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, wraps
from typing import Any, cast
from weakref import WeakSet, WeakValueDictionary

from moto.cognitoidp import models
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.utils import get_service_model

from cognito_sandbox.newest import Newest
from cognito_sandbox.store import needs
from cognito_sandbox.store.directory import Directory, InOrder
from cognito_sandbox.store.model import FACTORS, Client, Described, Group, Pool, Status, User
from cognito_sandbox.store.settings import PoolSettings

NEEDS = (
    "moto.cognitoidp.models:CognitoIdpBackend.admin_delete_user",
    "moto.cognitoidp.models:CognitoIdpBackend.create_user_pool",
    "moto.cognitoidp.models:CognitoIdpBackend.create_user_pool_client",
    "moto.cognitoidp.models:CognitoIdpBackend.delete_group",
    "moto.cognitoidp.models:CognitoIdpBackend.delete_user_pool",
    "moto.cognitoidp.models:CognitoIdpBackend.describe_user_pool",
    "moto.cognitoidp.models:CognitoIdpBackend.get_group",
    "moto.cognitoidp.models:CognitoIdpGroup",
    "moto.cognitoidp.models:CognitoIdpUser.delete_attributes",
    "moto.cognitoidp.models:CognitoIdpUser.to_json",
    "moto.cognitoidp.models:CognitoIdpUser.update_attributes",
    "moto.cognitoidp.models:CognitoIdpUserPool._get_user",
    "moto.cognitoidp.models:CognitoIdpUserPool.update_extended_config",
    "moto.cognitoidp.models:CognitoIdpUserPoolAttribute.STANDARD_SCHEMA",
    "moto.cognitoidp.models:CognitoIdpUserPoolClient.to_json",
    "moto.cognitoidp.models:ResourceNotFoundError",
    "moto.cognitoidp.models:cognitoidp_backends",
)
TARGET = "AWSCognitoIdentityProviderService"
ACCOUNT = DEFAULT_ACCOUNT_ID
STANDARD_ATTRIBUTES: dict[str, Any] = models.CognitoIdpUserPoolAttribute.STANDARD_SCHEMA
IDENTITIES = {
    "Name": "identities",
    "AttributeDataType": "String",
    "DeveloperOnlyAttribute": False,
    "Mutable": True,
    "Required": False,
    "StringAttributeConstraints": {},
}
Settings = dict[str, Any]  # as CreateUserPool and CreateUserPoolClient take them
_clients: WeakValueDictionary[str, Client] = WeakValueDictionary()
_numbers = itertools.count(1)


class KeptUser(User, models.CognitoIdpUser):
    """A user whose pool hears of each change, moto's own included."""

    def __init__(self, *values: object, **named: object) -> None:
        self.number, self.sign_ins = next(_numbers), WeakSet()
        self.verifier = None
        self.factors, self.preferred_factor, self.mfa_options = set(), None, []
        self.software_token = self.pending_token = None
        self.devices, self.issued_devices = Newest(), Newest()
        super().__init__(*values, **named)

    def update_attributes(self, new_attributes: list[dict[str, str]]) -> None:
        super().update_attributes(new_attributes)
        self._tell_pool()

    def delete_attributes(self, attrs_to_delete: list[str]) -> None:
        super().delete_attributes(attrs_to_delete)
        self._tell_pool()

    def to_json(self, *values: object, **named: object) -> Described:
        """As in AWS, what there is none of is left out; moto knows no codes by e-mail."""
        told: Described = super().to_json(*values, **named)
        extended = told.pop("MFAOptions", None) is not None
        told.pop("UserMFASettingList", None), told.pop("PreferredMfaSetting", None)
        if extended and self.mfa_options:
            told["MFAOptions"] = self.mfa_options
        if extended and self.factors:
            told["UserMFASettingList"] = [f for f in FACTORS if f in self.factors]
        if extended and self.preferred_factor:
            told["PreferredMfaSetting"] = self.preferred_factor
        return told

    def _tell_pool(self) -> None:
        pool = find_pool(self.user_pool_id)
        if pool:
            pool.users.changed(self)


class KeptGroup(Group, models.CognitoIdpGroup):
    def __init__(self, *values: object, **named: object) -> None:
        super().__init__(*values, **named)
        self.users = InOrder[User]()


class KeptClient(Client, models.CognitoIdpUserPoolClient):
    def __init__(self, *values: object, **named: object) -> None:
        super().__init__(*values, **named)
        _clients[self.id] = self


class KeptPool(Pool, models.CognitoIdpUserPool):
    """A pool with AWS's whole schema: moto drops the standard attributes that are not named."""

    def __init__(self, *values: object, **named: object) -> None:
        super().__init__(*values, **named)
        self.users, self.access_tokens = Directory(self.settings), Newest()
        self.email_mfa_config = None
        given, self.schema_attributes = self.schema_attributes, {}
        for attribute, schema in STANDARD_ATTRIBUTES.items():
            usual = models.CognitoIdpUserPoolAttribute(attribute, False, schema)
            self.schema_attributes[attribute] = given.pop(attribute, usual)
        self.schema_attributes |= given

    def update_extended_config(self, extended_config: Settings) -> None:
        """Without the words that moto puts where there are none."""
        super().update_extended_config(extended_config)
        said = {name: value for name, value in self.settings.items() if value is not None}
        self.extended_config = cast(PoolSettings, said)

    def to_json(self, extended: bool = False) -> Described:
        """With an attribute that AWS shows in each pool, and that nobody writes."""
        told: Described = super().to_json(extended)
        if extended:
            told["SchemaAttributes"] = [*cast(list[Any], told["SchemaAttributes"]), IDENTITIES]
        return told

    def _get_user(self, username: str) -> User | None:
        """moto's own operations find users by the sandbox's rules."""
        return self.users.find(username)


def install() -> None:
    """Have moto make these from now on."""
    needs.check(NEEDS)
    models.CognitoIdpUser, models.CognitoIdpGroup = KeptUser, KeptGroup
    models.CognitoIdpUserPoolClient, models.CognitoIdpUserPool = KeptClient, KeptPool
    for name in ("delete_group", "get_group"):
        setattr(models.CognitoIdpBackend, name, _of_known(name))


def _of_known(name: str) -> Callable[..., object]:
    """One of moto's methods for a group, which says in AWS's words that there is none."""
    method = getattr(models.CognitoIdpBackend, name)

    @wraps(method)
    def called(backend: Any, user_pool_id: str, group_name: str) -> object:
        if group_name not in backend.describe_user_pool(user_pool_id).groups:
            raise models.ResourceNotFoundError("Group not found.")
        return method(backend, user_pool_id, group_name)

    return called


def api() -> Any:
    """AWS's own description of Cognito's operations."""
    return get_service_model("cognito-idp")


@lru_cache(256)  # names are the client's
def is_unsigned(operation: str) -> bool:
    """Does AWS take this call without a signature? Apps make it that have no key."""
    model = api()
    known = operation in model.operation_names
    return known and model.operation_model(operation).auth_type == "none"


def new_pool(region: str, name: str, settings: Settings) -> Pool:
    return cast(Pool, _backend(region).create_user_pool(name, settings))


def take_in(pools: Iterable[Pool]) -> None:
    """Pools that were kept elsewhere: their clients are found, and new users come after theirs."""
    global _numbers
    newest = 0
    for pool in pools:
        _clients.update(pool.clients)
        newest = max([newest, *(user.number for user in pool.users.values())])
    _numbers = itertools.count(newest + 1)


def delete_pool(pool: Pool) -> None:
    _backend(pool.region).delete_user_pool(pool.id)


def find_pool(pool_id: str) -> Pool | None:
    backend = models.cognitoidp_backends[ACCOUNT].get(pool_id.partition("_")[0])
    return backend.user_pools.get(pool_id) if backend else None


def new_client(pool: Pool, settings: Settings) -> Client:
    rest = {key: value for key, value in settings.items() if key != "GenerateSecret"}
    secret = settings.get("GenerateSecret", False)
    client = cast(Client, _backend(pool.region).create_user_pool_client(pool.id, secret, rest))
    client.secret = secrets.token_hex(26)  # moto's has characters that AWS's have not
    return client


def change_client(client: Client, settings: Settings) -> None:
    """Replace the settings: what is not given goes back to its default."""
    fresh = KeptClient(client.user_pool_id, client.generate_secret, settings)
    client.extended_config = fresh.settings


def find_client(client_id: str) -> tuple[Pool, Client] | None:
    """The app client and its pool, unless one of them was deleted."""
    client = _clients.get(client_id)
    pool = client and find_pool(client.user_pool_id)
    return (pool, client) if client and pool and client_id in pool.clients else None


def new_user(
    pool: Pool,
    username: str | None,
    password: str | None,
    status: Status,
    attributes: Mapping[str, str],
) -> User:
    """A user that is not in the pool yet; without a username, it is known by its sub."""
    listed = [{"Name": name, "Value": value} for name, value in attributes.items() if value]
    user = KeptUser(pool.id, username, None, status, listed)
    if password:
        user.set_password(password)
    return user


def delete_user(pool: Pool, user: User) -> None:
    _backend(pool.region).admin_delete_user(pool.id, user.username)


def _backend(region: str) -> Any:
    return models.cognitoidp_backends[ACCOUNT][region]
