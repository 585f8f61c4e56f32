"""AWS::IAM::User in CloudFormation: moto makes the user, and gives it no rights."""

import json
from contextlib import suppress
from functools import partial

from moto.cloudformation import parsing
from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend, iam_backends
from moto.iam.models import User as UserOfMoto
from moto.utilities.utils import get_partition

from cognito_sandbox.patches.made import replace
from cognito_sandbox.patches.properties import Properties
from cognito_sandbox.store import needs

NEEDS = (
    "moto.cloudformation.parsing:get_model_map",
    *(f"moto.iam.models:IAMBackend.{verb}_user" for verb in ("create", "delete", "tag", "untag")),
    *(f"moto.iam.models:IAMBackend.{verb}_user_policy" for verb in ("attach", "detach", "put")),
    "moto.iam.models:IAMBackend.add_user_to_group",
    "moto.iam.models:IAMBackend.delete_user_policy",
    "moto.iam.models:IAMBackend.remove_user_from_group",
    "moto.iam.models:iam_backends",
    "moto.utilities.utils:get_partition",
)


def install() -> None:
    """Have moto's CloudFormation use this type."""
    needs.check(NEEDS)
    parsing.get_model_map()[User.cloudformation_type()] = User


class User(UserOfMoto):
    """AWS::IAM::User."""

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
        **_: object,
    ) -> UserOfMoto:
        properties = cloudformation_json.get("Properties", {})
        backend = _backend(account_id, region_name)
        user = backend.create_user(region_name, resource_name, properties.get("Path", "/"))
        try:
            _give(backend, user, properties)
        except Exception:
            _remove(backend, user)
            raise
        return user

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: UserOfMoto,
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> UserOfMoto:
        """What others gave the user stays, unless its name changes."""
        properties, user = cloudformation_json["Properties"], original_resource
        backend = _backend(account_id, region_name)
        if properties.get("UserName", user.name) != user.name:
            where, remove = (account_id, region_name), partial(_remove, backend, user)
            create = cls.create_from_cloudformation_json
            return replace(create, new_resource_name, cloudformation_json, where, remove)
        _take(backend, user)
        user.path = properties.get("Path", "/")
        _give(backend, user, properties)
        return user

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, _: Properties, account_id: str, region_name: str
    ) -> None:
        backend = _backend(account_id, region_name)
        _remove(backend, backend.get_user(resource_name))


def _backend(account_id: str, region_name: str) -> IAMBackend:
    return iam_backends[account_id][get_partition(region_name)]


def _give(backend: IAMBackend, user: UserOfMoto, properties: Properties) -> None:
    user.given_by_stack = properties  # of which some may fail: it is taken as far as it is there
    backend.tag_user(user.name, properties.get("Tags", []))
    for each in properties.get("Policies", []):
        document = json.dumps(each["PolicyDocument"], default=str)
        backend.put_user_policy(user.name, each["PolicyName"], document)
    for arn in properties.get("ManagedPolicyArns", []):
        backend.attach_user_policy(arn, user.name)
    for group in properties.get("Groups", []):
        backend.add_user_to_group(group, user.name)


def _take(backend: IAMBackend, user: UserOfMoto) -> None:
    given: Properties = getattr(user, "given_by_stack", {})
    backend.untag_user(user.name, [tag["Key"] for tag in given.get("Tags", [])])
    for each in given.get("Policies", []):
        with suppress(NotFoundException):
            backend.delete_user_policy(user.name, each["PolicyName"])
    for arn in given.get("ManagedPolicyArns", []):
        with suppress(NotFoundException):
            backend.detach_user_policy(arn, user.name)
    for group in given.get("Groups", []):
        with suppress(NotFoundException):
            backend.remove_user_from_group(group, user.name)


def _remove(backend: IAMBackend, user: UserOfMoto) -> None:
    _take(backend, user)
    backend.delete_user(user.name)
