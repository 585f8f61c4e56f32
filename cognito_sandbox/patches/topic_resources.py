"""Topics and their subscriptions in CloudFormation."""

import json
from functools import partial
from typing import Any

from moto.cloudformation import parsing
from moto.core.utils import camelcase_to_underscores
from moto.sns.models import SNSBackend, sns_backends
from moto.sns.models import Topic as TopicOfMoto

from cognito_sandbox.patches.made import Made, replace
from cognito_sandbox.patches.properties import Properties, tags
from cognito_sandbox.store import needs

NEEDS = (
    "moto.cloudformation.parsing:get_model_map",
    "moto.sns.models:SNSBackend._find_subscription",
    "moto.sns.models:SNSBackend.set_subscription_attributes",
    "moto.sns.models:SNSBackend.subscribe",
    "moto.sns.models:SNSBackend.unsubscribe",
    "moto.sns.models:Topic.create_from_cloudformation_json",
)
SUBSCRIBED = ("Endpoint", "Protocol", "TopicArn")
ATTRIBUTES = (  # the scope comes first: the policy is checked for it
    *("FilterPolicyScope", "FilterPolicy", "RawMessageDelivery", "RedrivePolicy"),
)
INLINE = "Subscription"
CHANGED = ("ContentBasedDeduplication", "DisplayName", "KmsMasterKeyId", "SignatureVersion")


def install() -> None:
    """Have moto's CloudFormation use these types."""
    needs.check(NEEDS)
    models = parsing.get_model_map()
    models[Subscription.kind], models[Topic.cloudformation_type()] = Subscription, Topic


class Subscription(Made):
    kind, attributes = "AWS::SNS::Subscription", ("Arn",)

    def __init__(self, arn: str, given: Properties) -> None:
        super().__init__(arn)
        self.given = given

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, cloudformation_json: Properties, account: str, region: str, **_: object
    ) -> "Subscription":
        given = cloudformation_json["Properties"]
        backend = _backend(given["TopicArn"])
        made = backend.subscribe(given["TopicArn"], given["Endpoint"], given["Protocol"])
        try:
            _set(backend, made.arn, given)
        except Exception:
            backend.unsubscribe(made.arn)
            raise
        return cls(str(made.arn), given)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: "Subscription",
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> "Subscription":
        given, before = cloudformation_json["Properties"], original_resource.given
        if any(given.get(name) != before.get(name) for name in SUBSCRIBED):
            where = account_id, region_name
            remove = partial(original_resource.delete, *where)
            create = cls.create_from_cloudformation_json
            return replace(create, new_resource_name, cloudformation_json, where, remove)
        gone = {name: None for name in ATTRIBUTES if name in before}
        _set(_backend(given["TopicArn"]), original_resource.physical_resource_id, gone | given)
        original_resource.given = given
        return original_resource

    def delete(self, account_id: str, region_name: str) -> None:
        _backend(self.physical_resource_id).unsubscribe(self.physical_resource_id)


def _backend(arn: str) -> SNSBackend:
    _, _, _, region, account, *_ = arn.split(":")
    return sns_backends[account][region]


def _set(backend: SNSBackend, arn: str, given: Properties) -> None:
    for name in ATTRIBUTES:
        if name in given:
            backend.set_subscription_attributes(arn, name, _attribute(name, given[name]))


def _attribute(name: str, value: object) -> Any:
    """As SetSubscriptionAttributes takes it."""
    if name == "RawMessageDelivery":
        return False if value is None else value
    if name == "FilterPolicyScope":
        return value or "MessageAttributes"
    return json.dumps(value) if isinstance(value, dict) else value


class Topic(TopicOfMoto):
    """AWS::SNS::Topic, which moto would replace, for all that changes: subscriptions were lost."""

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
        **more: object,
    ) -> TopicOfMoto:
        topic = super().create_from_cloudformation_json(
            resource_name, cloudformation_json, account_id, region_name, **more
        )
        topic._tags = tags(cloudformation_json["Properties"].get("Tags", []))
        return topic

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: TopicOfMoto,
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> TopicOfMoto:
        given = cloudformation_json["Properties"]
        if given.get("TopicName", original_resource.name) != original_resource.name:
            where = account_id, region_name
            remove = partial(original_resource.delete, *where)
            create = cls.create_from_cloudformation_json
            return replace(create, new_resource_name, cloudformation_json, where, remove)
        for name in CHANGED:
            setattr(original_resource, camelcase_to_underscores(name), given.get(name, ""))
        original_resource._tags = tags(given.get("Tags", []))
        _subscribe_inline(original_resource, given.get(INLINE) or [])
        return original_resource


def _subscribe_inline(topic: TopicOfMoto, wanted: list[Properties]) -> None:
    """Those whom the topic's own list named before are gone, if it names them no more."""
    backend, before = topic.sns_backend, getattr(topic, INLINE.lower(), [])
    for each in before:
        subscribed = backend._find_subscription(topic.arn, each["Endpoint"], each["Protocol"])
        if each not in wanted and subscribed:
            backend.unsubscribe(subscribed.arn)
    for each in wanted:
        backend.subscribe(topic.arn, each["Endpoint"], each["Protocol"])
    setattr(topic, INLINE.lower(), wanted)  # as moto does when it makes the topic
