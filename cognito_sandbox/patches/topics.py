"""SNS: moto calls functions inside Publish, with an event of 1970; here they get the true one.

What waits for somebody else's answer within Publish, or goes nowhere, is no subscription here.
"""

import json
import re
from typing import Any

from moto.core.responses import ActionResult
from moto.sns import models
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.responses import SNSResponse

from cognito_sandbox.events import filter_policies, topics
from cognito_sandbox.events.filter_policies import SCOPES
from cognito_sandbox.patches import fifo_topics, topic_messages
from cognito_sandbox.store import needs, places

NEEDS = (
    "moto.sns.models:FilterPolicyMatcher",
    "moto.sns.models:SNSBackend._find_subscription",
    "moto.sns.models:SNSBackend._validate_filter_policy",
    "moto.sns.models:SNSBackend.set_subscription_attributes",
    "moto.sns.models:SNSBackend.subscribe",
    "moto.sns.models:Subscription._parse_message_structure",
    "moto.sns.models:Subscription.get_post_data",
    "moto.sns.models:Subscription.publish",
    "moto.sns.responses:SNSResponse.subscribe",
)
PROTOCOLS = ("lambda", "sqs")
TOPIC = re.compile(r"arn:[^:]+:sns:[^:]+:\d+:[^:]+")
OF_OTHER_PROTOCOLS = ("DeliveryPolicy", "SubscriptionRoleArn")
JSON = ("FilterPolicy", "RedrivePolicy")
publish, subscribe = models.Subscription.publish, SNSResponse.subscribe
set_attributes = models.SNSBackend.set_subscription_attributes
make_subscription = models.SNSBackend.subscribe


def install() -> None:
    """Put the sandbox's deliveries to functions in the place of moto's."""
    needs.check((*NEEDS, *topic_messages.NEEDS, *fifo_topics.NEEDS))
    models.Topic.publish = fifo_topics.publish_once
    models.Subscription.publish = _publish
    models.Subscription.get_post_data = topic_messages.notification
    models.SNSBackend.set_subscription_attributes = _set_attribute
    models.SNSBackend.subscribe = _make_subscription
    models.SNSBackend._validate_filter_policy = _check_filter
    models.FilterPolicyMatcher = filter_policies.Matcher
    SNSResponse.subscribe = _subscribe


def _publish(subscription: models.Subscription, message: str, message_id: str, **more: Any) -> None:
    """To a function, or to anything else; what is refused there is nothing to the publisher."""
    if subscription.protocol == "lambda":
        _deliver(subscription, message, message_id, **more)
        return
    try:
        with places.sending(subscription.endpoint):
            publish(subscription, message, message_id, **more)
    except places.NowhereError as error:
        told = topic_messages.notification(
            *(subscription, message, message_id, more.get("subject")),
            more.get("message_attributes"),
        )
        _subscribed(subscription).bury(told, error)


def _deliver(subscription: models.Subscription, message: str, message_id: str, **more: Any) -> None:
    attributes, matcher = more.get("message_attributes"), subscription._filter_policy_matcher
    if matcher is not None and not matcher.matches(attributes, message):
        return
    if more.get("message_structure") == "json":
        message = subscription._parse_message_structure(message, subscription.protocol)
    _subscribed(subscription).deliver(
        topic_messages.notification(
            subscription, message, message_id, more.get("subject"), attributes
        )
    )


def _subscribed(subscription: models.Subscription) -> topics.Subscription:
    letters = _dead_letters(subscription)
    return topics.Subscription(subscription.arn, subscription.endpoint, letters)


def _dead_letters(subscription: models.Subscription) -> str | None:
    policy = json.loads(subscription.attributes.get("RedrivePolicy") or "{}")
    arn = policy.get("deadLetterTargetArn")
    return str(arn) if arn else None


def _make_subscription(
    backend: models.SNSBackend, topic_arn: str, endpoint: str, protocol: str
) -> models.Subscription:
    if protocol not in PROTOCOLS:
        raise SNSInvalidParameter(
            f"Invalid parameter: Protocol: the sandbox delivers nothing by {protocol}. Subscribe a "
            "function (lambda) or a queue (sqs), or use an AWS account."
        )
    fifo_topics.check_protocol(backend, topic_arn, protocol)
    return make_subscription(backend, topic_arn, endpoint, protocol)


def _check_filter(_: models.SNSBackend, policy: Any, scope: str | None) -> None:
    try:
        filter_policies.check(policy, scope)
    except filter_policies.FilterError as error:
        raise SNSInvalidParameter(f"Invalid parameter: {error}") from None


def _subscribe(response: SNSResponse) -> ActionResult:
    """What is refused for its attributes leaves nothing behind."""
    named = [response._get_param(name) for name in ("TopicArn", "Endpoint", "Protocol")]
    if not TOPIC.fullmatch(named[0] or ""):
        raise SNSInvalidParameter("Invalid parameter: TopicArn")
    before = response.backend._find_subscription(*named)
    try:
        return subscribe(response)
    except Exception:
        made = response.backend._find_subscription(*named)
        if made and not before:
            response.backend.unsubscribe(made.arn)
        raise


def _set_attribute(backend: models.SNSBackend, arn: str, name: str, value: Any) -> None:
    subscription = backend.subscriptions.get(arn)
    wants_raw = name == "RawMessageDelivery" and str(value).lower() == "true"
    if subscription and subscription.protocol == "lambda" and wants_raw:
        raise _bad_attribute("Delivery protocol [lambda] does not support raw message delivery.")
    if name in OF_OTHER_PROTOCOLS and value:
        raise SNSInvalidParameter(
            f"Invalid parameter: {name}: neither functions nor queues have one. Leave it out."
        )
    if name == "FilterPolicyScope" and value not in SCOPES:
        named = f"Invalid value [{value}]. Please use either {' or '.join(SCOPES)}"
        raise SNSInvalidParameter(f"Invalid parameter: {name}: {named}")
    if name in JSON and value and not _is_object(value):
        raise _bad_attribute(f"{name}: failed to parse JSON.")
    set_attributes(backend, arn, name, value)
    if subscription and name == "FilterPolicyScope" and subscription._filter_policy_matcher:
        matcher = filter_policies.Matcher(subscription._filter_policy, value)
        subscription._filter_policy_matcher = matcher


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _bad_attribute(reason: str) -> SNSInvalidParameter:
    return SNSInvalidParameter(f"Invalid parameter: Attributes Reason: {reason}")
