"""What SNS takes of a topic and of a message; moto takes nearly all.

(events contract 4)
"""

import json
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import camelcase_to_underscores
from moto.sns import models
from moto.sns.exceptions import InvalidParameterValue, SNSInvalidParameter
from moto.sns.responses import SNSResponse

from cognito_sandbox import mailbox
from cognito_sandbox.events import subscription_settings
from cognito_sandbox.events.subscription_settings import SettingError
from cognito_sandbox.iam import resource_policies
from cognito_sandbox.patches import failures
from cognito_sandbox.store import needs

NEEDS = (
    "moto.core.utils:camelcase_to_underscores",
    "moto.sns.models:SNSBackend.create_topic",
    "moto.sns.models:SNSBackend.get_topic",
    "moto.sns.models:SNSBackend.publish",
    "moto.sns.models:SNSBackend.set_topic_attribute",
    "moto.sns.responses:SNSResponse.create_topic",
    "moto.sns.responses:SNSResponse.set_topic_attributes",
)
FIFO, BY_CONTENT = "FifoTopic", "ContentBasedDeduplication"
TAKEN = (BY_CONTENT, "DisplayName", "KmsMasterKeyId", "Policy", "SignatureVersion")
NOT_HERE = (
    *("ArchivePolicy", "DeliveryPolicy", "FifoThroughputScope", "MaximumMessageSize"),
    "TracingConfig",
)
FEEDBACK = ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
USUAL = {"SignatureVersion": "1"}
NO_ARN = "TopicArn or TargetArn Reason: no value for required parameter"
ENDPOINT = ":endpoint/"  # of a device; of one that is not there, moto tells where a topic is not
ELEMENTS = 6  # of an ARN
VERSIONS = ("1", "2")
LONGEST_SUBJECT, LARGEST = 100, 262_144  # characters, and bytes
publish = models.SNSBackend.publish


def install() -> None:
    """Put the sandbox's checks before what moto does."""
    needs.check(NEEDS)
    SNSResponse.create_topic, SNSResponse.set_topic_attributes = _create, _set
    models.SNSBackend.publish = _publish


@failures.hands_on
def _create(response: SNSResponse) -> ActionResult:
    """A topic of this name is answered, if it is no other than the one that is asked for."""
    backend, name = response.backend, response._get_param("Name")
    given, tags = response._get_param("Attributes", {}), response._get_tags()
    for attribute in given:
        if not _is_known(attribute, FIFO):
            raise _refused(f"Attributes Reason: Unknown attribute {attribute}")
    typed = {attribute: _typed(attribute, value) for attribute, value in given.items()}
    topic = backend.create_topic(name, typed, tags)
    if any(_differs(topic, *each) for each in typed.items()):
        raise _refused("Attributes Reason: Topic already exists with different attributes")
    if tags.items() - topic._tags.items():
        raise _refused("Tags Reason: Topic already exists with different tags")
    return ActionResult({"TopicArn": topic.arn})


@failures.hands_on
def _set(response: SNSResponse) -> EmptyResult:
    arn, name = response._get_param("TopicArn"), response._get_param("AttributeName")
    if not name or not _is_known(name):
        raise _refused("AttributeName")
    value = _typed(name, response._get_param("AttributeValue"))
    response.backend.set_topic_attribute(arn, camelcase_to_underscores(name), value)
    return EmptyResult()


def _is_known(name: str, *more: str) -> bool:
    if name in NOT_HERE or name.endswith(FEEDBACK):
        raise NotImplementedError(f"The sandbox does not have a topic's {name}. Leave it out.")
    return name in (*TAKEN, *more)


def _typed(name: str, value: Any) -> Any:
    """As moto keeps it."""
    try:
        if name in (FIFO, BY_CONTENT):
            return subscription_settings.truth(name, value)
    except SettingError as error:
        raise _refused(str(error)) from None
    if name == "SignatureVersion" and value not in VERSIONS:
        raise _refused(f"{name}: Invalid value [{value}]. It is {' or '.join(VERSIONS)}.")
    if name == "Policy" and not resource_policies.is_one(value):
        raise _refused(f"Policy. {resource_policies.NONE}")
    return value


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _differs(topic: models.Topic, name: str, value: Any) -> bool:
    kept = getattr(topic, camelcase_to_underscores(name), USUAL.get(name, ""))
    return bool(json.loads(kept) != json.loads(value) if name == "Policy" else kept != value)


def _refused(reason: str) -> SNSInvalidParameter:
    return SNSInvalidParameter(f"Invalid parameter: {reason}")


@failures.hands_on
def _publish(backend: models.SNSBackend, message: str | None, **more: Any) -> str:
    """Of a batch, moto tells only what is refused with this error; a text message is kept."""
    text, subject, arn = message or "", more.get("subject"), more.get("arn")
    if not arn and not more.get("phone_number"):
        raise InvalidParameterValue(f"Invalid parameter: {NO_ARN}")
    if arn and (told := lacks_elements(arn)):
        raise InvalidParameterValue(f"Invalid parameter: TopicArn Reason: {told}")
    if arn and ENDPOINT not in arn:
        backend.get_topic(arn)
    if not text:
        raise InvalidParameterValue("Invalid parameter: Empty message")
    if subject is not None and not _is_line(subject):
        raise InvalidParameterValue("Invalid parameter: Subject")
    if len(text.encode()) > LARGEST:
        raise InvalidParameterValue("Invalid parameter: Message too long")
    if more.get("message_structure") == "json":
        _check_structure(text)
    message_id = str(publish(backend, text, **more))
    if more.get("phone_number"):
        mailbox.add_other(more["phone_number"], "SMS", "Publish", None, text)
    return message_id


def lacks_elements(arn: str) -> str:
    """What SNS says of an ARN that is too short; of others, nothing."""
    elements = arn.count(":") + 1
    told = f"An ARN must have at least {ELEMENTS} elements, not {elements}"
    return told if elements < ELEMENTS else ""


def _is_line(text: str) -> bool:
    return 0 < len(text) <= LONGEST_SUBJECT and text.isprintable()


def _check_structure(text: str) -> None:
    told = "Invalid parameter: Message Structure -"
    if not _is_object(text):
        raise InvalidParameterValue(f"{told} JSON message body failed to parse")
    if not json.loads(text).get("default"):
        raise InvalidParameterValue(f"{told} No default entry in JSON message body")
