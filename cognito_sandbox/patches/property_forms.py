"""The form of what a template sets: moto takes any, and fails at what it is, in Python's words.

Of the types that an operation of AWS makes as they are (a pool, say), its own checks tell it.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

NUMBER = re.compile(r"-?\d+(\.\d+)?")
# A form: a list of one; a dict, `?`: the name may be missing; float: a number; a tuple: one of it
Form = Any
DOCUMENT: Form = {}  # a policy: JSON text will do, too
TAGS: Form = [{"Key": str, "Value": str}]
POLICIES: Form = [{"PolicyName": str, "PolicyDocument": DOCUMENT}]
KEYS: Form = [{"AttributeName": str, "KeyType": ("HASH", "RANGE")}]
PROJECTION: Form = {"ProjectionType?": ("ALL", "INCLUDE", "KEYS_ONLY")}
INDEXES: Form = [{"IndexName": str, "KeySchema": KEYS, "Projection": PROJECTION}]
MODES: Form = ("ON_DEMAND", "PROVISIONED")
VIEWS: Form = ("KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE")
DAYS: Form = (  # that CloudWatch Logs keeps lines
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922),
    *(3288, 3653),
)
FORMS: dict[str, dict[str, Form]] = {
    "AWS::DynamoDB::Table": {
        "AttributeDefinitions": [{"AttributeName": str, "AttributeType": ("B", "N", "S")}],
        "BillingMode": ("PAY_PER_REQUEST", "PROVISIONED"),
        "GlobalSecondaryIndexes": INDEXES,
        "KeySchema": KEYS,
        "LocalSecondaryIndexes": INDEXES,
        "PointInTimeRecoverySpecification": {},
        "ProvisionedThroughput": {"ReadCapacityUnits": float, "WriteCapacityUnits": float},
        "SSESpecification": {"SSEEnabled": str},
        "StreamSpecification": {"StreamViewType": VIEWS},
        "Tags": TAGS,
        "TimeToLiveSpecification": {"Enabled": str},
    },
    "AWS::Events::Rule": {"Targets": [{"Arn": str, "Id": str}]},
    "AWS::IAM::ManagedPolicy": {"PolicyDocument": DOCUMENT},
    "AWS::IAM::Policy": {"PolicyDocument": DOCUMENT},
    "AWS::IAM::Role": {
        "AssumeRolePolicyDocument": DOCUMENT,
        "ManagedPolicyArns": [str],
        "Policies": POLICIES,
        "Tags": TAGS,
    },
    "AWS::IAM::User": {
        "Groups": [str],
        "ManagedPolicyArns": [str],
        "Policies": POLICIES,
        "Tags": TAGS,
    },
    "AWS::KMS::Key": {"KeyPolicy": DOCUMENT, "Tags": TAGS},
    "AWS::Kinesis::Stream": {
        "RetentionPeriodHours": float,
        "ShardCount": float,
        "StreamModeDetails": {"StreamMode": MODES},
        "Tags": TAGS,
    },
    "AWS::Lambda::Function": {"Tags": [{"Key": str, "Value?": str}]},
    "AWS::Logs::LogGroup": {"RetentionInDays": DAYS, "Tags": TAGS},
    "AWS::S3::Bucket": {
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [{}]},
        "CorsConfiguration": {"CorsRules": [{"AllowedMethods": [str], "AllowedOrigins": [str]}]},
        "NotificationConfiguration": {
            "LambdaConfigurations?": [{"Event": str, "Function": str}],
            "QueueConfigurations?": [{"Event": str, "Queue": str}],
            "TopicConfigurations?": [{"Event": str, "Topic": str}],
        },
        "OwnershipControls": {"Rules": [{"ObjectOwnership?": str}]},
        "PublicAccessBlockConfiguration": {},
        "Tags": TAGS,
        "VersioningConfiguration": {"Status": ("Enabled", "Suspended")},
    },
    "AWS::SNS::Topic": {"Subscription": [{"Endpoint": str, "Protocol": str}], "Tags": TAGS},
    "AWS::SNS::TopicPolicy": {"PolicyDocument": DOCUMENT, "Topics": [str]},
    "AWS::SQS::Queue": {"QueueName": str, "Tags": TAGS},
    "AWS::SQS::QueuePolicy": {"PolicyDocument": DOCUMENT, "Queues": [str]},
    "AWS::SSM::Parameter": {"Name": str, "Tags": {}, "Type": str, "Value": str},
}
JSON = {dict: "JSONObject", list: "JSONArray", str: "String", float: "Number"}


def read(kind: str, given: dict[str, Any]) -> None:
    """Put what policies say in the place of their JSON text."""
    for name, form in FORMS.get(kind, {}).items():
        if name in given:
            given[name] = _read(form, given[name])


def _read(form: Form, value: Any) -> Any:
    if form is DOCUMENT and isinstance(value, str):
        try:
            parsed = json.loads(value)
        except (ValueError, RecursionError):
            return value
        return parsed if isinstance(parsed, dict) else value
    if isinstance(form, list) and isinstance(value, list):
        return [_read(form[0], each) for each in value]
    if isinstance(form, dict) and isinstance(value, dict):
        return {name: _read(form.get(name), each) for name, each in value.items()}
    return value


def problems(kind: str, given: dict[str, Any]) -> Iterator[str]:
    """What has another form than it should have, in AWS's words."""
    for name, form in FORMS.get(kind, {}).items():
        if name in given:
            yield from _problems(form, given[name], f"#/{name}")


def _problems(form: Form, value: Any, path: str) -> Iterator[str]:
    wanted = _type(form)
    if not _is(wanted, value):
        found = JSON.get(type(value), "Boolean" if isinstance(value, bool) else "Number")
        yield f"{path}: expected type: {JSON[wanted]}, found: {found}"
    elif isinstance(form, tuple):
        if str(value) not in map(str, form):
            yield f"{path}: {value} is not a valid enum value"
    elif isinstance(form, list):
        for number, each in enumerate(value):
            yield from _problems(form[0], each, f"{path}/{number}")
    elif isinstance(form, dict):
        for name, inner in form.items():
            plain = name.removesuffix("?")
            if plain in value:
                yield from _problems(inner, value[plain], f"{path}/{plain}")
            elif plain == name:
                yield f"{path}: required key [{name}] not found"


def _type(form: Form) -> type:
    if isinstance(form, tuple):
        return str if isinstance(form[0], str) else float
    return form if isinstance(form, type) else type(form)


def _is(wanted: type, value: Any) -> bool:
    """Numbers and texts stand for one another, as far as they can."""
    if wanted is float:
        return NUMBER.fullmatch(str(value)) is not None
    return isinstance(value, str | int | float) if wanted is str else isinstance(value, wanted)
