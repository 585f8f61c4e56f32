"""Where Lambda is to send what becomes of an event: refused if it would never get there.

(events contract 6)
"""

from cognito_sandbox.events import role_rights
from cognito_sandbox.store import functions, places

LETTERS = {"sqs": "SQS", "sns": "SNS"}
ROLE = "role does not have permissions to call"
FOLDER = "aws/lambda/async"  # of a bucket


class TellingError(ValueError):
    """A place that gets nothing; the message says why."""


def check_letters(arn: str, role: str, function_arn: str) -> None:
    """Refuse dead letters that go nowhere."""
    service = arn.split(":")[2]
    if service not in LETTERS:
        raise TellingError(f"Lambda sends no dead letters to {arn}. Use a queue or a topic.")
    if not is_place(arn):
        raise TellingError(f"There is no standard queue or topic {arn} to send dead letters to.")
    lacking = role_rights.lacking_to_tell(role, function_arn, arn)
    if lacking:
        raise TellingError(f"The provided execution {ROLE} {lacking} on {LETTERS[service]}")


def check_destination(arn: str, function_arn: str) -> None:
    """Refuse a destination that is told nothing."""
    if not is_place(arn):
        raise TellingError(f"The destination ARN {arn} is invalid.")
    function = functions.find(function_arn)
    place = f"{arn}/{FOLDER}/" if ":s3:" in arn else arn
    lacking = function and role_rights.lacking_to_tell(function.role, function_arn, place)
    if lacking:
        raise TellingError(f"The function's execution {ROLE} {lacking} on {arn}")


def is_place(arn: str) -> bool:
    """Is there something of this ARN that Lambda can tell? FIFO queues and topics it does not."""
    if ":lambda:" in arn:
        return functions.find(arn) is not None
    return places.exists(arn) and not arn.endswith(".fifo")
