"""Post authentication: note each sign-in, in the log and on the known user's record."""

import json
import logging
import os
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)
soon = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2})
table = boto3.resource("dynamodb", config=soon).Table(os.environ["TABLE_NAME"])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Note who signed in, where and when; never stand in the way of the sign-in."""
    email = event["request"]["userAttributes"].get("email")
    last_login = {
        "UserPoolId": event["userPoolId"],
        "ClientId": event["callerContext"]["clientId"],
        "Time": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }
    who = {"trigger": event["triggerSource"], "userName": event["userName"], "email": email}
    logger.info(json.dumps(who | last_login))
    if event["triggerSource"] != "PostAuthentication_Authentication":
        return event  # the record is for PostAuthentication alone
    if not email:
        logger.warning("The user has no e-mail, so there is no record to update.")
        return event
    try:
        table.update_item(
            Key={"UserEmail": email},
            UpdateExpression="SET LastLogin = :last",
            ConditionExpression="attribute_exists(UserEmail)",  # never make somebody known
            ExpressionAttributeValues={":last": last_login},
        )
        logger.info("Wrote LastLogin on the record of %s.", email)
    except table.meta.client.exceptions.ConditionalCheckFailedException:
        logger.info("%s is not a known user; nothing to update.", email)
    except (BotoCoreError, ClientError) as error:
        logger.error("LastLogin was not written: %s", error)
    return event
