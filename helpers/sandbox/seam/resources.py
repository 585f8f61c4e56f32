"""The CloudFormation resource types that moto lacks, or has but cannot undo."""

import json
from typing import Any

from moto.awslambda.models import Permission, lambda_backends
from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel

from helpers.sandbox.cognito import pools
from helpers.sandbox.seam import cognito as store
from helpers.sandbox.seam.functions import Function

NUMBERS = {
    "AccessTokenValidity",
    "AuthSessionValidity",
    "IdTokenValidity",
    "MinimumLength",
    "PasswordHistorySize",
    "Priority",
    "RefreshTokenValidity",
    "TemporaryPasswordValidityDays",
    "UnusedAccountValidityDays",
}


def typed(value: Any, name: str = "") -> Any:
    """Parameters and YAML bring booleans and numbers as text; the API knows better."""
    if isinstance(value, dict):
        return {key: typed(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    if value in ("true", "false"):
        return value == "true"
    return int(value) if name in NUMBERS and isinstance(value, str) else value


class UserPool(CloudFormationModel):  # type: ignore[misc]
    """AWS::Cognito::UserPool."""

    attributes = ("Arn", "ProviderName", "ProviderURL", "UserPoolId")

    def __init__(self, pool: Any) -> None:
        self.pool = pool
        self.physical_resource_id = pool.id

    @staticmethod
    def cloudformation_name_type() -> str:
        return "UserPoolName"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Cognito::UserPool"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in cls.attributes

    def get_cfn_attribute(self, attribute_name: str) -> str:
        provider = f"cognito-idp.{self.pool.region}.amazonaws.com/{self.pool.id}"
        values = (self.pool.arn, provider, f"https://{provider}", self.pool.id)
        return str(dict(zip(self.attributes, values, strict=True))[attribute_name])

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> "UserPool":
        settings = typed(cloudformation_json["Properties"])
        return cls(pools.create(region_name, settings.pop("UserPoolName", resource_name), settings))

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: "UserPool", cloudformation_json: dict[str, Any], **_: Any
    ) -> "UserPool":
        settings = typed(cloudformation_json["Properties"])
        name = settings.pop("UserPoolName", original_resource.pool.name)
        fixed = {key: settings.get(key) for key in pools.FIXED}
        pool = original_resource.pool
        if fixed != {key: pool.extended_config.get(key) for key in pools.FIXED}:
            raise pools.invalid(f"{', '.join(pools.FIXED)} of a user pool cannot be changed.")
        defaults = {"MfaConfiguration": "OFF", "Policies": pools.DEFAULT_POLICIES}
        pools.update(pool, defaults | settings | {"PoolName": name})
        return original_resource

    def delete(self, account_id: str, region_name: str) -> None:
        pools.delete(self.pool)


class UserPoolClient(CloudFormationModel):  # type: ignore[misc]
    """AWS::Cognito::UserPoolClient."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.physical_resource_id = client.id

    @staticmethod
    def cloudformation_name_type() -> str:
        return "ClientName"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Cognito::UserPoolClient"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in ("ClientId", "ClientSecret", "Name")

    def get_cfn_attribute(self, attribute_name: str) -> str:
        client = self.client
        name = client.extended_config.get("ClientName")
        return str(
            {"ClientId": client.id, "ClientSecret": client.secret, "Name": name}[attribute_name]
        )

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> "UserPoolClient":
        settings = typed(cloudformation_json["Properties"])
        pool = pools.find(settings.pop("UserPoolId"))
        return cls(store.new_client(pool, {"ClientName": resource_name} | settings))

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: "UserPoolClient", cloudformation_json: dict[str, Any], **_: Any
    ) -> "UserPoolClient":
        settings = typed(cloudformation_json["Properties"])
        client = original_resource.client
        if settings.pop("UserPoolId") != client.user_pool_id:
            raise pools.invalid("An app client cannot be moved to another user pool.")
        settings = {"ClientName": client.extended_config["ClientName"]} | settings
        fresh = type(client)(client.user_pool_id, client.generate_secret, settings)
        client.extended_config = fresh.extended_config
        return original_resource

    def delete(self, account_id: str, region_name: str) -> None:
        pool = store.find_pool(self.client.user_pool_id)
        if pool:
            pool.clients.pop(self.client.id, None)


class InvokePermission(Permission):  # type: ignore[misc]
    """AWS::Lambda::Permission, which moto grants and never takes back."""

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> "InvokePermission":
        properties = {"StatementId": resource_name} | cloudformation_json["Properties"]
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


def register() -> None:
    """Have moto's CloudFormation use these types."""
    models = parsing.get_model_map()
    for model in (Function, InvokePermission, UserPool, UserPoolClient):
        models[model.cloudformation_type()] = model
