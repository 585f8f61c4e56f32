"""Which properties a template may set: others are refused by name, and what a type needs is told.

Of the types that an operation of AWS makes as they are (a pool, say), its own checks tell more.
"""

from typing import Any

from moto.cloudformation.exceptions import ValidationError

from cognito_sandbox.patches import property_forms

NEEDS = ("moto.cloudformation.exceptions:ValidationError",)
Names = tuple[str, ...]
TAKEN: dict[str, Names] = {
    "AWS::CloudFormation::Stack": ("Parameters", "TemplateURL"),
    "AWS::DynamoDB::Table": (
        *("AttributeDefinitions", "BillingMode", "DeletionProtectionEnabled"),
        *("GlobalSecondaryIndexes", "KeySchema", "LocalSecondaryIndexes"),
        *("PointInTimeRecoverySpecification", "ProvisionedThroughput", "SSESpecification"),
        *("StreamSpecification", "TableName", "Tags", "TimeToLiveSpecification"),
        "WarmThroughput",
    ),
    "AWS::Events::Archive": (
        *("ArchiveName", "Description", "EventPattern", "RetentionDays", "SourceArn"),
    ),
    "AWS::Events::EventBus": ("EventSourceName", "Name"),
    "AWS::IAM::AccessKey": ("Serial", "Status", "UserName"),
    "AWS::IAM::InstanceProfile": ("InstanceProfileName", "Path", "Roles"),
    "AWS::IAM::ManagedPolicy": (
        *("Description", "Groups", "ManagedPolicyName", "Path", "PolicyDocument", "Roles"),
        "Users",
    ),
    "AWS::IAM::Policy": ("Groups", "PolicyDocument", "PolicyName", "Roles", "Users"),
    "AWS::IAM::Role": (
        *("AssumeRolePolicyDocument", "Description", "ManagedPolicyArns", "MaxSessionDuration"),
        *("Path", "PermissionsBoundary", "Policies", "RoleName", "Tags"),
    ),
    "AWS::IAM::User": ("Groups", "ManagedPolicyArns", "Path", "Policies", "Tags", "UserName"),
    "AWS::KMS::Alias": ("AliasName", "TargetKeyId"),
    "AWS::KMS::Key": ("Description", "EnableKeyRotation", "Enabled", "KeyPolicy", "Tags"),
    "AWS::Kinesis::Stream": (
        *("Name", "RetentionPeriodHours", "ShardCount", "StreamModeDetails", "Tags"),
    ),
    "AWS::Lambda::Alias": (
        *("Description", "FunctionName", "FunctionVersion", "Name", "RoutingConfig"),
    ),
    "AWS::Lambda::EventInvokeConfig": (
        *("DestinationConfig", "FunctionName", "MaximumEventAgeInSeconds"),
        *("MaximumRetryAttempts", "Qualifier"),
    ),
    "AWS::Lambda::LayerVersion": (
        *("CompatibleArchitectures", "CompatibleRuntimes", "Content", "Description", "LayerName"),
        "LicenseInfo",
    ),
    "AWS::Lambda::Permission": (
        *("Action", "FunctionName", "FunctionUrlAuthType", "InvokedViaFunctionUrl"),
        *("Principal", "PrincipalOrgID", "SourceAccount", "SourceArn"),
    ),
    "AWS::Lambda::Url": ("AuthType", "Cors", "InvokeMode", "Qualifier", "TargetFunctionArn"),
    "AWS::Lambda::Version": ("CodeSha256", "Description", "FunctionName"),
    "AWS::Logs::LogGroup": ("KmsKeyId", "LogGroupName", "RetentionInDays", "Tags"),
    "AWS::Logs::ResourcePolicy": ("PolicyDocument", "PolicyName"),
    "AWS::S3::Bucket": (
        *("BucketEncryption", "BucketName", "CorsConfiguration", "NotificationConfiguration"),
        *("OwnershipControls", "PublicAccessBlockConfiguration", "Tags"),
        "VersioningConfiguration",
    ),
    "AWS::SNS::Subscription": (
        *("DeliveryPolicy", "Endpoint", "FilterPolicy", "FilterPolicyScope", "Protocol"),
        *("RawMessageDelivery", "RedrivePolicy", "Region", "SubscriptionRoleArn", "TopicArn"),
    ),
    "AWS::SNS::Topic": (
        *("ContentBasedDeduplication", "DisplayName", "FifoTopic", "KmsMasterKeyId"),
        *("SignatureVersion", "Subscription", "Tags", "TopicName"),
    ),
    "AWS::SNS::TopicPolicy": ("PolicyDocument", "Topics"),
    "AWS::SQS::Queue": (
        *("ContentBasedDeduplication", "DeduplicationScope", "DelaySeconds", "FifoQueue"),
        *("FifoThroughputLimit", "KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId"),
        *("MaximumMessageSize", "MessageRetentionPeriod", "QueueName"),
        *("ReceiveMessageWaitTimeSeconds", "RedrivePolicy", "SqsManagedSseEnabled", "Tags"),
        "VisibilityTimeout",
    ),
    "AWS::SQS::QueuePolicy": ("PolicyDocument", "Queues"),
    "AWS::SSM::Parameter": (
        *("AllowedPattern", "DataType", "Description", "Name", "Policies", "Tags", "Tier"),
        *("Type", "Value"),
    ),
    "AWS::StepFunctions::StateMachine": (
        *("DefinitionString", "RoleArn", "StateMachineName", "Tags"),
    ),
}
NEEDED: dict[str, Names] = {
    "AWS::CloudFormation::Stack": ("TemplateURL",),
    "AWS::DynamoDB::Table": ("AttributeDefinitions", "KeySchema"),
    "AWS::Events::Archive": ("SourceArn",),
    "AWS::Events::EventBus": ("Name",),
    "AWS::IAM::AccessKey": ("UserName",),
    "AWS::IAM::InstanceProfile": ("Roles",),
    "AWS::IAM::ManagedPolicy": ("PolicyDocument",),
    "AWS::IAM::Policy": ("PolicyDocument", "PolicyName"),
    "AWS::IAM::Role": ("AssumeRolePolicyDocument",),
    "AWS::KMS::Alias": ("AliasName", "TargetKeyId"),
    "AWS::Lambda::Alias": ("FunctionName", "FunctionVersion", "Name"),
    "AWS::Lambda::EventInvokeConfig": ("FunctionName", "Qualifier"),
    "AWS::Lambda::LayerVersion": ("Content",),
    "AWS::Lambda::Permission": ("Action", "FunctionName", "Principal"),
    "AWS::Lambda::Url": ("AuthType", "TargetFunctionArn"),
    "AWS::Lambda::Version": ("FunctionName",),
    "AWS::Logs::ResourcePolicy": ("PolicyDocument", "PolicyName"),
    "AWS::SNS::Subscription": ("Protocol", "TopicArn"),
    "AWS::SNS::TopicPolicy": ("PolicyDocument", "Topics"),
    "AWS::SQS::QueuePolicy": ("PolicyDocument", "Queues"),
    "AWS::SSM::Parameter": ("Type", "Value"),
    "AWS::StepFunctions::StateMachine": ("RoleArn",),
}


def check(resource: str, kind: str, given: dict[str, Any]) -> None:
    """Refuse what would be ignored, and what cannot be made; read policies that are JSON text."""
    property_forms.read(kind, given)
    unknown = sorted(given.keys() - set(TAKEN.get(kind, given)))
    if unknown:
        named = ", ".join(f"{kind}.{name}" for name in unknown)
        raise ValidationError(message=f"The sandbox does not have {named}.")
    missing = [name for name in NEEDED.get(kind, ()) if name not in given]
    wrong = [f"#: required key [{name}] not found" for name in missing]
    wrong = wrong or [*property_forms.problems(kind, given)]
    if wrong:
        told = f"Properties validation failed for resource {resource} with message:"
        raise ValidationError(message=f"{told} [{', '.join(wrong)}]")
