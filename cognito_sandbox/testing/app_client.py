"""Calls of an app: with the secret of its client, and with no password in what a test reports."""

import base64
import hmac
from collections.abc import Mapping
from typing import Any

from cognito_sandbox.testing import calls, people
from cognito_sandbox.testing.access import Access
from cognito_sandbox.testing.errors import TestingError
from cognito_sandbox.testing.people import SignedIn

__tracebackhide__ = True  # a failing test shows its own line, and no password that was passed on
NO_RIGHT = (
    "The role of a trigger under test may write logs, and nothing else. Give it what the handler "
    'needs: .trigger(..., policy={"Effect": "Allow", "Action": ..., "Resource": ...})'
)


class AppClient:
    """What an app knows beside the pool: its own secret, and the passwords of its users."""

    def __init__(self, sandbox: Access, client_id: str) -> None:
        self.sandbox, self.client_id = sandbox, client_id
        self.client = sandbox.client("cognito-idp")
        self.exceptions = self.client.exceptions
        self.secrets: set[str] = set()  # passwords and tokens, to be masked in reports
        self._passwords: dict[str, str] = {}
        self._client_secret = ""

    def call(self, operation: str, **parameters: object) -> Any:
        """Call Cognito."""
        try:
            return calls.call(self.client, operation, **parameters)
        except self.exceptions.ClientError as error:
            if "not authorized to perform" in str(error):
                error.add_note(NO_RIGHT)
            raise

    def _keep(self, name: str, password: str) -> str:
        self._passwords[name] = password
        self.secrets.add(password)
        return password

    def _password(self, name: str) -> str:
        if name not in self._passwords:
            raise TestingError(
                f"No password of {name} is known here: sign them up, add them, or name it."
            )
        return self._passwords[name]

    def _signed_in(self, name: str, answer: dict[str, Any], refresh: str = "") -> SignedIn:
        result = people.signed_in(name, answer, refresh)
        made = {result.id_token, result.access_token, result.refresh_token, result.session}
        self.secrets |= made - {""}
        return result

    def _common(self, name: str, metadata: Mapping[str, str] | None = None) -> dict[str, Any]:
        more = {"ClientMetadata": dict(metadata)} if metadata else {}
        return more | self._hash(name, "SecretHash")

    def _hash(self, name: str, key: str) -> dict[str, str]:
        """What an app client with a secret must add to each call."""
        if not self._client_secret:
            return {}
        said = f"{name}{self.client_id}".encode()
        digest = hmac.digest(self._client_secret.encode(), said, "sha256")
        return {key: base64.b64encode(digest).decode()}

    def use_secret(self, client_secret: str) -> None:
        self._client_secret = client_secret
        self.secrets.add(client_secret)
