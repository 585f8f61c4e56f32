"""What a scenario can leave behind: the same before and after it, if it cleaned up."""

from typing import Any

from helpers import cloud, cognito, experiments, known_users, permissions, stack
from helpers._inner import calls

ITS_OWN = {"Id", "Arn", "Name", "CreationDate", "LastModifiedDate", "EstimatedNumberOfUsers"}


def of_notebook() -> dict[str, Any]:
    """The state of the deployed stack. Looking at it restores the handlers' code."""
    outputs = stack.outputs()
    pool_id = outputs["UserPoolId"]
    described = cloud.client("cognito-idp").describe_user_pool(UserPoolId=pool_id)["UserPool"]
    return _of_pool(pool_id) | {
        "known users": known_users.table(outputs["TableName"])["UserEmail"].tolist(),
        "other code": [name for name in experiments.names() if experiments.restore(name)],
        "not permitted": [
            name
            for name in experiments.names()
            if described["Arn"] not in _permitted(experiments.function(name, outputs))
        ],
        "listeners": len(calls.listeners),
    }


def of_more(stack_name: str | None) -> dict[str, Any]:
    """The same of a further notebook, which may have a stack, and makes much by itself."""
    outputs = stack.outputs(stack_name) if stack_name else {}
    functions = cloud.client("lambda").list_functions()["Functions"]
    names: dict[str, tuple[str, Any]] = {
        "buckets": ("Name", cloud.client("s3").list_buckets()["Buckets"]),
        "pools": ("Id", cloud.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]),
        "log groups": ("logGroupName", cloud.client("logs").describe_log_groups()["logGroups"]),
        "roles": ("RoleName", cloud.client("iam").list_roles()["Roles"]),
    }
    return (_of_pool(outputs["UserPoolId"]) if "UserPoolId" in outputs else {}) | {
        "listeners": len(calls.listeners),
        "tables": cloud.client("dynamodb").list_tables()["TableNames"],
        "functions": {each["FunctionName"]: each["CodeSha256"] for each in functions},
        **{kind: sorted(each[key] for each in found) for kind, (key, found) in names.items()},
    }


def _of_pool(pool_id: str) -> dict[str, Any]:
    described = cloud.client("cognito-idp").describe_user_pool(UserPoolId=pool_id)["UserPool"]
    settings = {f"pool's {key}": value for key, value in described.items() if _counts(key, value)}
    return settings | {"users": [user.username for user in cognito.list_users(pool_id)]}


def _permitted(function: str) -> list[str]:
    return list(permissions.table(function)["On behalf of"])


def _counts(key: str, value: Any) -> bool:
    return key not in ITS_OWN and value not in ({}, [], None)


def of_stack() -> dict[str, Any]:
    """Everything in the account that the stack could have made."""
    lists = {
        "buckets": ("s3", "list_buckets", "Buckets", {}),
        "pools": ("cognito-idp", "list_user_pools", "UserPools", {"MaxResults": 60}),
        "tables": ("dynamodb", "list_tables", "TableNames", {}),
        "functions": ("lambda", "list_functions", "Functions", {}),
        "log groups": ("logs", "describe_log_groups", "logGroups", {}),
        "roles": ("iam", "list_roles", "Roles", {}),
    }
    found = {
        kind: getattr(cloud.client(service), action)(**options)[key]
        for kind, (service, action, key, options) in lists.items()
    }
    return found | {"leftovers": stack.leftovers().to_numpy().tolist()}


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What is not as it was, in words."""
    return [
        f"left {key}: {after.get(key)}, was {before.get(key)}"
        for key in before | after
        if before.get(key) != after.get(key)
    ]
