"""What templates name and the sandbox does not have: it fails, or is skipped where asked for."""

from typing import Any, cast

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError

from cognito_sandbox.patches import stack_properties
from cognito_sandbox.patches.made import Made
from cognito_sandbox.state import keepable
from cognito_sandbox.store import needs

NEEDS = (
    "moto.cloudformation.parsing:get_model_map",
    "moto.cloudformation.parsing:parse_resource_and_generate_name",
    "moto.cloudformation.parsing:resource_class_from_type",
)
DO_NOTHING = ("AWS::CDK::Metadata", "AWS::CloudFormation::WaitConditionHandle")
SAM = "AWS::Serverless::"
known_class = parsing.resource_class_from_type
parse_resource = parsing.parse_resource_and_generate_name


class Placeholder(Made):
    """A resource that is in its stack and nowhere else."""

    note = ""  # what its event says

    def __init__(self, name: str, kind: str) -> None:
        super().__init__(name)
        self.type = kind

    @classmethod
    def create_from_cloudformation_json(cls, name: str, *_: Any, **more: Any) -> "Placeholder":
        return cls(name, more["ResourceType"])

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: "Placeholder", **_: Any
    ) -> "Placeholder":
        return original_resource

    def delete(self, account_id: str, region_name: str) -> None:
        """There is nothing to delete."""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return bool(attr)

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return f"{self.physical_resource_id}.{attribute_name}"


class Skipped(Placeholder):
    note = "Skipped: the sandbox does not have this type."


class Refused(Placeholder):
    @classmethod
    def create_from_cloudformation_json(cls, name: str, *_: Any, **more: Any) -> "Placeholder":
        kind = str(more["ResourceType"])
        step = "start it with --skip-unknown-resources to leave such resources out."
        if kind.startswith(SAM):
            step = "it needs the template's Transform, and pip install aws-sam-translator."
        raise ValidationError(message=f"The sandbox does not have {kind}: {step}")


class Unkept(Placeholder):
    @classmethod
    def create_from_cloudformation_json(cls, name: str, *_: Any, **more: Any) -> "Placeholder":
        raise ValidationError(message=keepable.refusal_of_type(str(more["ResourceType"])))


def install(skip: bool, keep: bool) -> None:
    """Have moto's CloudFormation ask here for each type's class; `keep`: all must be saved."""
    needs.check((*NEEDS, *stack_properties.NEEDS))
    unknown = Skipped if skip else Refused

    def class_of(kind: str) -> type[Any]:
        here = kind.startswith("Custom::") or kind in parsing.get_model_map()
        if not here and kind not in DO_NOTHING:
            return unknown
        if keep and keepable.refusal_of_type(kind):
            return Skipped if skip else Unkept
        return cast(type[Any], known_class(kind)) if here else Placeholder

    def parse(name: str, resource: dict[str, Any], resources: Any) -> Any:
        parsed = parse_resource(name, resource, resources)
        stack_properties.check(name, resource["Type"], parsed[1]["Properties"])
        return parsed

    parsing.resource_class_from_type = class_of
    parsing.parse_resource_and_generate_name = parse
