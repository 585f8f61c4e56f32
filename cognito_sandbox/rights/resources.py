"""Which resource an operation is for, service by service; DynamoDB and S3 have their own files."""

from collections.abc import Callable

from cognito_sandbox.iam.needs import Call, Need, Rule, prefixed
from cognito_sandbox.rights import dynamodb, s3

RENAMED = {
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
    "DeleteMessageBatch": "DeleteMessage",
    "Invoke": "InvokeFunction",
    "InvokeWithResponseStream": "InvokeFunction",
    "PublishBatch": "Publish",
    "SendBulkEmail": "SendEmail",
    "SendMessageBatch": "SendMessage",
}
GLOBAL = {"iam"}  # their ARNs have no region
Names = dict[str, str | Callable[[Call, str], str]]


def named(names: Names) -> Rule:
    """The resource is the first of these parameters that is given; `*` if none is.

    What stands for an ARN's last part has {} in the name's place.
    """

    def rule(call: Call) -> list[Need]:
        name = next((each for each in names if call.text(each)), None)
        action = prefixed(call, RENAMED.get(call.operation, ""))
        if name is None:
            return [Need(action, ("*",))]
        form, value = names[name], str(call.text(name))
        resource = form.format(value) if isinstance(form, str) else form(call, value)
        region = "" if call.service in GLOBAL else None
        if resource.startswith(("+", "*")):
            return [Need(action, (resource,))]
        service = prefixed(call).partition(":")[0]
        return [
            Need(
                action,
                (
                    value
                    if value.startswith("arn:") and isinstance(form, str)
                    else call.arn(resource, service, region),
                ),
            )
        ]

    return rule


def unknown(call: Call) -> list[Need]:
    """A service without a rule: a parameter that is an ARN is the resource, else nobody knows."""
    values = (v for name, v in call.parameters.items() if name.lower().endswith("arn"))
    arn = next((v for v in values if isinstance(v, str) and v.startswith("arn:")), None)
    return [Need(prefixed(call), (arn,) if arn else ())]


def _log_group(call: Call) -> list[Need]:
    """A stream's ARN names its group; what is for a group names an empty stream."""
    action = prefixed(call)
    tagged = call.text("resourceArn")
    if tagged:
        return [Need(action, (tagged,))]
    group = call.text("logGroupName", "logGroupIdentifier") or ""
    group = group.partition(":log-group:")[2].removesuffix(":*") or group
    arn = call.arn(f"log-group:{group}")
    stream = call.text("logStreamName") or ""
    resources = (f"{arn}:log-stream:{stream}",)
    return [Need(action, resources if stream else (*resources, arn))]


def _function(call: Call, name: str) -> str:
    """A function goes by its name, a part of its ARN or the whole, with or without a qualifier."""
    *_, function = name.partition("function:")
    function = function or name
    qualifier = call.text("Qualifier")
    return f"function:{function}" + (f":{qualifier}" if qualifier else "")


def _secret(call: Call, name: str) -> str:
    from cognito_sandbox.store import arns

    return name if name.startswith("arn:") else arns.secret(call.account, call.region, name)


def _key(call: Call, name: str) -> str:
    from cognito_sandbox.store import arns

    return arns.key(call.account, call.region, name)


def _parameters(call: Call) -> list[Need]:
    names = call.parameters.get("Names")
    given = names if isinstance(names, list) else [call.text("Name", "Path") or "*"]
    plain = [
        str(name).partition(":")[0] if not str(name).startswith("arn:") else str(name)
        for name in given
    ]
    return [Need(prefixed(call), (call.arn(f"parameter/{name.lstrip('/')}"),)) for name in plain]


def _events(call: Call) -> list[Need]:
    entries = call.parameters.get("Entries")
    if call.operation != "PutEvents" or not isinstance(entries, list):
        return named({"Rule": "rule/{}", "Name": "rule/{}", "EventBusName": "event-bus/{}"})(call)
    buses = {
        str(each.get("EventBusName") or "default") for each in entries if isinstance(each, dict)
    }
    return [
        Need(prefixed(call), (call.arn(bus if bus.startswith("arn:") else f"event-bus/{bus}"),))
        for bus in sorted(buses)
    ]


def _identity(_: Call, address: str) -> str:
    return f"identity/{address.rpartition('<')[2].rstrip('>').strip()}"


def _topic_of_subscription(_: Call, arn: str) -> str:
    return ":".join(arn.split(":")[:6])


def _queue(_: Call, url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def _kinesis(call: Call) -> list[Need]:
    rule = named({"StreamARN": "{}", "StreamName": "stream/{}", "ResourceARN": "{}"})
    if call.operation == "GetRecords" and not call.text("StreamARN"):
        return [Need(prefixed(call), ())]  # an iterator does not say of which stream it is
    return rule(call)


def _gateway(call: Call) -> list[Need]:
    arn = f"arn:aws:apigateway:{call.region}::{call.text('path')}"
    return [Need(prefixed(call), (arn,))]


RULES: dict[str, Rule] = {
    "apigateway": _gateway,
    "cognito-idp": named({"UserPoolId": "userpool/{}", "ResourceArn": "{}"}),
    "dynamodb": dynamodb.needs,
    "events": _events,
    "firehose": named({"DeliveryStreamName": "deliverystream/{}"}),
    "iam": named(
        {
            "RoleName": "role/{}",
            "UserName": "user/{}",
            "GroupName": "group/{}",
            "PolicyArn": "{}",
            "PolicyName": "policy/{}",
            "InstanceProfileName": "instance-profile/{}",
        }
    ),
    "kinesis": _kinesis,
    "kms": named({"KeyId": _key}),
    "lambda": named(
        {
            "FunctionName": _function,
            "LayerName": "layer:{}",
            "UUID": "event-source-mapping:{}",
            "Resource": "{}",
        }
    ),
    "logs": _log_group,
    "monitoring": named({"AlarmName": "alarm:{}", "ResourceARN": "{}"}),
    "s3": s3.needs,
    "secretsmanager": named({"SecretId": _secret, "Name": "secret:{}"}),
    "ses": named({"FromEmailAddress": _identity, "Source": _identity, "EmailIdentity": _identity}),
    "sns": named(
        {
            "TopicArn": "{}",
            "TargetArn": "{}",
            "PhoneNumber": "{}",
            "SubscriptionArn": _topic_of_subscription,
            "ResourceArn": "{}",
            "Name": "{}",
        }
    ),
    "sqs": named({"QueueUrl": _queue, "QueueName": "{}"}),
    "ssm": _parameters,
    "states": named(
        {
            "stateMachineArn": "{}",
            "executionArn": "{}",
            "activityArn": "{}",
            "resourceArn": "{}",
            "name": "stateMachine:{}",
        }
    ),
    "sts": named({"RoleArn": "{}"}),
    "xray": named({}),
}


def needs(call: Call) -> list[Need]:
    """All that must be allowed for this call."""
    return [*RULES.get(call.service, unknown)(call), *_passed_role(call)]


def _passed_role(call: Call) -> list[Need]:
    """Who hands a role to a service must be allowed to pass it."""
    role = call.text("Role", "RoleArn", "roleArn")
    if role is None or not role.startswith("arn:") or call.service in ("iam", "sts"):
        return []
    return [Need("iam:PassRole", (role,))]
