"""Lambda's functions, versions, aliases and layers in CloudFormation."""

import base64
from functools import partial
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import lambda_backends
from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError

from cognito_sandbox.patches.event_resources import function_arn
from cognito_sandbox.patches.function_checks import check_shape, effective
from cognito_sandbox.patches.functions import Function
from cognito_sandbox.patches.made import Replaced, replace
from cognito_sandbox.patches.properties import Properties, tags, typed
from cognito_sandbox.store import needs

NEEDS = (
    "moto.awslambda.models:LambdaBackend.create_alias",
    "moto.awslambda.models:LambdaBackend.create_function",
    "moto.awslambda.models:LambdaBackend.delete_alias",
    "moto.awslambda.models:LambdaBackend.delete_function",
    "moto.awslambda.models:LambdaBackend.delete_layer_version",
    "moto.awslambda.models:LambdaBackend.publish_layer_version",
    "moto.awslambda.models:LambdaBackend.publish_version",
    "moto.awslambda.models:LambdaBackend.update_alias",
    "moto.awslambda.models:LambdaFunction._create_zipfile_from_plaintext_code",
    "moto.awslambda.models:lambda_backends",
    "moto.cloudformation.parsing:get_model_map",
)
DEFAULTS: Properties = {
    "DeadLetterConfig": {},
    "Description": "",
    "Environment": {"Variables": {}},
    "EphemeralStorage": {"Size": 512},
    "Layers": [],
    "LoggingConfig": {},
    "MemorySize": 128,
    "Timeout": 3,
}
BESIDE_CONFIGURATION = {"Architectures", "Code", "FunctionName", "PackageType", "Tags"}


def install() -> None:
    """Have moto's CloudFormation use these types."""
    needs.check(NEEDS)
    models = parsing.get_model_map()
    models["AWS::Lambda::Function"] = FunctionResource
    for kind in (Version, Alias, LayerVersion):
        models[kind.kind] = kind


def _settings(properties: Properties, name: str) -> Properties:
    """As CreateFunction takes them, which a stack's function is held against, too."""
    given = {"FunctionName": name} | effective(properties)
    settings: Properties = typed("lambda", "CreateFunction", given)
    if isinstance(settings.get("Tags"), list):
        settings["Tags"] = tags(settings["Tags"])
    check_shape("CreateFunction", settings)
    if "ZipFile" in settings["Code"]:
        zipped = Function._create_zipfile_from_plaintext_code(settings["Code"]["ZipFile"])
        settings["Code"] = settings["Code"] | {"ZipFile": base64.b64encode(zipped)}
    return settings


class FunctionResource:
    """AWS::Lambda::Function: what it makes is a function as CreateFunction makes it."""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return bool(Function.has_cfn_attr(attr))

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, json: Properties, account: str, region: str, **_: object
    ) -> Function:
        settings = _settings(json["Properties"], name)
        function: Function = lambda_backends[account][region].create_function(settings)
        function.progress.settle()  # before that, CloudFormation does not call it made
        return function

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Function,
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> Function:
        """What the template no longer says is as it was at first; another name is another's."""
        name = cloudformation_json["Properties"].get(
            "FunctionName", original_resource.function_name
        )
        if name != original_resource.function_name:
            where = account_id, region_name
            remove = partial(original_resource.delete, *where)
            create = cls.create_from_cloudformation_json
            return replace(create, name, cloudformation_json, where, remove)
        _update(original_resource, _settings(cloudformation_json["Properties"], name))
        return original_resource


def _update(function: Function, settings: Properties) -> None:
    rest = {key: each for key, each in settings.items() if key not in BESIDE_CONFIGURATION}
    concurrency = rest.pop("ReservedConcurrentExecutions", None)
    function.update_configuration(DEFAULTS | rest)
    architectures = settings.get("Architectures", ["x86_64"])
    function.update_function_code(settings["Code"] | {"Architectures": architectures})
    function.reserved_concurrency, function.tags = concurrency, settings.get("Tags", {})
    function.progress.settle()


class Version(Replaced):
    kind, attributes = "AWS::Lambda::Version", ("Version", "FunctionArn")

    def __init__(self, arn: str, version: str) -> None:
        super().__init__(arn)
        self.version = version

    def values(self) -> tuple[str, ...]:
        return self.version, self.physical_resource_id

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, json: Properties, account: str, region: str, **_: object
    ) -> "Version":
        given, backend = json["Properties"], lambda_backends[account][region]
        latest = backend.get_function(given["FunctionName"])
        if given.get("CodeSha256", latest.code_sha_256) != latest.code_sha_256:
            text = f"CodeSHA256 ({given['CodeSha256']}) is different from current CodeSHA256"
            raise InvalidParameterValueException(f"{text} in $LATEST ({latest.code_sha_256}).")
        before = backend.list_versions_by_function(latest.function_name)
        made = backend.publish_version(latest.function_name, given.get("Description", ""))
        if made.function_arn in {each.function_arn for each in before}:
            text = f"A version for this Lambda function exists ( {made.version} )."
            raise ValidationError(message=f"{text} Modify the function to create a new version.")
        return cls(made.function_arn, str(made.version))

    def delete(self, account_id: str, region_name: str) -> None:
        function = self.physical_resource_id.rpartition(":")[0]
        if function_arn(function, account_id, region_name, self.version):
            lambda_backends[account_id][region_name].delete_function(function, self.version)


class Alias(Replaced):
    kind, attributes = "AWS::Lambda::Alias", ("AliasArn",)

    @classmethod
    def settings(cls, given: Properties) -> dict[str, Any]:
        weights = (given.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or []
        routing = {str(each["FunctionVersion"]): float(each["FunctionWeight"]) for each in weights}
        return {
            "name": given["Name"],
            "function_name": given["FunctionName"],
            "function_version": str(given["FunctionVersion"]),
            "description": given.get("Description", ""),
            "routing_config": {"AdditionalVersionWeights": routing} if routing else {},
        }

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, json: Properties, account: str, region: str, **_: object
    ) -> "Alias":
        settings = cls.settings(json["Properties"])
        return cls(lambda_backends[account][region].create_alias(**settings).arn)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: "Alias",
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> Any:
        settings = cls.settings(cloudformation_json["Properties"])
        function = function_arn(settings["function_name"], account_id, region_name)
        if original_resource.physical_resource_id == f"{function}:{settings['name']}":
            lambda_backends[account_id][region_name].update_alias(**settings)
            return original_resource
        return super().update_from_cloudformation_json(
            original_resource, new_resource_name, cloudformation_json, account_id, region_name
        )

    def delete(self, account_id: str, region_name: str) -> None:
        function, _, name = self.physical_resource_id.rpartition(":")
        if function_arn(function, account_id, region_name):
            lambda_backends[account_id][region_name].delete_alias(name, function)


class LayerVersion(Replaced):
    kind, attributes = "AWS::Lambda::LayerVersion", ("LayerVersionArn",)

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, json: Properties, account: str, region: str, **_: object
    ) -> "LayerVersion":
        settings = {"LayerName": name} | json["Properties"]
        check_shape("PublishLayerVersion", settings)
        return cls(lambda_backends[account][region].publish_layer_version(settings).arn)

    def delete(self, account_id: str, region_name: str) -> None:
        layer, _, version = self.physical_resource_id.rpartition(":")
        backend = lambda_backends[account_id][region_name]
        if backend.layers_versions_by_arn(self.physical_resource_id):
            backend.delete_layer_version(layer.rpartition(":")[2], version)
