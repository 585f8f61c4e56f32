"""Notebook 2: nobody takes a known user's name: one function for PreSignUp and UserMigration.

PreSignUp runs during a migration as well, so whoever has the address of the record passes.
"""

import os

import boto3
from boto3.dynamodb.conditions import Key
from botocore.config import Config

soon = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2})
table = boto3.resource("dynamodb", config=soon).Table(os.environ["TABLE_NAME"])


def handler(event, context):
    by_name = Key("UserName").eq(event["userName"])
    found = table.query(IndexName="UserName", KeyConditionExpression=by_name)["Items"]
    emails = [record["UserEmail"] for record in found]
    if event["triggerSource"].startswith("PreSignUp"):
        if emails and event["request"]["userAttributes"].get("email") not in emails:
            raise PermissionError("This name is taken")
    elif event["triggerSource"].startswith("UserMigration") and len(emails) == 1:
        event["response"]["userAttributes"] = {"email": emails[0], "email_verified": "true"}
        event["response"]["messageAction"] = "SUPPRESS"
    return event
