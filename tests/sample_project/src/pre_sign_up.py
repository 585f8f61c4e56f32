"""A trigger in a file of its own: who stands in the table is confirmed, example.org is refused."""

import os

import boto3


def lambda_handler(event, context):
    email = event["request"]["userAttributes"]["email"]
    print("asked about", event["userName"])
    if email.endswith("@example.org"):
        raise ValueError("closed")
    if "TABLE_NAME" in os.environ:
        table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
        known = table.get_item(Key={"email": email}).get("Item")
        event["response"]["autoConfirmUser"] = known is not None
    return event
