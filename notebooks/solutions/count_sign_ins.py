"""Notebook 3: count the sign-ins of each known user.

Should Cognito try again, the count is one too high: unlike LastLogin, it is not idempotent.
"""

import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def handler(event, context):
    try:
        table.update_item(
            Key={"UserEmail": event["request"]["userAttributes"]["email"]},
            UpdateExpression="ADD SignIns :one",
            ConditionExpression="attribute_exists(UserEmail)",
            ExpressionAttributeValues={":one": 1},
        )
    except table.meta.client.exceptions.ConditionalCheckFailedException:
        print("Not a known user; nothing to count.")
    return event
