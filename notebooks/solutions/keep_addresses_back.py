"""Pre token generation: the role, and no address in the ID token that goes to every API."""

import os


def handler(event, context):
    attributes = event["request"]["userAttributes"]
    domain = attributes.get("email", "").rpartition("@")[2]
    proved = attributes.get("email_verified") == "true"
    role = "editor" if proved and domain == os.environ["EDITORS_DOMAIN"] else "reader"
    event["response"]["claimsOverrideDetails"] = {
        "claimsToAddOrOverride": {"role": role},
        "claimsToSuppress": ["email", "email_verified"],
    }
    return event
