"""Pre token generation: say in the ID token what the person may do."""

import logging
import os
from typing import Any

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Whoever owns an address of the editors' domain, and has proved it, is an editor."""
    attributes = event["request"]["userAttributes"]
    domain = attributes.get("email", "").rpartition("@")[2]
    verified = attributes.get("email_verified") == "true"
    role = "editor" if verified and domain == os.environ["EDITORS_DOMAIN"] else "reader"
    logger.info("%s for %s: %s.", event["triggerSource"], event["userName"], role)
    event["response"]["claimsOverrideDetails"] = {"claimsToAddOrOverride": {"role": role}}
    return event
