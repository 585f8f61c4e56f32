"""User pools in this process, where tests can set the time and watch who is looked at."""

import json
from typing import Any

import pytest
from harness import PASSWORD, REGION, listed

from cognito_sandbox import clock, mailbox
from cognito_sandbox.cognito import operations
from cognito_sandbox.store import user_pools

FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
user_pools.install()


def call(name: str, **parameters: object) -> Any:
    operation = operations.find(name)
    assert operation
    _, _, content = operations.answer(operation, json.dumps(parameters).encode(), REGION)
    return json.loads(content or b"{}")  # AWS leaves some bodies empty


class App:
    """A pool with one app client, and the time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> None:
        self.monkeypatch, self.start = monkeypatch, clock.now()
        settings = {"PoolName": "pool", "AutoVerifiedAttributes": ["email"]} | settings
        self.pool_id = call("CreateUserPool", **settings)["UserPool"]["Id"]
        kept = user_pools.find_pool(self.pool_id)
        assert kept
        self.client = user_pools.new_client(kept, {"ClientName": "a", "ExplicitAuthFlows": FLOWS})

    def after(self, seconds: float) -> None:
        self.monkeypatch.setattr(clock, "now", lambda: self.start + seconds)

    def call(self, name: str, **parameters: object) -> Any:
        return call(name, ClientId=self.client.id, **parameters)

    def sign_up(self, name: str = "ann") -> str:
        """The code that confirms the user."""
        attributes = listed({"email": f"{name}@example.com"})
        self.call("SignUp", Username=name, Password=PASSWORD, UserAttributes=attributes)
        return self.code()

    def confirmed(self, name: str = "ann") -> None:
        self.call("ConfirmSignUp", Username=name, ConfirmationCode=self.sign_up(name))

    def code(self) -> str:
        return str(mailbox.messages(user_pool_id=self.pool_id)[-1]["code"])

    def sign_in(self, name: str = "ann") -> Any:
        known = {"USERNAME": name, "PASSWORD": PASSWORD}
        return self.call("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=known)
