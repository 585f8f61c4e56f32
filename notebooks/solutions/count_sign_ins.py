"""Notebook 3: count the sign-ins of each known user, too.

Should Cognito try again, the count is one too high: unlike LastLogin, it is not idempotent.
"""

import os
from datetime import UTC, datetime

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

soon = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2})
table = boto3.resource("dynamodb", config=soon).Table(os.environ["TABLE_NAME"])


def handler(event, context):
    last_login = {
        "UserPoolId": event["userPoolId"],
        "ClientId": event["callerContext"]["clientId"],
        "Time": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }
    try:
        table.update_item(
            Key={"UserEmail": event["request"]["userAttributes"].get("email", "")},
            UpdateExpression="SET LastLogin = :last ADD SignIns :one",
            ConditionExpression="attribute_exists(UserEmail)",
            ExpressionAttributeValues={":last": last_login, ":one": 1},
        )
    except (BotoCoreError, ClientError) as error:  # somebody unknown, or a table that fails
        print("Not counted:", error)
    return event
