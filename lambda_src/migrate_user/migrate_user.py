"""User migration: take over known users when they sign in for the first time."""

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
    """Vouch for a user whom Cognito does not know, or leave the event as it is."""
    source, user_name = event["triggerSource"], event["userName"]
    logger.info("%s for user %s.", source, user_name)
    if source != "UserMigration_Authentication":
        logger.info("Only sign-ins are looked at; nothing changed.")
        return event
    logger.info("Looking up known user by name %s.", user_name)
    records = known_by_name(user_name)
    if not records:
        logger.info("No known user has this name; not migrated.")
    elif len(records) > 1:
        logger.warning("%d known users have this name; not migrated.", len(records))
    else:
        logger.info("%s is a known user; migrated, with a password to be reset.", user_name)
        event["response"]["userAttributes"] = {
            "email": records[0]["UserEmail"],
            "email_verified": "true",
        }
        event["response"]["finalUserStatus"] = "RESET_REQUIRED"
        event["response"]["messageAction"] = "SUPPRESS"
    return event
