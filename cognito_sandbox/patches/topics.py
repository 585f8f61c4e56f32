"""SNS: moto calls functions inside Publish, with an event of 1970; here they get the true one.

What waits for somebody else's answer within Publish, or goes nowhere, is no subscription here.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sns import models
from moto.sns.exceptions import SNSInvalidParameter, SNSNotFoundError
from moto.sns.responses import SNSResponse

from cognito_sandbox.events import filter_policies, losses, subscription_settings, topics
from cognito_sandbox.events.subscription_settings import RAW, SCOPE, SettingError
from cognito_sandbox.patches import failures, fifo_topics, topic_messages, topic_settings
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
    "moto.sns.responses:SNSResponse.set_subscription_attributes",
    "moto.sns.responses:SNSResponse.subscribe",
    "moto.sns.responses:SNSResponse.unsubscribe",
)
TOPIC = re.compile(r"arn:[^:]+:sns:[^:]+:\d+:[^:]+")
ENDPOINTS = {
    "lambda": re.compile(r"arn:[^:]+:lambda:[^:]+:\d+:function:[^:]+(:[^:]+)?"),
    "sqs": subscription_settings.QUEUE,
}
NAMES = {"lambda": "Lambda", "sqs": "SQS"}
publish = models.Subscription.publish
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
    models.SNSBackend._validate_filter_policy = lambda *_, **__: None  # it was checked before
    models.FilterPolicyMatcher = filter_policies.Matcher
    SNSResponse.subscribe, SNSResponse.set_subscription_attributes = _subscribe, _set
    SNSResponse.unsubscribe = _unsubscribe
    topic_settings.install()


def _publish(subscription: models.Subscription, message: str, message_id: str, **more: Any) -> None:
    """To a function, or to anything else; what is refused there is nothing to the publisher."""
    attributes, matcher = more.get("message_attributes"), subscription._filter_policy_matcher
    if matcher is not None and not matcher.matches(attributes, message):
        return
    if subscription.protocol == "lambda":
        _deliver(subscription, message, message_id, **more)
        return
    try:
        with places.sending(subscription.endpoint):
            topics.caller(subscription.topic.arn).check_sends(subscription.endpoint)
            publish(subscription, message, message_id, **more)
    except losses.LOST as error:
        told = topic_messages.notification(
            subscription, message, message_id, more.get("subject"), attributes
        )
        _subscribed(subscription).bury(told, error)


def _deliver(subscription: models.Subscription, message: str, message_id: str, **more: Any) -> None:
    if more.get("message_structure") == "json":
        message = subscription._parse_message_structure(message, subscription.protocol)
    _subscribed(subscription).deliver(
        topic_messages.notification(
            *(subscription, message, message_id, more.get("subject")),
            more.get("message_attributes"),
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
    if protocol not in ENDPOINTS:
        raise SNSInvalidParameter(
            f"Invalid parameter: Protocol: the sandbox delivers nothing by {protocol}. Subscribe a "
            "function (lambda) or a queue (sqs), or use an AWS account."
        )
    if not ENDPOINTS[protocol].fullmatch(endpoint or ""):
        raise SNSInvalidParameter(f"Invalid parameter: {NAMES[protocol]} endpoint ARN")
    fifo_topics.check_protocol(backend, topic_arn, protocol)
    return make_subscription(backend, topic_arn, endpoint, protocol)


@failures.hands_on
def _subscribe(response: SNSResponse) -> ActionResult:
    """What is refused for its attributes leaves nothing behind."""
    named = [response._get_param(name) for name in ("TopicArn", "Endpoint", "Protocol")]
    if not TOPIC.fullmatch(named[0] or ""):
        raise SNSInvalidParameter("Invalid parameter: TopicArn")
    backend, given = response.backend, response._get_param("Attributes", {})
    with _in_aws_words("Attributes Reason: "):
        subscription_settings.check_all(named[2], given)
        before = backend._find_subscription(*named)
        if before and subscription_settings.differ(before.attributes, given):
            raise SettingError("Subscription already exists with different attributes")
    made = backend.subscribe(*named)
    for name in sorted(given, key=subscription_settings.KNOWN.index):
        backend.set_subscription_attributes(made.arn, name, given[name])
    return ActionResult({"SubscriptionArn": made.arn})


def _unsubscribe(response: SNSResponse) -> EmptyResult:
    """Whoever is subscribed no more is so already."""
    arn = str(response._get_param("SubscriptionArn") or "")
    if told := topic_settings.lacks_elements(arn):
        raise SNSInvalidParameter(f"Invalid parameter: SubscriptionArn Reason: {told}")
    response.backend.unsubscribe(arn)
    return EmptyResult()


@failures.hands_on
def _set(response: SNSResponse) -> EmptyResult:
    """moto takes any value that is not true for false."""
    names = ("SubscriptionArn", "AttributeName", "AttributeValue")
    response.backend.set_subscription_attributes(*map(response._get_param, names))
    return EmptyResult()


def _set_attribute(backend: models.SNSBackend, arn: str, name: str, value: Any) -> None:
    subscription = backend.subscriptions.get(arn)
    if not subscription:
        raise SNSNotFoundError("Subscription does not exist")
    if name not in (*subscription_settings.KNOWN, subscription_settings.NOT_HERE):
        raise SNSInvalidParameter("Invalid parameter: AttributeName")
    with _in_aws_words():
        scope = subscription.attributes.get(SCOPE)
        subscription_settings.check(subscription.protocol, name, value, scope)
        value = subscription_settings.truth(name, value) if name == RAW else value
    set_attributes(backend, arn, name, value)
    if name == SCOPE and subscription._filter_policy_matcher:
        matcher = filter_policies.Matcher(subscription._filter_policy, value)
        subscription._filter_policy_matcher = matcher


@contextmanager
def _in_aws_words(before: str = "") -> Iterator[None]:
    try:
        yield
    except SettingError as error:
        raise SNSInvalidParameter(f"Invalid parameter: {before}{error}") from None
