"""Calls in two forms: of who is signed in, and of an administrator (GetDevice, AdminGetDevice).

(sign-in contract 3.4, 4.1, 5)
"""

from collections.abc import Callable

from cognito_sandbox.cognito import pools, tokens, users
from cognito_sandbox.cognito.operations import Answer, Request, operation
from cognito_sandbox.store.model import Pool, User

Work = Callable[[Request, Pool, User], Answer | None]


def in_both_forms(work: Work) -> Work:
    """Answer the call of the function's name by an access token, its Admin form by a name."""

    def of_oneself(request: Request) -> Answer | None:
        pool, _, user = tokens.signed_in(request["AccessToken"])
        return work(request, pool, user)

    def of_an_administrator(request: Request) -> Answer | None:
        pool = pools.find(request["UserPoolId"])
        return work(request, pool, users.get(pool, request["Username"]))

    of_oneself.__name__, of_an_administrator.__name__ = work.__name__, f"admin_{work.__name__}"
    operation(of_oneself)
    operation(of_an_administrator)
    return work
