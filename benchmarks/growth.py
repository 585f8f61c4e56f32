"""What a call costs among 20,000 users, beside what it costs among 100."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from benchmarks import srp
from benchmarks.rows import Row, alternate
from benchmarks.sandbox import PASSWORD, client, started

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
            ExplicitAuthFlows=srp.FLOWS,
        )["UserPoolClient"]["ClientId"]
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda _: self.add(), range(size)))
        cognito.admin_set_user_password(
            UserPoolId=self.pool_id, Username="user-7", Password=PASSWORD, Permanent=True
        )
        self.token = self.sign_in()
        user = cognito.admin_get_user(UserPoolId=self.pool_id, Username="user-7")
        attributes = {each["Name"]: each["Value"] for each in user["UserAttributes"]}
        self.known = {"username": "user-7", **attributes}

    def next_user(self) -> tuple[str, list[dict[str, str]]]:
        name = f"user-{next(self.numbers)}"
        number = f"+1206{int(name.removeprefix('user-')):07}"
        told = {"email": f"{name}@example.com", "phone_number": number}
        return name, [{"Name": key, "Value": value} for key, value in told.items()]

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

    def sign_in(self) -> str:
        told = self.cognito.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "user-7@example.com", "PASSWORD": PASSWORD},
        )
        return str(told["AuthenticationResult"]["AccessToken"])

    def sign_in_by_srp(self) -> None:
        srp.sign_in(self.cognito, self.pool_id, self.client_id, "user-7")

    def read_oneself(self) -> None:
        self.cognito.get_user(AccessToken=self.token)

    def read(self) -> None:
        self.cognito.admin_get_user(UserPoolId=self.pool_id, Username="user-7")

    def change(self) -> None:
        self.cognito.admin_update_user_attributes(
            UserPoolId=self.pool_id,
            Username="user-7",
            UserAttributes=[{"Name": "name", "Value": "Ann"}],
        )

    def forget(self) -> None:
        self.cognito.forgot_password(ClientId=self.client_id, Username="user-7@example.com")

    def add_and_delete(self) -> None:
        self.add()
        name = f"user-{next(self.numbers) - 1}"
        self.cognito.admin_delete_user(UserPoolId=self.pool_id, Username=name)

    def page(self) -> None:
        self.cognito.list_users(UserPoolId=self.pool_id)

    def search(self, attribute: str) -> None:
        value = self.known[attribute]
        told = self.cognito.list_users(UserPoolId=self.pool_id, Filter=f'{attribute} = "{value}"')
        assert told["Users"]


CALLS: dict[str, Callable[[Crowd], object]] = {
    "SignUp with e-mail aliases": Crowd.sign_up,
    "AdminCreateUser, AdminDeleteUser": Crowd.add_and_delete,
    "sign-in by an alias": Crowd.sign_in,
    "sign-in by SRP": Crowd.sign_in_by_srp,
    "GetUser": Crowd.read_oneself,
    "AdminGetUser": Crowd.read,
    "AdminUpdateUserAttributes": Crowd.change,
    "ForgotPassword by an alias": Crowd.forget,
    "ListUsers, a page": Crowd.page,
    "ListUsers by username": partial(Crowd.search, attribute="username"),
    "ListUsers by e-mail": partial(Crowd.search, attribute="email"),
    "ListUsers by phone number": partial(Crowd.search, attribute="phone_number"),
    "ListUsers by sub": partial(Crowd.search, attribute="sub"),
}


def rows() -> Iterator[Row]:
    with started() as sandbox:
        cognito = client("cognito-idp", sandbox.endpoint)
        many, few = Crowd(cognito, MANY), Crowd(cognito, FEW)
        for title, call in CALLS.items():
            pairs = alternate(partial(call, many), partial(call, few), ROUNDS)
            yield Row(f"{title}, {MANY:,} users against {FEW}", pairs, LIMIT)
