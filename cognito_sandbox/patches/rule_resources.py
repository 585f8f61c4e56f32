"""AWS::Events::Rule in CloudFormation: moto makes a new rule for all that changes."""

import json
from functools import partial

from moto.cloudformation import parsing
from moto.events.models import Rule as RuleOfMoto
from moto.events.models import events_backends

from cognito_sandbox.patches.made import replace
from cognito_sandbox.patches.properties import Properties, refuse_unknown
from cognito_sandbox.store import needs

NEEDS = (
    "moto.cloudformation.parsing:get_model_map",
    "moto.events.models:EventsBackend.put_rule",
    "moto.events.models:EventsBackend.put_targets",
    "moto.events.models:EventsBackend.remove_targets",
    "moto.events.models:events_backends",
)
ARGUMENTS = {
    "Description": "description",
    "EventBusName": "event_bus_arn",
    "EventPattern": "event_pattern",
    "ScheduleExpression": "scheduled_expression",
    "State": "state",
    "Tags": "tags",
}
DEFAULTS: Properties = {"EventBusName": "default", "State": "ENABLED"}


def install() -> None:
    """Have moto's CloudFormation use this type."""
    needs.check(NEEDS)
    parsing.get_model_map()[Rule.cloudformation_type()] = Rule


class Rule(RuleOfMoto):
    """AWS::Events::Rule."""

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
        **_: object,
    ) -> RuleOfMoto:
        given = DEFAULTS | cloudformation_json["Properties"]
        refuse_unknown(cls.cloudformation_type(), given, {*ARGUMENTS, "Name", "Targets"})
        if isinstance(given.get("EventPattern"), dict):
            given["EventPattern"] = json.dumps(given["EventPattern"])
        backend, bus = events_backends[account_id][region_name], given["EventBusName"]
        arguments = {name: given[key] for key, name in ARGUMENTS.items() if key in given}
        rule = backend.put_rule(resource_name, **arguments)
        rule.remove_targets([target["Id"] for target in rule.targets])
        try:
            backend.put_targets(rule.name, bus, given.get("Targets") or [])
        except Exception:
            rule.delete(account_id, region_name)
            raise
        return rule

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: RuleOfMoto,
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> RuleOfMoto:
        """The rule stays what it is, unless its name or its bus changes."""
        given = DEFAULTS | cloudformation_json["Properties"]
        name, bus = given.get("Name", original_resource.name), given["EventBusName"]
        same = bus.rpartition("/")[2] == original_resource.event_bus_name
        if name == original_resource.name and same:
            return cls.create_from_cloudformation_json(
                name, cloudformation_json, account_id, region_name
            )
        wanted = name if same else new_resource_name
        where = account_id, region_name
        remove = partial(original_resource.delete, *where)
        create = cls.create_from_cloudformation_json
        return replace(create, wanted, cloudformation_json, where, remove)
