"""What a handler gets as its second argument: the types of AWS's module of the same name."""

import os
import sys
import time
from dataclasses import dataclass, fields
from typing import Any


@dataclass
class CognitoIdentity:
    cognito_identity_id: str | None = None
    cognito_identity_pool_id: str | None = None


@dataclass
class Client:
    installation_id: str | None = None
    app_title: str | None = None
    app_version_name: str | None = None
    app_version_code: str | None = None
    app_package_name: str | None = None


@dataclass
class ClientContext:
    custom: Any = None
    env: Any = None
    client: Client | None = None

    @classmethod
    def read(cls, given: dict[str, Any] | None) -> "ClientContext | None":
        if given is None:
            return None
        client = given.get("client")
        if client is not None:
            client = Client(**{each.name: client.get(each.name) for each in fields(Client)})
        return cls(given.get("custom"), given.get("env"), client)


class LambdaContext:
    def __init__(
        self,
        invoke_id: str,
        client_context: dict[str, Any] | None,
        cognito_identity: dict[str, Any] | None,
        epoch_deadline_time_in_ms: int,
        invoked_function_arn: str | None = None,
        tenant_id: str | None = None,
    ) -> None:
        env = os.environ
        self.aws_request_id = invoke_id
        self.log_group_name = env.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = env.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = env.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = env.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = env.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = invoked_function_arn
        self.identity = CognitoIdentity(**(cognito_identity or {}))
        self.client_context = ClientContext.read(client_context)
        self.tenant_id = tenant_id
        self._epoch_deadline_time_in_ms = epoch_deadline_time_in_ms

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int(self._epoch_deadline_time_in_ms - time.time() * 1000))

    def log(self, message: object) -> None:
        sys.stdout.write(str(message))


TYPES = (LambdaContext, ClientContext, Client, CognitoIdentity)
