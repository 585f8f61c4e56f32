"""Events contract 11: a bucket's policy lets a role in, or keeps it out; other text is refused."""

import json
import uuid
from typing import Any

import pytest
from asking import Asking, allow, deny
from harness import Aws, client, policy, refused


@pytest.fixture
def bucket(aws: Aws) -> str:
    name = f"bucket-{uuid.uuid4().hex[:8]}"
    aws.client("s3").create_bucket(Bucket=name)
    aws.client("s3").put_object(Bucket=name, Key="key", Body=b"content")
    return name


def put(aws: Aws, bucket: str, *statements: dict[str, Any]) -> None:
    about = [{"Principal": "*"} | each | {"Resource": objects(bucket)} for each in statements]
    aws.client("s3").put_bucket_policy(Bucket=bucket, Policy=policy(*about))


def objects(bucket: str) -> str:
    return f"arn:aws:s3:::{bucket}/*"


def test_a_role_that_it_names_is_let_in(aws: Aws, bucket: str) -> None:
    function = Asking(aws)
    get = {"Bucket": bucket, "Key": "key"}
    assert function.gets("s3", "get_object", **get) == "AccessDenied"
    put(aws, bucket, allow("s3:GetObject") | {"Principal": {"AWS": function.role}})
    assert function.gets("s3", "get_object", **get) == "ok"
    assert Asking(aws).gets("s3", "get_object", **get) == "AccessDenied"
    aws.client("s3").delete_bucket_policy(Bucket=bucket)
    assert function.gets("s3", "get_object", **get) == "AccessDenied"


def test_an_account_that_it_names_still_needs_a_policy_of_the_role(aws: Aws, bucket: str) -> None:
    root = {"AWS": "arn:aws:iam::123456789012:root"}
    put(aws, bucket, allow("s3:GetObject") | {"Principal": root})
    get = {"Bucket": bucket, "Key": "key"}
    assert Asking(aws).gets("s3", "get_object", **get) == "AccessDenied"
    assert Asking(aws, allow("s3:GetObject")).gets("s3", "get_object", **get) == "ok"


def test_whom_it_denies_nothing_lets_in(aws: Aws, bucket: str) -> None:
    function = Asking(aws, allow("*"))
    put(aws, bucket, deny("s3:GetObject") | {"Principal": {"AWS": function.role}})
    told = function.asks("s3", "get_object", Bucket=bucket, Key="key")
    reason = "with an explicit deny in a resource-based policy"
    resource = f'"arn:aws:s3:::{bucket}/key"'
    assert told == ("AccessDenied", function.not_allowed("s3:GetObject", resource, reason))
    assert Asking(aws, allow("*")).gets("s3", "get_object", Bucket=bucket, Key="key") == "ok"


def test_what_it_denies_under_a_condition_is_denied_only_then(aws: Aws, bucket: str) -> None:
    insecure = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    put(aws, bucket, deny("s3:*") | insecure)
    get = {"Bucket": bucket, "Key": "key"}
    assert Asking(aws, allow("*")).gets("s3", "get_object", **get) == "ok"
    assert aws.client("s3").get_object(**get)["Body"].read() == b"content"


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("nonsense", "Policies must be valid JSON and the first byte must be '{'"),
        ("[]", "Policies must be valid JSON and the first byte must be '{'"),
        ("{", "Policies must be valid JSON and the first byte must be '{'"),
        ("{}", "It is no policy document..."),
        ({"Statement": []}, "It is no policy document..."),
        ({"Statement": [allow("s3:GetObject")]}, "It is no policy document..."),
        (
            {"Statement": [allow("s3:GetObject", on="arn:aws:s3:::other") | {"Principal": "*"}]},
            "Policy has invalid resource",
        ),
    ],
)
def test_what_is_no_policy_is_refused(aws: Aws, bucket: str, document: Any, told: str) -> None:
    text = document if isinstance(document, str) else json.dumps(document)
    with refused("MalformedPolicy", told):
        aws.client("s3").put_bucket_policy(Bucket=bucket, Policy=text)
    with refused("NoSuchBucketPolicy"):
        aws.client("s3").get_bucket_policy(Bucket=bucket)


def test_what_is_no_text_is_refused(aws: Aws, bucket: str) -> None:
    api = client("s3", aws.endpoint, aws.access_key)
    half_a_character = b'{"Id":"\xed\xa0\x80","Statement":[]}'
    api.meta.events.register(
        "before-call.s3.PutBucketPolicy", lambda params, **_: params.update(body=half_a_character)
    )
    with refused("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'"):
        api.put_bucket_policy(Bucket=bucket, Policy="{}")
