"""Notebook 3: count how often somebody failed to sign in since the last success.

Should Cognito try again, a failure is counted twice, because ADD is not idempotent; SET is.
"""

import os

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

soon = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2})
table = boto3.resource("dynamodb", config=soon).Table(os.environ["TABLE_NAME"])

ONE_MORE = {"UpdateExpression": "ADD FailedTries :n", "ExpressionAttributeValues": {":n": 1}}
NONE = {"UpdateExpression": "SET FailedTries = :n", "ExpressionAttributeValues": {":n": 0}}


def handler(event, context):
    tries = event["triggerSource"] == "PreAuthentication_Authentication"
    try:
        table.update_item(
            Key={"UserEmail": event["request"]["userAttributes"].get("email", "")},
            ConditionExpression="attribute_exists(UserEmail)",
            **(ONE_MORE if tries else NONE),
        )
    except (BotoCoreError, ClientError) as error:  # somebody unknown, or a table that fails
        print("Not counted:", error)
    return event
