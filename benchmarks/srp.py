"""What a sign-in by SRP costs the server, the client's own mathematics left out."""

import secrets
from collections.abc import Iterator
from typing import Any

from benchmarks.rows import Row, seconds
from benchmarks.sandbox import PASSWORD, client, started
from cognito_sandbox.srp_numbers import BITS, N
from helpers import srp

ROUNDS = 100
MOST = 4.3  # 30 ms, where one power takes 7
FLOWS = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH"]
own = srp.Secret()
public = own.public


def sign_in(cognito: Any, pool_id: str, client_id: str, name: str) -> float:
    """The seconds of both calls."""
    asked: dict[str, Any] = {}
    done: dict[str, Any] = {}

    def begin() -> None:
        given = {"USERNAME": name, "SRP_A": public}
        asked.update(
            cognito.initiate_auth(
                ClientId=client_id, AuthFlow="USER_SRP_AUTH", AuthParameters=given
            )
        )

    def finish() -> None:
        done.update(
            cognito.respond_to_auth_challenge(
                ClientId=client_id,
                ChallengeName="PASSWORD_VERIFIER",
                ChallengeResponses={"USERNAME": name, **proof},
            )
        )

    first = seconds(begin)
    proof = own.proof(asked["ChallengeParameters"], srp.group(pool_id), name, PASSWORD)
    second = seconds(finish)
    assert done["AuthenticationResult"]
    return first + second


def one_power() -> None:
    pow(N // 3, secrets.randbits(BITS) | 1 << (BITS - 1), N)


def rows() -> Iterator[Row]:
    """Against one power of 256 bits, of which the server needs two."""
    with started() as sandbox:
        cognito = client("cognito-idp", sandbox.endpoint)
        pool_id = cognito.create_user_pool(PoolName="srp")["UserPool"]["Id"]
        app = cognito.create_user_pool_client(
            UserPoolId=pool_id, ClientName="benchmark", ExplicitAuthFlows=FLOWS
        )["UserPoolClient"]["ClientId"]
        cognito.admin_create_user(UserPoolId=pool_id, Username="ann", MessageAction="SUPPRESS")
        cognito.admin_set_user_password(
            UserPoolId=pool_id, Username="ann", Password=PASSWORD, Permanent=True
        )
        pairs = [(sign_in(cognito, pool_id, app, "ann"), seconds(one_power)) for _ in range(ROUNDS)]
        yield Row("sign-in by SRP, both calls, against one power mod N", pairs, MOST)
