"""Tables and streams in CloudFormation: moto makes them, and leaves some of their settings out."""

from typing import Any

from moto.cloudformation import parsing
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.table import Table as TableOfMoto
from moto.kinesis.models import Stream as StreamOfMoto

from cognito_sandbox.patches.properties import Properties, typed
from cognito_sandbox.store import needs

NEEDS = (
    "moto.cloudformation.parsing:get_model_map",
    "moto.dynamodb.models:DynamoDBBackend.update_continuous_backups",
    "moto.dynamodb.models:DynamoDBBackend.update_time_to_live",
    "moto.dynamodb.models:dynamodb_backends",
    "moto.dynamodb.models.table:Table.create_from_cloudformation_json",
    "moto.kinesis.models:Stream.create_from_cloudformation_json",
    "moto.kinesis.models:Stream.update_from_cloudformation_json",
)
EXPIRY, BACKUPS = "TimeToLiveSpecification", "PointInTimeRecoverySpecification"
MODE, ON_DEMAND = "StreamModeDetails", "ON_DEMAND"
SHARDS_ON_DEMAND = 4


def install() -> None:
    """Have moto's CloudFormation use these types."""
    needs.check(NEEDS)
    for kind in (Table, Stream):
        parsing.get_model_map()[kind.cloudformation_type()] = kind


class Table(TableOfMoto):
    """AWS::DynamoDB::Table."""

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
        **more: object,
    ) -> TableOfMoto:
        table = super().create_from_cloudformation_json(
            resource_name, cloudformation_json, account_id, region_name, **more
        )
        backend = dynamodb_backends[account_id][region_name]
        try:
            _configure(backend, table.name, cloudformation_json["Properties"])
        except Exception:
            backend.delete_table(table.name)
            raise
        return table


def _configure(backend: DynamoDBBackend, name: str, properties: Properties) -> None:
    if EXPIRY in properties:
        given = typed("dynamodb", "UpdateTimeToLive", {EXPIRY: properties[EXPIRY]})
        backend.update_time_to_live(name, {"Enabled": False} | given[EXPIRY])
    if BACKUPS in properties:
        given = typed("dynamodb", "UpdateContinuousBackups", {BACKUPS: properties[BACKUPS]})
        off = {"PointInTimeRecoveryEnabled": False}
        backend.update_continuous_backups(name, off | given[BACKUPS])


class Stream(StreamOfMoto):
    """AWS::Kinesis::Stream."""

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
        **more: object,
    ) -> StreamOfMoto:
        given = cloudformation_json["Properties"]
        mode = given.get(MODE, {})
        if mode.get("StreamMode") == ON_DEMAND:
            given = {"ShardCount": SHARDS_ON_DEMAND} | given
        stream = super().create_from_cloudformation_json(
            resource_name, {"Properties": given}, account_id, region_name, **more
        )
        stream.stream_mode = mode or stream.stream_mode
        return stream

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: StreamOfMoto, **more: Any
    ) -> StreamOfMoto:
        given = more["cloudformation_json"]["Properties"]
        if given.get("Name") == original_resource.stream_name:
            del given["Name"]  # moto takes any for another's
        original_resource.stream_mode = given.get(MODE) or {"StreamMode": "PROVISIONED"}
        return super().update_from_cloudformation_json(original_resource, **more)
