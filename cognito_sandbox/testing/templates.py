"""A template, SAM's or plain, with the code that lies beside it put where the sandbox finds it."""

import hashlib
from pathlib import Path
from typing import Any

import yaml

from cognito_sandbox.testing import code
from cognito_sandbox.testing.access import Access
from cognito_sandbox.testing.errors import TestingError

__tracebackhide__ = True
LOCAL = {
    "AWS::Lambda::Function": "Code",
    "AWS::Lambda::LayerVersion": "Content",
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}
Template = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms: !Ref x becomes {"Ref": "x"}."""


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
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


def read(path: Path) -> Template:
    try:
        body = yaml.load(path.read_text("utf-8"), _Loader)
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        told = " ".join(str(error).split())
        raise TestingError(f"{path.name} cannot be read as a template: {told}") from None
    if not (isinstance(body, dict) and isinstance(body.get("Resources"), dict)):
        raise TestingError(f"{path.name} is no template: it has no Resources.")
    return body


def _object(value: object) -> dict[str, Any]:
    """What is none has nothing to upload, and is CloudFormation's to refuse."""
    return value if isinstance(value, dict) else {}


def packaged(sandbox: Access, body: Template, folder: Path) -> Template:
    """As `aws cloudformation package` does it: local paths become objects in a bucket."""
    shared = _object(_object(body.get("Globals")).get("Function"))
    parts = [(shared, "CodeUri")]
    for resource in map(_object, body["Resources"].values()):
        if resource.get("Type") in LOCAL:
            parts.append((_object(resource.get("Properties")), LOCAL[resource["Type"]]))
    for properties, member in parts:
        given = properties.get(member)
        if isinstance(given, str) and not given.startswith("s3://"):
            bucket, key = _upload(sandbox, _zipped(folder, given))
            in_sam = member.endswith("Uri")
            place = {"Bucket": bucket, "Key": key}
            plain = {"S3Bucket": bucket, "S3Key": key}
            properties[member] = place if in_sam else plain
    return body


def _zipped(folder: Path, given: str) -> bytes:
    path = code.find(given, [folder])
    if path.is_dir():
        return code.zip_folder(path)
    if path.suffix == ".zip":
        return path.read_bytes()
    return code.zip_files({path.name: path.read_bytes()})


def _upload(sandbox: Access, content: bytes) -> tuple[str, str]:
    bucket, key = "code-of-tests", f"{hashlib.sha256(content).hexdigest()}.zip"
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket=bucket)  # in this region, again is no error
    s3.put_object(Bucket=bucket, Key=key, Body=content)
    return bucket, key
