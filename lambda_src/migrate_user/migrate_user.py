"""User migration: take over known users who sign in or forgot the password."""

import logging
import os
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key
from botocore.config import Config

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)
soon = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2})
table = boto3.resource("dynamodb", config=soon).Table(os.environ["TABLE_NAME"])
SIGN_IN = "UserMigration_Authentication"
FORGOT_PASSWORD = "UserMigration_ForgotPassword"


def known_by_name(user_name: str) -> list[dict[str, Any]]:
    """All records under this name, from every page of the answer."""
    query: dict[str, Any] = {
        "IndexName": "UserName",
        "KeyConditionExpression": Key("UserName").eq(user_name),
    }
    page = table.query(**query)
    records = page["Items"]
    while "LastEvaluatedKey" in page:
        page = table.query(**query, ExclusiveStartKey=page["LastEvaluatedKey"])
        records += page["Items"]
    return records


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Vouch for who is unknown to Cognito, or leave the event as it is."""
    source, user_name = event["triggerSource"], event["userName"]
    logger.info("%s for user %s.", source, user_name)
    if source not in (SIGN_IN, FORGOT_PASSWORD):
        logger.info("This is no migration; nothing changed.")
        return event
    logger.info("Looking up known user by name %s.", user_name)
    records = known_by_name(user_name)
    if not records:
        logger.info("No known user has this name; not migrated.")
    elif len(records) > 1:
        logger.warning("%d known users have this name; not migrated.", len(records))
    else:
        logger.info("%s is a known user; migrated, with a password to be reset.", user_name)
        response = event["response"]
        response["userAttributes"] = {
            "email": records[0]["UserEmail"],
            "email_verified": "true",
        }
        response["messageAction"] = "SUPPRESS"
        if source == SIGN_IN:
            response["finalUserStatus"] = "RESET_REQUIRED"
    return event
