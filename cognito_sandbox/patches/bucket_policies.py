"""A bucket's policy: moto keeps any text, and of what it denies to everybody knows no condition."""

import json
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3 import models
from moto.s3.exceptions import S3ClientError

from cognito_sandbox.iam import resource_policies
from cognito_sandbox.iam.conditions import UnsureError, pattern
from cognito_sandbox.iam.decisions import ALLOW, DENY
from cognito_sandbox.iam.policies import Request, listed
from cognito_sandbox.iam.principals import Facts
from cognito_sandbox.store import needs

NEEDS = (
    "moto.iam.access_control:PermissionResult",
    "moto.s3.models:FakeBucket.get_permission",
    "moto.s3.models:S3Backend.put_bucket_policy",
)
NO_JSON = "Policies must be valid JSON and the first byte must be '{'"
RESULTS: dict[str | None, PermissionResult] = {
    ALLOW: PermissionResult.PERMITTED,
    DENY: PermissionResult.DENIED,
}
ANYBODY = Facts({"aws:securetransport": "true", "aws:viaawsservice": "false"})
put = models.S3Backend.put_bucket_policy


def install() -> None:
    needs.check(NEEDS)
    models.FakeBucket.get_permission = _of_everybody
    models.S3Backend.put_bucket_policy = _put


def _of_everybody(bucket: models.FakeBucket, action: str, resource: str) -> PermissionResult:
    """What the policy says of whoever asks; of a function's role, the guard has asked before."""
    if not bucket.policy:
        return PermissionResult.NEUTRAL
    try:
        request = Request(action, (resource,), ANYBODY)
        found = resource_policies.effect_for(bucket.policy.decode(), {"AWS": set()}, request)
    except UnsureError:
        found = None
    return RESULTS.get(found, PermissionResult.NEUTRAL)


def _put(backend: models.S3Backend, bucket_name: str, policy: bytes) -> None:
    try:
        text = policy.decode()
        given = json.loads(text) if text.startswith("{") else None
    except (ValueError, RecursionError):
        given = None
    if given is None:
        raise _malformed(NO_JSON)
    if not resource_policies.is_one(text):
        raise _malformed(resource_policies.NONE)
    if not all(_is_about(bucket_name, each) for each in listed(given["Statement"])):
        raise _malformed("Policy has invalid resource")
    put(backend, bucket_name, policy)


def _is_about(bucket: str, statement: dict[str, Any]) -> bool:
    """Is each resource the bucket, or in it?"""
    resources = listed(statement.get("Resource", statement.get("NotResource")))
    places = [str(each).partition(":::")[2].partition("/")[0] for each in resources]
    return bool(places) and all(pattern(place).fullmatch(bucket) for place in places)


def _malformed(message: str) -> S3ClientError:
    return S3ClientError("MalformedPolicy", message)
