"""Pre sign-up: confirm users whom we know already, and their e-mail address with them."""

import logging
import os
from typing import Any

import boto3
from botocore.config import Config

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)
soon = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2})
table = boto3.resource("dynamodb", config=soon).Table(os.environ["TABLE_NAME"])


def find_by_email(email: str) -> dict[str, Any] | None:
    """The known user's record, as it is now."""
    return table.get_item(Key={"UserEmail": email}, ConsistentRead=True).get("Item")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Decide what happens to a sign-up before Cognito stores the user."""
    source, user_name = event["triggerSource"], event["userName"]
    logger.info("%s for user %s.", source, user_name)
    if source != "PreSignUp_SignUp":
        logger.info("Only self sign-ups are looked at; nothing changed.")
        return event
    email = event["request"]["userAttributes"].get("email")
    logger.info("Looking up known user by e-mail %s.", email)
    known = find_by_email(email) if email else None
    if known is None:
        logger.info("No known user has this e-mail; %s must enter the code.", user_name)
    elif known["UserName"] != user_name:
        logger.info("The e-mail is known under another name; %s must enter the code.", user_name)
    else:
        logger.info("%s is a known user; confirmed, and the e-mail verified.", user_name)
        event["response"]["autoConfirmUser"] = True
        event["response"]["autoVerifyEmail"] = True
    return event
