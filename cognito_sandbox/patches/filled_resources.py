"""Types of CloudFormation of which AWS fills in what a template leaves out, and moto fails."""

from moto.cloudformation import parsing
from moto.kms.models import Key as KeyOfMoto
from moto.ssm.models import Parameter as ParameterOfMoto

from cognito_sandbox.patches.properties import Properties
from cognito_sandbox.store import needs

NEEDS = (
    "moto.cloudformation.parsing:get_model_map",
    "moto.kms.models:Key.create_from_cloudformation_json",
    "moto.ssm.models:Parameter.create_from_cloudformation_json",
    "moto.ssm.models:Parameter.update_from_cloudformation_json",
)


def install() -> None:
    """Have moto's CloudFormation use these types."""
    needs.check(NEEDS)
    for kind in (Key, Parameter):
        parsing.get_model_map()[kind.cloudformation_type()] = kind


def _filled(resource: Properties, **usual: object) -> Properties:
    return resource | {"Properties": usual | resource["Properties"]}


class Key(KeyOfMoto):  # type: ignore[misc]
    """AWS::KMS::Key: the usual policy lets its account use it."""

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Properties, *where: str, **more: object
    ) -> KeyOfMoto:
        whole = _filled(cloudformation_json, KeyPolicy=None)
        return super().create_from_cloudformation_json(resource_name, whole, *where, **more)


class Parameter(ParameterOfMoto):  # type: ignore[misc]
    """AWS::SSM::Parameter: its name is made up."""

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Properties, *where: str, **more: object
    ) -> ParameterOfMoto:
        whole = _filled(cloudformation_json, Name=resource_name)
        return super().create_from_cloudformation_json(resource_name, whole, *where, **more)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: ParameterOfMoto,
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> ParameterOfMoto:
        whole = _filled(cloudformation_json, Name=original_resource.name)
        return super().update_from_cloudformation_json(
            original_resource, new_resource_name, whole, account_id, region_name
        )
