"""Package the template: zip each local folder of code, upload what is new, and point to it."""

import hashlib
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from botocore.exceptions import ClientError

from helpers import cloud
from helpers._inner.waiting import looks
from helpers.errors import DeploymentError, told_briefly

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import TagTypeDef

PROJECT = Path(__file__).parents[2]
TEMPLATE = PROJECT / "template.yaml"
MORE = PROJECT / "lambda_src" / "more"  # the stacks of the further notebooks, and their handlers
OWNER: "TagTypeDef" = {"Key": "project", "Value": "cognito-trigger-notebooks"}
PATIENCE = 60.0
LONG_AGO = (1980, 1, 1, 0, 0, 0)
Template = dict[str, Any]  # CloudFormation's, as it is in the file
PLAIN, SAM = ("S3Bucket", "S3Key"), ("Bucket", "Key")
LOCAL = {  # where a folder may be named, and what is to be there in its stead
    "AWS::Lambda::Function": ("Code", PLAIN),
    "AWS::Lambda::LayerVersion": ("Content", PLAIN),
    "AWS::Serverless::Function": ("CodeUri", SAM),
    "AWS::Serverless::LayerVersion": ("ContentUri", SAM),
}


_Fastest: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Fastest):  # type: ignore[misc]
    """Reads CloudFormation's short forms: !Ref x becomes {"Ref": "x"}."""


def _long_form(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value: Any = node.value
    if isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _long_form)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, date: str(date.value))


def zipped(folder: Path) -> bytes:
    """The folder as a zip: the same bytes for the same sources, wherever and whenever made."""
    return packed(files(folder))


def files(folder: Path) -> dict[str, bytes]:
    """What lies in the folder, and in the folders in it, by its path from there."""
    found = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    if not found:
        raise DeploymentError(f"There is no code in {folder}. Is the project complete?")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def packed(files: dict[str, bytes]) -> bytes:
    """The files as a zip, each under its name.

    >>> packed({"handler.py": b"def handler(event, context): return event"})
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.external_attr = 0o644 << 16
            entry.create_system, entry.compress_type = 3, zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return target.getvalue()


def bucket_name() -> str:
    """The bucket that holds the functions' code, one for each account and region."""
    place = cloud.current()
    return f"{OWNER['Value']}-{place.account}-{place.region}"


def read(template: Path = TEMPLATE) -> Template:
    """The template, with CloudFormation's short forms written out.

    >>> read()["Resources"]["UserPool"]["Type"]
    'AWS::Cognito::UserPool'
    """
    try:
        body = yaml.load(template.read_text("utf-8"), _Loader)
    except FileNotFoundError:
        folder = template.resolve().parent
        raise DeploymentError(
            f"There is no {template.name} in {folder}. Check the template's path."
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        told = " ".join(str(error).split())  # a YAML error takes four lines
        raise DeploymentError(f"{template.name or template} cannot be read: {told}") from None
    if not (isinstance(body, dict) and isinstance(body.get("Resources"), dict)):
        raise DeploymentError(f"{template.name} is no template: it has no Resources.")
    return body


def is_plain(value: object) -> bool:
    """Is this a value as it stands, with no Ref, Fn::GetAtt or the like in it?"""
    if isinstance(value, list):
        return all(map(is_plain, value))
    if not isinstance(value, dict):
        return True
    return not any(key == "Ref" or key.startswith("Fn::") for key in value) and all(
        map(is_plain, value.values())
    )


def packaged(body: Template, folder: Path) -> Template:
    """The template, ready to deploy; uploads the code beside it that is not there yet.

    >>> packaged(read(), PROJECT)["Resources"]["AutoConfirmFunction"]["Properties"]["Code"]["S3Key"]
    """
    of_all = (body.get("Globals") or {}).get("Function")
    shared = {"Type": "AWS::Serverless::Function", "Properties": of_all}
    with told_briefly():
        _ensure_bucket(_s3(), bucket_name())
        for resource in (shared, *body["Resources"].values()):
            member, (bucket, key) = LOCAL.get(resource.get("Type"), ("", PLAIN))
            properties = resource.get("Properties") or {}
            code = properties.get(member)
            if isinstance(code, str) and not code.startswith("s3://"):
                content = zipped(folder / code)
                properties[member] = {bucket: bucket_name(), key: upload(content)}
    return body


def upload(content: bytes) -> str:
    """Put the content into the bucket unless it is there already; its key."""
    key = f"{hashlib.sha256(content).hexdigest()}.zip"
    bucket, owner = bucket_name(), _owner()
    try:
        _s3().head_object(Bucket=bucket, Key=key, ExpectedBucketOwner=owner)
    except ClientError:
        _s3().put_object(Bucket=bucket, Key=key, ExpectedBucketOwner=owner, Body=content)
    return key


def _s3() -> "S3Client":
    return cloud.client("s3")


def _owner() -> str:
    """Bucket names are everybody's: ours must belong to this very account."""
    return cloud.current().account


def _ensure_bucket(s3: "S3Client", bucket: str) -> None:
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=_owner())
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            raise DeploymentError(
                f"The bucket {bucket}, which is to hold the functions' code, cannot be used "
                f"({error.response['Error']['Code']}). Run this again; if it stays so, check that "
                "your credentials are valid (aws sts get-caller-identity) and may use S3."
            ) from None
        _create_bucket(s3, bucket)
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [OWNER]}, ExpectedBucketOwner=_owner())


def _create_bucket(s3: "S3Client", bucket: str) -> None:
    """A name that was given up a moment ago takes S3 a while to give out again."""
    region = cloud.current().region
    place: dict[str, Any] = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    for _ in looks(PATIENCE, first=1, longest=16):
        try:
            s3.create_bucket(Bucket=bucket, **(place if region != "us-east-1" else {}))
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "OperationAborted":
                raise
    raise DeploymentError(f"S3 has not yet let go of the bucket {bucket}. Try again in an hour.")


def delete_bucket() -> None:
    """Delete the bucket with all that is in it, if it is there."""
    bucket = bucket_name()
    try:
        pages = (
            _s3()
            .get_paginator("list_objects_v2")
            .paginate(Bucket=bucket, ExpectedBucketOwner=_owner())
        )
        for item in (item for page in pages for item in page.get("Contents", [])):
            _s3().delete_object(Bucket=bucket, Key=item["Key"], ExpectedBucketOwner=_owner())
        _s3().delete_bucket(Bucket=bucket, ExpectedBucketOwner=_owner())
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
