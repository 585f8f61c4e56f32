"""AWS::SQS::Queue in CloudFormation: of what changes, moto takes two numbers and no more."""

from functools import partial

from moto.cloudformation import parsing
from moto.sqs.models import Queue as QueueOfMoto
from moto.sqs.models import sqs_backends

from cognito_sandbox.patches import queue_values
from cognito_sandbox.patches.made import replace
from cognito_sandbox.patches.properties import Properties, tags
from cognito_sandbox.store import needs

NEEDS = (
    "moto.cloudformation.parsing:get_model_map",
    "moto.sqs.models:Queue.create_from_cloudformation_json",
    "moto.sqs.models:SQSBackend.delete_queue",
    "moto.sqs.models:sqs_backends",
)
SETTINGS = (
    *("content_based_deduplication", "dead_letter_queue", "deduplication_scope"),
    *("delay_seconds", "fifo_throughput_limit", "kms_data_key_reuse_period_seconds"),
    *("kms_master_key_id", "maximum_message_size", "message_retention_period"),
    *("receive_message_wait_time_seconds", "redrive_policy", "sqs_managed_sse_enabled"),
    "visibility_timeout",
)


def install() -> None:
    """Have moto's CloudFormation use this type."""
    needs.check(NEEDS)
    parsing.get_model_map()[Queue.cloudformation_type()] = Queue


class Queue(QueueOfMoto):
    """AWS::SQS::Queue."""

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: QueueOfMoto,
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> QueueOfMoto:
        """The queue keeps its messages, unless its name changes."""
        given, queue = dict(cloudformation_json["Properties"]), original_resource
        if given.get("QueueName", queue.name) != queue.name:
            where = account_id, region_name
            remove = partial(sqs_backends[account_id][region_name].delete_queue, queue.name)
            create = cls.create_from_cloudformation_json
            return replace(create, new_resource_name, cloudformation_json, where, remove)
        listed = given.pop("Tags", [])
        queue_values.check(given, queue.fifo_queue)
        wanted = QueueOfMoto(queue.name, region_name, account_id, **given)  # which nobody sees
        for name in SETTINGS:
            setattr(queue, name, getattr(wanted, name))
        queue.tags = tags(listed)
        return queue
