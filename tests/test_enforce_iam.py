"""`--enforce-iam`: keys of users and roles that were made in the sandbox are held to policies."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from harness import REGION, Aws, policy, refused

from cognito_sandbox import Sandbox

READING = {"Effect": "Allow", "Action": "dynamodb:ListTables", "Resource": "*"}
ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def strict() -> Iterator[Aws]:
    with Sandbox(enforce_iam=True) as sandbox:
        yield Aws(sandbox.endpoint, sandbox.access_key)


def with_key(aws: Aws, service: str, key: dict[str, Any]) -> Any:
    make: Callable[..., object] = boto3.client  # whose types know the literal names only
    return make(
        service,
        endpoint_url=aws.endpoint,
        region_name=REGION,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key.get("SessionToken"),
    )


def user(aws: Aws, name: str) -> dict[str, Any]:
    iam = aws.client("iam")
    iam.create_user(UserName=name)
    return dict(iam.create_access_key(UserName=name)["AccessKey"])


def test_a_user_may_do_what_the_policies_allow(strict: Aws) -> None:
    key, iam = user(strict, "ann"), strict.client("iam")
    text = (
        f"User: arn:aws:iam::{ACCOUNT}:user/ann is not authorized to perform: dynamodb:ListTables "
        f"on resource: arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/* "
        "because no identity-based policy allows the dynamodb:ListTables action"
    )
    with refused("AccessDeniedException", text):
        with_key(strict, "dynamodb", key).list_tables()
    iam.put_user_policy(UserName="ann", PolicyName="read", PolicyDocument=policy(READING))
    with_key(strict, "dynamodb", key).list_tables()
    assert with_key(strict, "sts", key).get_caller_identity()["Arn"].endswith(":user/ann")


def test_a_user_has_the_policies_of_their_groups(strict: Aws) -> None:
    key, iam = user(strict, "bob"), strict.client("iam")
    iam.create_group(GroupName="readers")
    iam.put_group_policy(GroupName="readers", PolicyName="read", PolicyDocument=policy(READING))
    iam.add_user_to_group(GroupName="readers", UserName="bob")
    with_key(strict, "dynamodb", key).list_tables()


def test_an_assumed_role_has_the_role_s(strict: Aws) -> None:
    role = strict.role_with(READING)
    key = strict.client("sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    with_key(strict, "dynamodb", key).list_tables()
    with refused("AccessDenied"):
        with_key(strict, "iam", key).list_users()


def test_a_role_that_does_not_trust_a_user_is_not_theirs(strict: Aws) -> None:
    key, role = user(strict, "dan"), strict.role_with(READING)
    assuming = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"})
    strict.client("iam").put_user_policy(
        UserName="dan", PolicyName="assume", PolicyDocument=assuming
    )
    sts, dan = with_key(strict, "sts", key), f"arn:aws:iam::{ACCOUNT}:user/dan"
    text = f"User: {dan} is not authorized to perform: sts:AssumeRole on resource: {role}"
    with refused("AccessDenied", text):
        sts.assume_role(RoleArn=role, RoleSessionName="me")
    trust = {"Effect": "Allow", "Principal": {"AWS": dan}, "Action": "sts:AssumeRole"}
    strict.client("iam").update_assume_role_policy(
        RoleName=role.rpartition("/")[2], PolicyDocument=policy(trust)
    )
    sts.assume_role(RoleArn=role, RoleSessionName="me")


def test_keys_that_nobody_made_stay_free(strict: Aws) -> None:
    strict.client("iam").list_users()


def test_without_being_asked_users_are_free(aws: Aws) -> None:
    with_key(aws, "dynamodb", user(aws, "carl")).list_tables()
