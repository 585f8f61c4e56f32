"""The CloudFormation resource types that moto lacks, or has but cannot undo."""

import json
from collections.abc import Iterator

from moto.awslambda.models import Permission, lambda_backends
from moto.cloudformation import parsing

from cognito_sandbox.cognito import clients, mfa_config, pools
from cognito_sandbox.cognito.errors import invalid
from cognito_sandbox.cognito.operations import check_shape
from cognito_sandbox.patches import function_checks, properties
from cognito_sandbox.patches.made import Made
from cognito_sandbox.patches.properties import Properties, typed
from cognito_sandbox.store import needs
from cognito_sandbox.store import user_pools as store
from cognito_sandbox.store.model import Client, Pool

NEEDS = (
    "moto.awslambda.models:Permission.create_from_cloudformation_json",
    "moto.awslambda.policy:Policy.add_statement",
    "moto.cloudformation.parsing:get_model_map",
    "moto.cloudformation.parsing:get_name_type_map",
)
SERVICE = "cognito-idp"
FACTORS = ["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]
EMAIL_WORDS = {"Message": "EmailAuthenticationMessage", "Subject": "EmailAuthenticationSubject"}


def _factors(names: list[str], settings: Properties) -> Iterator[tuple[str, Properties]]:
    """What SetUserPoolMfaConfig gets for each of EnabledMfas."""
    if not (isinstance(names, list) and all(name in FACTORS for name in names)):
        raise invalid(f"EnabledMfas is a list of {', '.join(FACTORS)}, not {names}.")
    if "SMS_MFA" in names:
        kept = ("SmsConfiguration", "SmsAuthenticationMessage")
        yield "SmsMfaConfiguration", {key: settings[key] for key in kept if key in settings}
    if "SOFTWARE_TOKEN_MFA" in names:
        yield "SoftwareTokenMfaConfiguration", {"Enabled": True}
    if "EMAIL_OTP" in names:
        words = {key: settings[name] for key, name in EMAIL_WORDS.items() if name in settings}
        yield "EmailMfaConfiguration", words


class UserPool(Made):
    kind, name_property = "AWS::Cognito::UserPool", "UserPoolName"
    attributes = ("Arn", "ProviderName", "ProviderURL", "UserPoolId")

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool.id)
        self.pool = pool

    def values(self) -> tuple[str, ...]:
        provider = f"cognito-idp.{self.pool.region}.amazonaws.com/{self.pool.id}"
        return self.pool.arn, provider, f"https://{provider}", self.pool.id

    @staticmethod
    def settings(properties: Properties, name: str) -> tuple[Properties, Properties]:
        """As CreateUserPool and, where second factors are named, SetUserPoolMfaConfig take them."""
        settings: Properties = {"PoolName": name} | properties
        settings["PoolName"] = settings.pop("UserPoolName", name)
        settings = typed(SERVICE, "CreateUserPool", settings)
        factors = settings.pop("EnabledMfas", [])
        mfa: Properties = dict(_factors(factors, settings))
        if "EMAIL_OTP" in factors:
            for words in EMAIL_WORDS.values():
                settings.pop(words, None)
        check_shape("CreateUserPool", settings)
        if mfa:
            mfa["MfaConfiguration"] = settings.pop("MfaConfiguration", "OFF")
            check_shape("SetUserPoolMfaConfig", {"UserPoolId": "us-east-1_x"} | mfa)
        return settings, mfa

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, json: Properties, account: str, region: str, **_: object
    ) -> "UserPool":
        settings, mfa = cls.settings(json["Properties"], name)
        pool = pools.create(region, settings["PoolName"], settings)
        try:
            if mfa:
                mfa_config.configure(pool, mfa)
        except Exception:
            store.delete_pool(pool)  # whose protection against it has not begun
            raise
        return cls(pool)

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: "UserPool", cloudformation_json: Properties, **_: object
    ) -> "UserPool":
        pool = pools.find(original_resource.physical_resource_id)
        settings, mfa = cls.settings(cloudformation_json["Properties"], pool.name)
        if any(settings.get(key) != pool.settings.get(key) for key in pools.FIXED):
            raise invalid(f"{', '.join(pools.FIXED)} of a user pool cannot be changed.")
        pool.set_factors("OFF", None, None, None)  # those that are not named are off
        defaults = {"MfaConfiguration": "OFF", "Policies": pools.usual_settings()["Policies"]}
        pools.update(pool, defaults | settings)
        if mfa:
            mfa_config.configure(pool, mfa)
        return original_resource

    def delete(self, account_id: str, region_name: str) -> None:
        if store.find_pool(self.pool.id):
            pools.delete(self.pool)


class UserPoolClient(Made):
    kind, name_property = "AWS::Cognito::UserPoolClient", "ClientName"
    attributes = ("ClientId", "ClientSecret", "Name")

    def __init__(self, client: Client) -> None:
        super().__init__(client.id)
        self.client = client

    def values(self) -> tuple[str, ...]:
        return self.client.id, str(self.client.secret), str(self.client.settings["ClientName"])

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, json: Properties, account: str, region: str, **_: object
    ) -> "UserPoolClient":
        settings = {"ClientName": name} | typed(SERVICE, "CreateUserPoolClient", json["Properties"])
        check_shape("CreateUserPoolClient", settings)
        return cls(clients.create(settings))

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: "UserPoolClient", cloudformation_json: Properties, **_: object
    ) -> "UserPoolClient":
        client = original_resource.client
        settings = typed(SERVICE, "CreateUserPoolClient", cloudformation_json["Properties"])
        check_shape("CreateUserPoolClient", {"ClientName": "kept"} | settings)
        if settings.pop("UserPoolId") != client.user_pool_id:
            raise invalid("An app client cannot be moved to another user pool.")
        clients.update(client, settings)
        return original_resource

    def delete(self, account_id: str, region_name: str) -> None:
        pool = store.find_pool(self.client.user_pool_id)
        if pool:
            pool.clients.pop(self.client.id, None)


class InvokePermission(Permission):
    """AWS::Lambda::Permission, which moto grants and never takes back."""

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
        **_: object,
    ) -> "InvokePermission":
        given = {"StatementId": resource_name} | cloudformation_json["Properties"]
        properties = typed("lambda", "AddPermission", given)
        function_checks.check_shape("AddPermission", properties)
        permission = cls(region_name)
        name = properties["FunctionName"]
        permission.function = lambda_backends[account_id][region_name].get_function(name)
        statement = {key: value for key, value in properties.items() if key != "FunctionName"}
        permission.function.policy.add_statement(json.dumps(statement))
        permission.physical_resource_id = resource_name
        return permission

    def delete(self, account_id: str, region_name: str) -> None:
        statements = self.function.policy.statements
        statements[:] = [s for s in statements if s.get("Sid") != self.physical_resource_id]


def install() -> None:
    """Have moto's CloudFormation use these types."""
    needs.check((*NEEDS, *properties.NEEDS))
    models, names = parsing.get_model_map(), parsing.get_name_type_map()
    models[InvokePermission.cloudformation_type()] = InvokePermission
    for resource in (UserPool, UserPoolClient):
        models[resource.kind], names[resource.kind] = resource, resource.name_property
