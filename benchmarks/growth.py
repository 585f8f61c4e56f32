"""What a call costs among 20,000 users, beside what it costs among 100."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from benchmarks.rows import Row, alternate
from benchmarks.sandbox import PASSWORD, client
from cognito_sandbox import Sandbox

FEW, MANY, LIMIT, ROUNDS = 100, 20_000, 1.3, 300


class Crowd:
    """A pool with e-mail aliases, and so many users."""

    def __init__(self, cognito: Any, size: int) -> None:
        self.cognito, self.numbers = cognito, itertools.count()
        pool = cognito.create_user_pool(PoolName="crowd", AliasAttributes=["email"])["UserPool"]
        self.pool_id = pool["Id"]
        self.client_id = cognito.create_user_pool_client(
            UserPoolId=self.pool_id,
            ClientName="benchmark",
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
        )["UserPoolClient"]["ClientId"]
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda _: self.add(), range(size)))
        cognito.admin_set_user_password(
            UserPoolId=self.pool_id, Username="user-7", Password=PASSWORD, Permanent=True
        )

    def next_user(self) -> tuple[str, list[dict[str, str]]]:
        name = f"user-{next(self.numbers)}"
        return name, [{"Name": "email", "Value": f"{name}@example.com"}]

    def add(self) -> None:
        name, attributes = self.next_user()
        self.cognito.admin_create_user(
            UserPoolId=self.pool_id,
            Username=name,
            MessageAction="SUPPRESS",
            UserAttributes=[*attributes, {"Name": "email_verified", "Value": "true"}],
        )

    def sign_up(self) -> None:
        name, attributes = self.next_user()
        self.cognito.sign_up(
            ClientId=self.client_id, Username=name, Password=PASSWORD, UserAttributes=attributes
        )

    def sign_in(self) -> None:
        self.cognito.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "user-7@example.com", "PASSWORD": PASSWORD},
        )

    def page(self) -> None:
        self.cognito.list_users(UserPoolId=self.pool_id)

    def search(self) -> None:
        self.cognito.list_users(UserPoolId=self.pool_id, Filter='email = "user-7@example.com"')


CALLS: dict[str, Callable[[Crowd], None]] = {
    "SignUp with e-mail aliases": Crowd.sign_up,
    "sign-in by an alias": Crowd.sign_in,
    "ListUsers, a page": Crowd.page,
    "ListUsers by e-mail": Crowd.search,
}


def rows() -> Iterator[Row]:
    with Sandbox() as sandbox:
        cognito = client("cognito-idp", sandbox.endpoint)
        many, few = Crowd(cognito, MANY), Crowd(cognito, FEW)
        for title, call in CALLS.items():
            pairs = alternate(partial(call, many), partial(call, few), ROUNDS)
            yield Row(f"{title}, {MANY:,} users against {FEW}", pairs, LIMIT)
