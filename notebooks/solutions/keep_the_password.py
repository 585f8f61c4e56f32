"""Notebook 2: migrate with the old password, if it is the right one.

The known user's record holds PasswordSalt and PasswordHash, as an older system may have left them.
Who forgot the password gives none: then it is migrated without, and Cognito sends a code.
"""

import hashlib
import hmac
import os

import boto3
from boto3.dynamodb.conditions import Key
from botocore.config import Config

soon = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2})
table = boto3.resource("dynamodb", config=soon).Table(os.environ["TABLE_NAME"])


def hashed(password, salt):
    return hashlib.scrypt(password.encode(), salt=salt.encode(), n=2**14, r=8, p=1).hex()


def is_right(password, record):
    known = record.get("PasswordHash", "")
    return hmac.compare_digest(hashed(password, record.get("PasswordSalt", "")), known)


def handler(event, context):
    by_name = Key("UserName").eq(event["userName"])
    records = table.query(IndexName="UserName", KeyConditionExpression=by_name)["Items"]
    if len(records) != 1:
        return event
    response = event["response"]
    if event["triggerSource"] == "UserMigration_Authentication":
        if not is_right(event["request"]["password"], records[0]):
            return event
        response["finalUserStatus"] = "CONFIRMED"
    response["userAttributes"] = {"email": records[0]["UserEmail"], "email_verified": "true"}
    response["messageAction"] = "SUPPRESS"
    return event
