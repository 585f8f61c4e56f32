"""Is a mapping's source there, and may its function read it? (events contract 1.3)"""

from cognito_sandbox.events import role_rights
from cognito_sandbox.events.mapping import Mapping, MappingError
from cognito_sandbox.store import functions, queues, streams

CONSUMER = "/consumer/"  # in the ARN of one that a stream hands its records to by itself


def check(made: Mapping) -> None:
    """Refuse a source that is not there, or that would show messages again too soon."""
    check_there(made)
    queue, function = queues.find(made.source_arn), functions.find(made.function_arn)
    timeout = function.timeout if function else 0
    if queue and queue.visibility_timeout < timeout:
        raise MappingError(
            f"Queue visibility timeout: {queue.visibility_timeout} seconds is less than Function "
            f"timeout: {timeout} seconds"
        )


def check_there(made: Mapping) -> None:
    """Refuse a source that nothing can be read from."""
    if made.is_queue and not queues.find(made.source_arn):
        raise MappingError(
            "Error occurred while ReceiveMessage. SQS Error Code: "
            "AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does "
            "not exist."
        )
    if CONSUMER in made.source_arn:
        raise MappingError(
            f"The sandbox has no enhanced fan-out: {made.source_arn} is a consumer. Give the ARN "
            "of its stream."
        )
    if not made.is_queue and not streams.find(made.source_arn):
        raise MappingError(f"Stream not found: {made.source_arn}")


def check_role(function_arn: str, source_arn: str) -> None:
    """Refuse a function whose role may not read the source."""
    lacking = role_rights.lacking_to_read(function_arn, source_arn)
    if lacking and ":sqs:" in source_arn:
        text = f"The function execution role does not have permissions to call {lacking} on SQS"
        raise MappingError(text)
    if lacking:
        raise MappingError(
            f"Cannot access stream {source_arn}. Please ensure the role can perform the "
            "GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream "
            "in IAM."
        )
