"""AWS::SQS::QueuePolicy and AWS::SNS::TopicPolicy, which moto lacks: who may send there."""

import json
from typing import ClassVar

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.sns.models import Topic, sns_backends
from moto.sqs.models import Queue, sqs_backends

from cognito_sandbox.iam import resource_policies
from cognito_sandbox.patches.made import Made
from cognito_sandbox.patches.properties import Properties
from cognito_sandbox.store import needs

NEEDS = (
    "moto.cloudformation.parsing:get_model_map",
    "moto.sns.models:Topic._create_default_topic_policy",
    "moto.sns.models:sns_backends",
    "moto.sqs.models:sqs_backends",
)


def install() -> None:
    """Have moto's CloudFormation use these types."""
    needs.check(NEEDS)
    for kind in (QueuePolicy, TopicPolicy):
        parsing.get_model_map()[kind.kind] = kind


class PlacePolicy(Made):
    """One policy, of all the queues or topics that it names."""

    attributes = ("Id",)
    places: ClassVar[str]  # the property that names them

    def __init__(self, name: str, given: Properties) -> None:
        super().__init__(name)
        self.given = given

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, cloudformation_json: Properties, account: str, region: str, **_: object
    ) -> "PlacePolicy":
        made = cls(name, cloudformation_json["Properties"])
        made._put(account, region)
        return made

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: "PlacePolicy",
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> "PlacePolicy":
        before, original_resource.given = original_resource.given, cloudformation_json["Properties"]
        original_resource._put(account_id, region_name)
        for place in before[cls.places]:
            if place not in original_resource.given[cls.places]:
                cls._set(place, None, account_id, region_name)
        return original_resource

    def delete(self, account_id: str, region_name: str) -> None:
        for place in self.given[self.places]:
            self._set(place, None, account_id, region_name)

    def _put(self, account: str, region: str) -> None:
        document = json.dumps(self.given["PolicyDocument"], default=str)
        if not resource_policies.is_one(document):
            raise ValidationError(
                message=f"Invalid value for PolicyDocument. {resource_policies.NONE}"
            )
        for place in self.given[self.places]:
            if not self._set(place, document, account, region):
                raise ValidationError(message=f"{self.places}: there is no {place}.")

    @classmethod
    def _set(cls, place: str, document: str | None, account: str, region: str) -> bool:
        """Give it this policy, or the one that it had at first; False if it is not there."""
        raise NotImplementedError


class QueuePolicy(PlacePolicy):
    kind, places = "AWS::SQS::QueuePolicy", "Queues"

    @classmethod
    def _set(cls, place: str, document: str | None, account: str, region: str) -> bool:
        queues: dict[str, Queue] = sqs_backends[account][region].queues
        queue = queues.get(str(place).rpartition("/")[2])
        if queue:
            queue.policy = document
        return queue is not None


class TopicPolicy(PlacePolicy):
    kind, places = "AWS::SNS::TopicPolicy", "Topics"

    @classmethod
    def _set(cls, place: str, document: str | None, account: str, region: str) -> bool:
        topics: dict[str, Topic] = sns_backends[account][region].topics
        topic = topics.get(place)
        if topic:
            first = topic._create_default_topic_policy(region, account, topic.name)
            topic.policy = document or json.dumps(first)
        return topic is not None
