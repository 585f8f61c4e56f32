"""A pool with what the tutorials' stack has not: second factors, devices and every flow."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers import cloud

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.literals import ExplicitAuthFlowsTypeType, UserPoolMfaTypeType

FLOWS: "list[ExplicitAuthFlowsTypeType]" = [
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
]


@dataclass(frozen=True)
class StrictPool:
    id: str
    client_id: str

    def ask_for_a_second_factor(self, mode: "UserPoolMfaTypeType") -> None:
        cloud.client("cognito-idp").set_user_pool_mfa_config(
            UserPoolId=self.id,
            MfaConfiguration=mode,
            SoftwareTokenMfaConfiguration={"Enabled": True},
        )


@contextmanager
def strict_pool() -> Iterator[StrictPool]:
    api = cloud.client("cognito-idp")
    pool = api.create_user_pool(
        PoolName=f"test-{uuid.uuid4().hex[:8]}",
        DeviceConfiguration={"DeviceOnlyRememberedOnUserPrompt": True},
    )["UserPool"]["Id"]
    app = api.create_user_pool_client(UserPoolId=pool, ClientName="app", ExplicitAuthFlows=FLOWS)
    yield StrictPool(pool, app["UserPoolClient"]["ClientId"])
    api.delete_user_pool(UserPoolId=pool)
