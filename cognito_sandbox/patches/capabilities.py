"""What must be acknowledged of a stack: that it makes roles or users, that a macro changes it."""

from collections.abc import Collection
from typing import Any

from moto.cloudformation.exceptions import CloudFormationError

NEEDS = ("moto.cloudformation.exceptions:CloudFormationError",)
IAM, NAMED, EXPANDING = "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"
NAMES = {  # what needs the first two, and where its name of one's own is
    "AWS::IAM::AccessKey": "",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": "",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::UserToGroupAddition": "",
}


class InsufficientCapabilitiesError(CloudFormationError):
    code = "InsufficientCapabilitiesException"


def check(template: dict[str, Any], acknowledged: Collection[str]) -> None:
    """Of a template in which the macros are done."""
    resources = [each for each in template.get("Resources", {}).values() if isinstance(each, dict)]
    found = [each for each in resources if each.get("Type") in NAMES]
    if any(_is_named(each) for each in found) and NAMED not in acknowledged:
        raise _lacking(NAMED)
    if found and not {IAM, NAMED} & set(acknowledged):
        raise _lacking(IAM)


def check_macros(template: dict[str, Any], acknowledged: Collection[str]) -> None:
    """Of a template as it was sent, of which a stack is made at once."""
    if template.get("Transform") and EXPANDING not in acknowledged:
        raise _lacking(EXPANDING)


def _is_named(resource: dict[str, Any]) -> bool:
    return NAMES[resource["Type"]] in (resource.get("Properties") or {})


def _lacking(capability: str) -> InsufficientCapabilitiesError:
    return InsufficientCapabilitiesError(f"Requires capabilities : [{capability}]")
