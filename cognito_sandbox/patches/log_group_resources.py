"""AWS::Logs::LogGroup in CloudFormation: moto forgets its key, and replaces it for a change."""

from functools import partial
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException
from moto.logs.models import LogGroup as LogGroupOfMoto
from moto.logs.models import LogsBackend, logs_backends

from cognito_sandbox.patches.made import replace
from cognito_sandbox.patches.properties import Properties, tags
from cognito_sandbox.store import needs

NEEDS = (
    "moto.cloudformation.parsing:get_model_map",
    "moto.logs.models:LogGroup.get_cfn_attribute",
    "moto.logs.models:LogsBackend.create_log_group",
    "moto.logs.models:LogsBackend.tag_resource",
    "moto.logs.models:LogsBackend.untag_resource",
    "moto.logs.models:logs_backends",
)


def install() -> None:
    """Have moto's CloudFormation use this type."""
    needs.check(NEEDS)
    LogGroupOfMoto.get_cfn_attribute = _attribute
    parsing.get_model_map()[LogGroup.cloudformation_type()] = LogGroup


class LogGroup(LogGroupOfMoto):
    """AWS::Logs::LogGroup."""

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
        **_: object,
    ) -> LogGroupOfMoto:
        backend = logs_backends[account_id][region_name]
        group = backend.create_log_group(resource_name, {})
        _configure(backend, group, cloudformation_json.get("Properties", {}))
        return group

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: LogGroupOfMoto,
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> LogGroupOfMoto:
        """The group keeps its lines, unless its name changes."""
        properties = cloudformation_json.get("Properties", {})
        name = properties.get("LogGroupName", original_resource.name)
        if name == original_resource.name:
            _configure(logs_backends[account_id][region_name], original_resource, properties)
            return original_resource
        where = account_id, region_name
        remove = partial(original_resource.delete, *where)
        create = cls.create_from_cloudformation_json
        return replace(create, name, cloudformation_json, where, remove)


def _configure(backend: LogsBackend, group: LogGroupOfMoto, properties: Properties) -> None:
    """What the template says, and nothing that it said before."""
    days = properties.get("RetentionInDays")
    group.retention_in_days = None if days is None else int(days)
    group.kms_key_id = properties.get("KmsKeyId")
    backend.untag_resource(group.arn, list(backend.list_tags_for_resource(group.arn)))
    backend.tag_resource(group.arn, tags(properties.get("Tags", [])))


def _attribute(group: Any, attribute: str) -> str:
    """AWS's ARN of a group ends in `:*` here, so that a role that names it may write streams."""
    if attribute != "Arn":
        raise UnformattedGetAttTemplateException
    return f"{group.arn}:*"
