"""The access keys that IAM and STS handed out: CreateAccessKey, AssumeRole and the like."""

from moto.iam import models


def is_known(access_key: str) -> bool:
    return any(
        access_key in backend.access_keys
        for account in list(models.iam_backends.values())
        for backend in list(account.values())
    )
