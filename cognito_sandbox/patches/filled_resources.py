"""Types of CloudFormation of which AWS fills in what a template leaves out, and moto fails."""

import json

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


class _Filled:
    """What a template leaves out is the usual."""

    @staticmethod
    def usual(name: str) -> Properties:
        raise NotImplementedError

    @classmethod
    def filled(cls, name: str, resource: Properties) -> Properties:
        return resource | {"Properties": cls.usual(name) | resource["Properties"]}

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Properties, *where: str, **more: object
    ) -> object:
        whole = cls.filled(resource_name, cloudformation_json)
        create = super().create_from_cloudformation_json  # type: ignore[misc]
        return create(resource_name, whole, *where, **more)


class Key(_Filled, KeyOfMoto):
    """AWS::KMS::Key: the usual policy lets its account use it."""

    @staticmethod
    def usual(_: str) -> Properties:
        return {"KeyPolicy": None}

    @classmethod
    def filled(cls, name: str, resource: Properties) -> Properties:
        """The policy as PutKeyPolicy takes it: a text."""
        whole = super().filled(name, resource)
        document = whole["Properties"]["KeyPolicy"]
        text = json.dumps(document) if document else None
        return whole | {"Properties": whole["Properties"] | {"KeyPolicy": text}}


class Parameter(_Filled, ParameterOfMoto):
    """AWS::SSM::Parameter: its name is made up."""

    @staticmethod
    def usual(name: str) -> Properties:
        return {"Name": name}

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: ParameterOfMoto,
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> ParameterOfMoto:
        whole = cls.filled(original_resource.name, cloudformation_json)
        return super().update_from_cloudformation_json(
            original_resource, new_resource_name, whole, account_id, region_name
        )
