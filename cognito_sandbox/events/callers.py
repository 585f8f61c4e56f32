"""AWS's services that invoke functions, and send to queues and topics: each needs the permission of
what it calls, and waits for nothing. (events contract 4, 5, 7.2)
"""

import json
from typing import NamedTuple, Unpack

from cognito_sandbox.events import asynchronous
from cognito_sandbox.events.losses import NotInvokedError, NotLetInError
from cognito_sandbox.iam import resource_policies
from cognito_sandbox.lambdas.permission import permits
from cognito_sandbox.store import functions, places

SENDING = {"sqs": "sqs:SendMessage", "sns": "sns:Publish"}


class Caller(NamedTuple):
    """Who invokes or sends: a service, on behalf of something that belongs to an account."""

    service: str
    source_arn: str
    account: str

    def may_invoke(self, function_arn: str) -> bool:
        """Is the function there, and does its resource policy allow it?"""
        function = functions.find(function_arn)
        return function is not None and permits(
            function.policy.statements, self.service, self.source_arn, self.account
        )

    def invoke(self, function_arn: str, payload: object) -> None:
        """Hand over an event; it is run in a moment."""
        if not self.may_invoke(function_arn):
            told = f"{self.service} may not invoke {function_arn} for {self.source_arn}"
            raise NotInvokedError(f"{told}, or there is no such function.")
        asynchronous.accept_for(function_arn, json.dumps(payload).encode())

    def may_send(self, arn: str) -> bool:
        """Does the policy of this queue or topic let it in?"""
        document, action = places.policy(arn), SENDING[arn.split(":")[2]]
        return document is not None and resource_policies.lets_in(
            document, self.service, action, arn, self.source_arn, self.account
        )

    def check_sends(self, arn: str) -> None:
        """Where there is nothing, sending says so."""
        action = SENDING.get("".join(arn.split(":")[2:3]))
        if action and places.exists(arn) and not self.may_send(arn):
            told = f"the policy of {arn} does not let {self.service} in for {self.source_arn}"
            raise NotLetInError(f"{told}. Allow it {action} there.")

    def send(self, arn: str, text: str, **more: Unpack[places.Sent]) -> None:
        """Send a text to a queue or a topic."""
        self.check_sends(arn)
        places.send(arn, text, **more)
