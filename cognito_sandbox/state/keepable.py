"""Which calls a sandbox takes that keeps its state: those whose effect it can save."""

import re

LOOKING = re.compile(
    r"(Batch)?(Describe|Get|Head|List|Lookup|Query|Scan|Filter|Simulate|Validate)\w*"
)
REMOVING = re.compile(r"(Abort|Delete|Remove|Untag)\w*")
WHOLE = {"cloudformation", "cognito-idp", "dynamodb", "iam", "logs", "sts"}
PARTS = {
    "lambda": {
        *("AddPermission", "CreateAlias", "CreateFunction", "Invoke", "InvokeAsync"),
        *("PublishLayerVersion", "PublishVersion", "PutFunctionConcurrency", "TagResource"),
        *("UpdateAlias", "UpdateFunctionCode", "UpdateFunctionConfiguration"),
    },
    "s3": {
        *("CompleteMultipartUpload", "CopyObject", "CreateBucket", "CreateMultipartUpload"),
        *("PutBucketTagging", "PutBucketVersioning", "PutObject", "UploadPart"),
    },
}
PASSWORDS = {("iam", "CreateLoginProfile"), ("iam", "UpdateLoginProfile")}  # in clear
TYPES = re.compile(
    r"AWS::(CDK::Metadata|CloudFormation::WaitConditionHandle|Cognito::UserPool\w*"
    r"|DynamoDB::Table|IAM::\w+|Lambda::(Alias|Function|LayerVersion|Permission|Version)"
    r"|Logs::LogGroup|S3::Bucket)"
)
STEP = "A sandbox without --state does."


def only_looks(operation: str) -> bool:
    """Cognito has two whose name says so, and that make something."""
    makes = operation in ("GetTokensFromRefreshToken", "GetUserAttributeVerificationCode")
    return bool(LOOKING.fullmatch(operation)) and not makes


def refusal(service: str, operation: str) -> str | None:
    """Why the call is not taken; None if it is."""
    whole = service in WHOLE and (service, operation) not in PASSWORDS
    if whole or only_looks(operation):
        return None
    parts = PARTS.get(service, set())
    if operation in parts or (parts and REMOVING.fullmatch(operation)):
        return None
    return f"The state that this sandbox keeps has no place for {service}:{operation}. {STEP}"


def refusal_of_type(kind: str) -> str | None:
    """The same for a resource of a stack."""
    if TYPES.fullmatch(kind):
        return None
    return f"The state that this sandbox keeps has no place for {kind}. {STEP}"
