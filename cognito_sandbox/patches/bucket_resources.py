"""Buckets with notifications in CloudFormation: moto makes the bucket, and tells nobody."""

from functools import partial

from moto.cloudformation import parsing
from moto.s3.exceptions import BucketNotEmpty
from moto.s3.models import FakeBucket, PublicAccessBlock, s3_backends
from moto.utilities.utils import get_partition

from cognito_sandbox.patches import bucket_settings
from cognito_sandbox.patches.made import replace
from cognito_sandbox.patches.properties import Properties, refuse_unknown, tags
from cognito_sandbox.store import needs

NEEDS = (
    "moto.cloudformation.parsing:get_model_map",
    "moto.s3.exceptions:BucketNotEmpty",
    "moto.s3.models:FakeBucket.create_from_cloudformation_json",
    "moto.s3.models:FakeBucket.delete_from_cloudformation_json",
    "moto.s3.models:FakeBucket.set_cors",
    "moto.s3.models:FakeBucket.set_notification_configuration",
    "moto.s3.models:FakeBucket.update_from_cloudformation_json",
    "moto.s3.models:PublicAccessBlock",
    "moto.s3.models:S3Backend.delete_bucket",
    "moto.s3.models:S3Backend.put_bucket_tagging",
    "moto.s3.models:s3_backends",
    "moto.utilities.utils:get_partition",
)
NOTIFICATIONS = "NotificationConfiguration"
KINDS = {  # in a template: the list, and its member; in S3's own words
    "LambdaConfigurations": ("Function", "CloudFunction"),
    "QueueConfigurations": ("Queue", "Queue"),
    "TopicConfigurations": ("Topic", "Topic"),
}
BRIDGE = "EventBridgeConfiguration"
BLOCKS = (
    *("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy"),
    "RestrictPublicBuckets",
)
CORS_NAMES = {  # in a template, and in S3's own words
    "AllowedHeaders": "AllowedHeader",
    "AllowedMethods": "AllowedMethod",
    "AllowedOrigins": "AllowedOrigin",
    "ExposedHeaders": "ExposeHeader",
    "Id": "ID",
    "MaxAge": "MaxAgeSeconds",
}


def install() -> None:
    """Have moto's CloudFormation use this type."""
    needs.check(NEEDS)
    parsing.get_model_map()[Bucket.cloudformation_type()] = Bucket


class Bucket(FakeBucket):
    """AWS::S3::Bucket."""

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
        **more: object,
    ) -> FakeBucket:
        bucket = super().create_from_cloudformation_json(
            resource_name, cloudformation_json, account_id, region_name, **more
        )
        try:
            _configure(bucket, cloudformation_json.get("Properties", {}))
        except Exception:
            s3_backends[account_id][bucket.partition].delete_bucket(bucket.name)
            raise
        return bucket

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: FakeBucket,
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> FakeBucket:
        bucket, where = original_resource, (account_id, region_name)
        properties = cloudformation_json.setdefault("Properties", {})
        if properties.get("BucketName", bucket.name) != bucket.name:
            remove = partial(_remove_if_empty, bucket)
            create = cls.create_from_cloudformation_json
            return replace(create, properties["BucketName"], cloudformation_json, where, remove)
        properties["BucketName"] = bucket.name  # where moto looks for it
        super().update_from_cloudformation_json(
            bucket, new_resource_name, cloudformation_json, *where
        )
        _configure(bucket, properties)
        return bucket

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Properties, account_id: str, region_name: str
    ) -> None:
        """moto leaves a bucket that has objects, and says nothing of it."""
        backend = s3_backends[account_id][get_partition(region_name)]
        bucket = backend.buckets.get(resource_name)
        if bucket and bucket.keys:
            raise BucketNotEmpty(resource_name)
        if bucket:
            backend.delete_bucket(resource_name)


def _remove_if_empty(bucket: FakeBucket) -> None:
    """As in AWS, what is not empty stays behind when another is in its place."""
    s3_backends[bucket.account_id][bucket.partition].delete_bucket(bucket.name)


def _configure(bucket: FakeBucket, properties: Properties) -> None:
    """As the template says, and not as it said before."""
    _tell(bucket, properties)
    _protect(bucket, properties)
    rules = (properties.get("CorsConfiguration") or {}).get("CorsRules", [])
    bucket.set_cors([_cors_rule(rule) for rule in rules])
    if "BucketEncryption" not in properties:
        bucket.encryption = None
    backend = s3_backends[bucket.account_id][bucket.partition]
    backend.put_bucket_tagging(bucket.name, tags(properties.get("Tags", [])))


def _tell(bucket: FakeBucket, properties: Properties) -> None:
    """Tell whom the template says, and nobody else."""
    settings = _settings(properties.get(NOTIFICATIONS) or {})
    bucket.set_notification_configuration(bucket_settings.checked(bucket, settings))


def _protect(bucket: FakeBucket, properties: Properties) -> None:
    """From being overwritten, and from others; what was versioned once is suspended at most."""
    usual = "Suspended" if bucket.versioning_status else None
    bucket.versioning_status = properties.get("VersioningConfiguration", {}).get("Status", usual)
    blocked = properties.get("PublicAccessBlockConfiguration")
    values = [str((blocked or {}).get(name, False)).lower() for name in BLOCKS]
    bucket.public_access_block = PublicAccessBlock(*values) if blocked else None
    rules = (properties.get("OwnershipControls") or {}).get("Rules", [])
    bucket.ownership_rule = rules[0]["ObjectOwnership"] if rules else None


def _cors_rule(given: Properties) -> Properties:
    refuse_unknown("CorsRules", given, CORS_NAMES)
    rule = {CORS_NAMES[name]: value for name, value in given.items()}
    return rule | ({"MaxAgeSeconds": str(rule["MaxAgeSeconds"])} if "MaxAgeSeconds" in rule else {})


def _settings(given: Properties) -> Properties:
    refuse_unknown(NOTIFICATIONS, given, {*KINDS, BRIDGE})
    settings: Properties = {}
    for kind, (member, name) in KINDS.items():
        if given.get(kind):
            settings[f"{name}Configuration"] = [_plain(each, member, name) for each in given[kind]]
    if str((given.get(BRIDGE) or {}).get("EventBridgeEnabled")).lower() == "true":
        settings[BRIDGE] = {}
    return settings


def _plain(given: Properties, member: str, name: str) -> Properties:
    plain = {name: given[member], "Event": [given["Event"]]}
    rules = given.get("Filter", {}).get("S3Key", {}).get("Rules", [])
    if rules:
        listed = [{"Name": each["Name"].capitalize(), "Value": each["Value"]} for each in rules]
        plain["Filter"] = {"S3Key": {"FilterRule": listed}}
    return plain
