"""Buckets of stacks that have objects: they stay, and what that does to the stack."""

import json
import uuid
from typing import Any

import pytest
from harness import Aws, refused
from test_unknown_types import Stack

QUEUE = {"Type": "AWS::SQS::Queue"}
NOT_EMPTY = "The bucket you tried to delete is not empty"


class Full(Stack):
    """A stack with a queue, and a bucket with an object."""

    def __init__(self, aws: Aws, **more: Any) -> None:
        self.bucket = {"Bucket": f"bucket-{uuid.uuid4().hex[:8]}"}
        self.s3, self.more = aws.client("s3"), more
        super().__init__(aws, self.with_bucket(self.bucket["Bucket"]))
        self.s3.put_object(**self.bucket, Key="it")

    def with_bucket(self, name: str) -> dict[str, Any]:
        properties = {"BucketName": name} | self.more
        bucket = {"Type": "AWS::S3::Bucket", "Properties": properties}
        return {"Resources": {"Queue": QUEUE, "Bucket": bucket}}

    def update(self, template: dict[str, Any]) -> None:
        self.api.update_stack(StackName=self.name, TemplateBody=json.dumps(template))

    def delete(self, **more: Any) -> None:
        self.api.delete_stack(StackName=self.name, **more)

    def is_there(self) -> bool:
        return self.bucket["Bucket"] in str(self.s3.list_buckets()["Buckets"])


@pytest.fixture
def full(aws: Aws) -> Full:
    return Full(aws)


def test_a_stack_is_not_deleted_while_its_bucket_has_objects(full: Full) -> None:
    full.delete()
    assert full.status == "DELETE_FAILED"
    assert full.reasons("Bucket")["DELETE_FAILED"].startswith(NOT_EMPTY)
    told = "The following resource(s) failed to delete: [Bucket]."
    assert full.reasons(full.name)["DELETE_FAILED"] == told
    full.s3.delete_object(**full.bucket, Key="it")
    full.delete()
    with refused("ValidationError"):
        full.describe()
    assert not full.is_there()


def test_older_versions_are_objects_too(aws: Aws) -> None:
    full = Full(aws, VersioningConfiguration={"Status": "Enabled"})
    full.s3.delete_object(**full.bucket, Key="it")
    full.delete()
    assert full.status == "DELETE_FAILED"


def test_a_bucket_can_be_left_behind_once_the_deletion_has_failed(full: Full) -> None:
    told = (
        f"Invalid operation on stack [{full.describe()['StackId']}]. When you delete a stack, ..."
    )
    with refused("ValidationError", told):
        full.delete(RetainResources=["Bucket"])
    full.delete()
    full.delete(RetainResources=["Bucket"])
    with refused("ValidationError"):
        full.describe()
    assert full.s3.get_object(**full.bucket, Key="it")["Body"].read() == b""


def test_a_bucket_deleted_by_hand_does_not_hold_up_the_stack(full: Full) -> None:
    full.s3.delete_object(**full.bucket, Key="it")
    full.s3.delete_bucket(**full.bucket)
    full.delete()
    with refused("ValidationError"):
        full.describe()


def test_a_full_bucket_that_a_template_has_no_more_stays_behind(full: Full) -> None:
    full.update({"Resources": {"Queue": QUEUE}})
    assert full.status == "UPDATE_COMPLETE"
    assert full.reasons("Bucket")["DELETE_FAILED"].startswith(NOT_EMPTY)
    assert full.is_there()
    full.delete()
    with refused("ValidationError"):
        full.describe()


def test_a_full_bucket_that_another_replaces_stays_behind(full: Full) -> None:
    full.update(full.with_bucket(f"other-{uuid.uuid4().hex[:8]}"))
    assert full.status == "UPDATE_COMPLETE"
    assert full.is_there()
