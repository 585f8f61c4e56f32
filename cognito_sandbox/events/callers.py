"""AWS's services that invoke functions: each needs the function's own permission, and waits for
nothing. (events contract 4, 5, 7.2)
"""

import json
from dataclasses import dataclass

from cognito_sandbox.events import asynchronous
from cognito_sandbox.events.losses import NotInvokedError
from cognito_sandbox.lambdas.permission import permits
from cognito_sandbox.store import functions


@dataclass(frozen=True)
class Caller:
    """Who invokes a function: a service, on behalf of something that belongs to an account."""

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
