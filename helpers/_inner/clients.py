"""What boto3's clients are, by the names of their services; type checkers alone read this."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Protocol, overload

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient
    from mypy_boto3_s3 import S3Client


class Clients(Protocol):
    """Gives the client of a service."""

    @overload
    def __call__(self, service: Literal["cloudformation"], /) -> "CloudFormationClient": ...
    @overload
    def __call__(self, service: Literal["cognito-idp"], /) -> "CognitoIdentityProviderClient": ...
    @overload
    def __call__(self, service: Literal["dynamodb"], /) -> "DynamoDBClient": ...
    @overload
    def __call__(self, service: Literal["iam"], /) -> "IAMClient": ...
    @overload
    def __call__(self, service: Literal["lambda"], /) -> "LambdaClient": ...
    @overload
    def __call__(self, service: Literal["logs"], /) -> "CloudWatchLogsClient": ...
    @overload
    def __call__(
        self, service: Literal["resourcegroupstaggingapi"], /
    ) -> "ResourceGroupsTaggingAPIClient": ...
    @overload
    def __call__(self, service: Literal["s3"], /) -> "S3Client": ...
    @overload
    def __call__(self, service: str, /) -> Any: ...


def typed(client: Callable[[str], Any]) -> Clients:
    """The same function, whose answer's type follows from the service's name."""
    return client
