"""Notebook 1: at example.com, confirm who brings the invitation; refuse example.org with a text."""

import os

import boto3
from botocore.config import Config

soon = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2})
table = boto3.resource("dynamodb", config=soon).Table(os.environ["TABLE_NAME"])


def is_invited(email, invitation):
    known = table.get_item(Key={"UserEmail": email}).get("Item", {})
    return invitation is not None and invitation == known.get("Invitation")


def handler(event, context):
    request, response = event["request"], event["response"]
    email = request["userAttributes"].get("email", "")
    domain = email.rpartition("@")[2].lower()
    if event["triggerSource"] != "PreSignUp_SignUp":
        return event
    if domain == "example.org":
        raise ValueError("People of example.org sign up elsewhere")
    invitation = (request["validationData"] or {}).get("invitation")
    if domain == "example.com" and is_invited(email, invitation):
        response["autoConfirmUser"] = response["autoVerifyEmail"] = True
    return event
